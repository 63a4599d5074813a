"""What the shape checks look at: the tracked files, read once."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("accounts", "billing", "connectors", "crm", "router")
GENERATED = (".gen.ts", ".gen.tsx")


@cache
def tracked() -> tuple[Path, ...]:
    """Paths from the root, of what git tracks and is still there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return tuple(Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file())


def python_files(*folders: str) -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and (not folders or path.parts[0] in folders)]


def console_files() -> list[Path]:
    return [
        path
        for path in tracked()
        if path.suffix in {".ts", ".tsx"} and not path.name.endswith(GENERATED) and path.parts[0] == "console"
    ]


@cache
def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def parse(source: str) -> ast.Module:
    return ast.parse(source)


def functions(source: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
