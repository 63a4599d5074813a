"""The lock files name what the .in files ask for, with hashes and without hosts."""

import re
from pathlib import Path

import pytest

from tests.shape import tree


def asked(name: str) -> set[str]:
    lines = tree.text(Path(f"requirements/{name}.in")).splitlines()
    words = [re.match(r"[A-Za-z0-9._-]+", line) for line in lines if line and line[0].isalnum()]
    return {re.sub(r"[-_.]+", "-", word.group()).lower() for word in words if word}


def locked(name: str) -> dict[str, str]:
    text = tree.text(Path(f"requirements/{name}.txt"))
    blocks = re.findall(r"^([A-Za-z0-9._-]+)==(.*?)(?=^[A-Za-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
    return {re.sub(r"[-_.]+", "-", package).lower(): rest for package, rest in blocks}


@pytest.mark.parametrize("name", ["services", "dev", "bot", "bench"])
def test_what_is_asked_for_is_locked_with_hashes(name: str) -> None:
    packages = locked(name)
    assert asked(name) - set(packages) == set()
    assert [package for package, rest in packages.items() if "--hash=sha256:" not in rest] == []


@pytest.mark.parametrize("name", ["services", "dev", "bot", "bench"])
def test_lock_files_name_no_host(name: str) -> None:
    assert "://" not in tree.text(Path(f"requirements/{name}.txt"))


def test_the_console_lock_records_no_address() -> None:
    assert '"resolved"' not in tree.text(Path("console/package-lock.json"))
