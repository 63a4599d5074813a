"""Steps that are skipped while their inputs are unchanged: one line of progress each, one log file each."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMPS = Path("build/stamps")
LOGS = Path("build/logs")


class StepError(Exception):
    """A step that failed; the message says what to do."""


def digest(paths: Iterable[Path], *words: str, root: Path = ROOT) -> str:
    """A hash of the files' names and contents, and of anything else that the result depends on."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.relative_to(root)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    for word in words:
        total.update(f"{word}\0".encode())
    return total.hexdigest()


def files_below(folder: Path, *, without: Sequence[str] = ()) -> list[Path]:
    found = []
    for base, folders, names in os.walk(folder):
        folders[:] = [
            name for name in folders if name not in without and not name.startswith((".", "__pycache__"))
        ]
        found += [Path(base) / name for name in names if not name.endswith(".pyc")]
    return found


def step(name: str, inputs: str, product: Path, work: Callable[[], object], *, root: Path = ROOT) -> bool:
    """Do the work unless its stamp says that these inputs made the product; True when it was done."""
    stamp = root / STAMPS / name
    if product.exists() and stamp.exists() and stamp.read_text() == inputs:
        return False
    _say(f"{name} …", last=False)
    began = time.monotonic()
    try:
        work()
    except BaseException:
        _say(f"{name:<12} failed after {time.monotonic() - began:.1f} s")
        raise
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(inputs)
    _say(f"{name:<12}{time.monotonic() - began:6.1f} s")
    return True


def _say(words: str, *, last: bool = True) -> None:
    """On a terminal a step's closing line takes the place of its opening one."""
    if sys.stdout.isatty():
        print(f"\r\033[K  {words}", end="\n" if last else "", flush=True)
    else:
        print(f"  {words}", flush=True)


def run(
    name: str,
    command: Sequence[str | Path],
    advice: str,
    *,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    root: Path = ROOT,
) -> None:
    """Run a command with its output in build/logs; on failure show its last words and the advice."""
    log = root / LOGS / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        out.write(f"\n$ {' '.join(map(str, command))}\n".encode())
        out.flush()
        try:
            done = subprocess.run(
                [str(word) for word in command],
                cwd=cwd or root,
                env={**os.environ, **(environ or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        except OSError as error:
            raise StepError(f"{command[0]} cannot be run: {error}\n{advice}") from None
    if done.returncode:
        raise StepError(f"{_tail(log)}\n\n{advice}\n(the whole output: {log.relative_to(root)})")


def succeeds(*command: str | Path) -> bool:
    try:
        return (
            subprocess.run(
                [str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True
            ).returncode
            == 0
        )
    except OSError:
        return False


def stop(error: StepError) -> None:
    sys.exit(f"\n{error}")


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-15:]
    return "\n".join(f"    {line}" for line in lines)
