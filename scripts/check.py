"""Everything that is checked without running the product: one line a check, and its output when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
CONSOLE = ROOT / "console"
TYPED = [
    "accounts",
    "actions",
    "app",
    "bench",
    "billing",
    "connectors",
    "crm",
    "kernel",
    "migrations",
    "router",
]
TYPED += ["scripts", "simulators", "tests", "deploy"]


def checks() -> dict[str, list[str]]:
    typed = [folder for folder in TYPED if any((ROOT / folder).rglob("*.py"))]
    found = {
        "format": [f"{BIN}/ruff", "format", "--check", "."],
        "lint": [f"{BIN}/ruff", "check", "."],
        "types": [f"{BIN}/mypy", *typed],
        "types of the bot": [f"{BIN}/mypy", "--config-file", "scripts/mypy-bot.ini", *_beside_rasa()],
        "layers": [f"{BIN}/lint-imports"],
        "shape": [f"{BIN}/python", "-m", "pytest", "tests/shape", "-p", "no:cacheprovider"],
        "generated": [f"{BIN}/python", "scripts/generated.py", "--check"],
    }
    if (CONSOLE / "node_modules").exists():
        found |= {
            f"console {script}": [f"{BIN}/npm", "run", "--silent", script] for script in ("typecheck", "lint")
        }
    return found


def _beside_rasa() -> list[str]:
    return ["bot", *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("connectors/*/rasa.py"))]


def passes(name: str, command: Sequence[str]) -> bool:
    began = time.monotonic()
    environ = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    folder = CONSOLE if name.startswith("console") else ROOT
    done = subprocess.run(
        command, cwd=folder, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    verdict = "ok" if done.returncode == 0 else "FAILED"
    print(f"  {name:<18}{verdict:<8}{time.monotonic() - began:5.1f} s", flush=True)
    if done.returncode:
        print(f"{done.stdout}{done.stderr}", flush=True)
    return done.returncode == 0


def main() -> int:
    results = [passes(name, command) for name, command in checks().items()]
    print("checked" if all(results) else f"{results.count(False)} of {len(results)} checks failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
