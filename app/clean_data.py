"""`make clean-data`: forgets the data of earlier runs, and nothing else that may lie in that folder."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from app import runstate
from app.places import data_dir
from app.runstate import RunError

OURS = (
    "postgres",
    "postgres.new",
    "postgres.log",
    "embedded-postgres-*",
    "logs",
    "secrets.json",
    "run.json",
    "simulator.json*",
)


def clean(folder: Path) -> None:
    """Raises RunError while a run uses the folder."""
    if not folder.exists():
        return
    with runstate.only_run(folder):
        for found in (path for pattern in OURS for path in folder.glob(pattern)):
            if found.is_dir() and not found.is_symlink():
                shutil.rmtree(found)
            else:
                found.unlink()
    (folder / "run.lock").unlink()
    if not any(folder.iterdir()):
        folder.rmdir()


if __name__ == "__main__":
    try:
        clean(data_dir(os.environ))
    except RunError as error:
        sys.exit(str(error))
