"""What a run leaves for other commands: its lock, its addresses (run.json) and its secrets (secrets.json)."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FIRST_PORT = 8080
PORTS_OF_A_RUN = (
    *("web", "bot", "actions", "simulator"),  # the contract: PORT, and the three after it
    *("router", "crm", "billing", "accounts", "connectors", "redis"),  # of a cluster on one machine
)
MADE_SECRETS = {  # name in the environment → random bytes
    "KONECTUS_INTERNAL_SECRET": 32,
    "KONECTUS_ENCRYPTION_KEY": 32,
    "META_APP_SECRET": 16,
    "META_VERIFY_TOKEN": 12,
}


class RunError(RuntimeError):
    """The run cannot start; the message says why and what to do."""


@contextmanager
def only_run(folder: Path) -> Iterator[None]:
    """Holds the folder's lock; it falls with the process, however that ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            urls = (read(folder) or {}).get("urls", {})
            where = f" at {urls['base']}" if "base" in urls else ""
            raise RunError(
                f"Konectus is already running{where} with the data in {folder}. "
                "Stop that one, or set KONECTUS_DATA_DIR and PORT for a second."
            ) from None
        yield


def running(folder: Path) -> dict[str, Any] | None:
    """What the run on this folder says of itself, or None when there is none."""
    try:
        with (folder / "run.lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return read(folder)


def read(folder: Path) -> dict[str, Any] | None:
    try:
        state = json.loads((folder / "run.json").read_text())
    except (FileNotFoundError, ValueError):
        return None
    return state if isinstance(state, dict) else None


def write(folder: Path, state: Mapping[str, Any]) -> None:
    _write_private(folder / "run.json", state)


def forget(folder: Path) -> None:
    (folder / "run.json").unlink(missing_ok=True)


def secrets_for(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The secrets of this folder's runs, made once; those given in the environment come first."""
    path = folder / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    made = {name: secrets.token_hex(size) for name, size in MADE_SECRETS.items() if name not in kept}
    if made:
        kept |= made
        _write_private(path, kept)
    return {name: environ.get(name) or kept[name] for name in MADE_SECRETS if not environ.get(f"{name}_FILE")}


def ports(environ: Mapping[str, str]) -> dict[str, int]:
    """Neighbouring ports from PORT on; without PORT the first free stretch from 8080."""
    if asked := environ.get("PORT"):
        first = _port_number(asked)
        if taken := _taken(first):
            raise RunError(
                f"Port {taken} is in use. Set PORT to the first of {len(PORTS_OF_A_RUN)} free ports."
            )
        return _stretch(first)
    for first in range(FIRST_PORT, FIRST_PORT + 500, 10):
        if not _taken(first):
            return _stretch(first)
    raise RunError(
        f"No free ports from {FIRST_PORT} on. Set PORT to the first of {len(PORTS_OF_A_RUN)} free ports."
    )


def _port_number(text: str) -> int:
    highest = 65535 - len(PORTS_OF_A_RUN)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= highest:
        raise RunError(f"PORT: {text!r} is not a number from 1 to {highest}.")
    return int(text)


def _stretch(first: int) -> dict[str, int]:
    return {name: first + n for n, name in enumerate(PORTS_OF_A_RUN)}


def _taken(first: int) -> int | None:
    for port in _stretch(first).values():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return port
    return None


def _write_private(path: Path, value: Mapping[str, Any]) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(value, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
