"""The embedded PostgreSQL: starts quickly, keeps its data, survives kill -9, says what is wrong."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from app.embedded import EmbeddedError, EmbeddedPostgres, temporary
from app.places import PROJECT, data_dir, open_to_everyone

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that root's PostgreSQL may reach: pytest's own are closed to other users."""
    folder = Path(tempfile.mkdtemp(prefix="konectus-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


async def scalar(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_data_is_found_again_after_a_stop(home: Path) -> None:
    server = EmbeddedPostgres(home)
    url = server.start()
    await scalar(url, "CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    began = time.monotonic()
    assert await scalar(server.start(), "SELECT n FROM kept") == 7
    assert time.monotonic() - began < 2
    server.stop()


async def test_committed_rows_survive_kill_9(home: Path) -> None:
    server = EmbeddedPostgres(home)
    url = server.start()
    await scalar(url, "CREATE TABLE kept AS SELECT 7 AS n")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    again = EmbeddedPostgres(home)
    assert await scalar(again.start(), "SELECT n FROM kept") == 7
    again.stop()
    server.stop()


def test_a_second_server_on_the_same_folder_is_refused(home: Path) -> None:
    first = EmbeddedPostgres(home)
    first.start()
    with pytest.raises(EmbeddedError, match="in use by the PostgreSQL process"):
        EmbeddedPostgres(home, patience=0.2).start()
    first.stop()


async def test_a_process_number_taken_by_another_program_does_not_stop_the_start(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    server.stop()
    (home / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert await scalar(server.start(), "SELECT 1") == 1
    server.stop()


def test_a_server_that_cannot_start_shows_its_last_words(home: Path) -> None:
    with pytest.raises(EmbeddedError, match="no_such_setting"):
        EmbeddedPostgres(home, settings={"no_such_setting": "1"}, patience=0.5).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give the server to another user")
def test_root_is_told_when_the_server_could_not_reach_the_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(EmbeddedError, match="KONECTUS_DATA_DIR"):
        EmbeddedPostgres(tmp_path).start()
    assert tmp_path.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(sys.platform != "linux", reason="the parent's death is signalled on Linux only")
def test_the_server_stops_when_its_starter_is_killed(home: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from app.embedded import EmbeddedPostgres\n"
        f"server = EmbeddedPostgres(Path({str(home)!r})); server.start(); print(server.pid, flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT, stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        starter.kill()
    _, alive = psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=5)
    assert not alive


async def test_the_extensions_and_settings_are_there() -> None:
    with temporary() as url:
        for extension in ("pg_trgm", "unaccent", "citext"):
            await scalar(url, f"CREATE EXTENSION {extension}")
        assert await scalar(url, "SHOW max_connections") == "200"
        assert await scalar(url, "SELECT lower('ÇÃO')") == "ção"


@pytest.mark.skipif(not (DEBIAN_15 / "initdb").exists(), reason="PostgreSQL 15 is not on this machine")
async def test_binaries_of_postgresql_15_serve_as_well() -> None:
    with temporary(bin_dir=DEBIAN_15) as url:
        assert str(await scalar(url, "SHOW server_version")).startswith("15.")


def test_the_data_folder_can_be_chosen(tmp_path: Path) -> None:
    assert data_dir({"KONECTUS_DATA_DIR": str(tmp_path)}) == tmp_path
    assert open_to_everyone(Path("/"))
