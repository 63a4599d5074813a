"""The files that are generated from the API: `generated.py` writes them, `--check` fails when one is stale."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
OPENAPI = ROOT / "build" / "openapi.json"
TYPES = ROOT / "console" / "src" / "types" / "api.gen.ts"
DRAFT = ROOT / "build" / "api.gen.ts"


def main(words: list[str]) -> int:
    OPENAPI.parent.mkdir(exist_ok=True)
    OPENAPI.write_bytes(_output(f"{BIN}/konectus", "openapi"))
    _output(
        f"{BIN}/npx",
        "--no-install",
        "openapi-typescript",
        "--default-non-nullable=false",
        str(OPENAPI),
        "-o",
        str(DRAFT),
        cwd=ROOT / "console",
    )
    fresh = DRAFT.read_text()
    if "--check" not in words:
        TYPES.parent.mkdir(parents=True, exist_ok=True)
        TYPES.write_text(fresh)
        return 0
    if TYPES.exists() and TYPES.read_text() == fresh:
        return 0
    print(f"{TYPES.relative_to(ROOT)} is not what the API says. Run make generate and commit the result.")
    return 1


def _output(*command: str, cwd: Path = ROOT) -> bytes:
    environ = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(command, cwd=cwd, env=environ, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout.decode()}{done.stderr.decode()}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
