"""`konectus run --demo` as people use it: ready, found by scripts, stopped without orphans, found again."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.places import PROJECT
from tests.app.running import KONECTUS, Run, Talk, alive, own_environment, running

pytestmark = [pytest.mark.slow, pytest.mark.bot]


@pytest.fixture(scope="module")
def environ() -> Iterator[dict[str, str]]:
    with own_environment() as environ:
        yield environ


def test_a_run_is_ready_found_by_scripts_and_stopped_by_ctrl_c(environ: dict[str, str]) -> None:
    run = Run(environ)
    run.until_ready()
    with Talk(run) as talk:
        assert talk.api.get("/health").status_code == 200
        talk.write("5511900000001", "oi, qual o horário de vocês?")
        assert talk.answered("5511900000001")
    second = subprocess.run([*KONECTUS, "run"], cwd=PROJECT, env=environ, capture_output=True, text=True)
    assert second.returncode == 1
    assert f"already running at http://127.0.0.1:{environ['PORT']}" in second.stderr
    family = run.family()
    assert len(family) >= 7
    assert run.end(signal.SIGINT) == 0
    assert alive(family) == []


def test_the_next_run_finds_the_data_of_the_one_before(environ: dict[str, str]) -> None:
    with running(environ) as run, Talk(run) as talk:
        conversations = talk.api.get("/api/conversations").json()["items"]
        assert len(conversations) == 1
        assert len(talk.sent("5511900000001")) >= 1, "the phones' threads are kept too"
        talk.write("5511900000002", "oi")
        assert talk.answered("5511900000002")


@pytest.mark.skipif(sys.platform != "linux", reason="the parent's death is signalled on Linux only")
def test_a_killed_run_leaves_nobody_behind_and_the_next_one_recovers(environ: dict[str, str]) -> None:
    run = Run(environ)
    run.until_ready()
    family = run.family()
    assert run.end(signal.SIGKILL) == -signal.SIGKILL
    assert alive(family) == []
    with running(environ) as again, Talk(again) as talk:
        assert len(talk.api.get("/api/conversations").json()["items"]) >= 1


def test_cleaned_data_is_forgotten(environ: dict[str, str]) -> None:
    folder = Path(environ["KONECTUS_DATA_DIR"])
    assert (folder / "postgres").exists()
    subprocess.run([sys.executable, "-m", "app.clean_data"], cwd=PROJECT, env=environ, check=True)
    assert not folder.exists() or list(folder.iterdir()) == []
    with running(environ) as run, Talk(run) as talk:
        assert talk.api.get("/api/conversations").json()["items"] == []
        assert talk.sent("5511900000001") == []
