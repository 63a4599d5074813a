"""Reads settings from the environment and says all that is wrong at once.

Every NAME may also be given as NAME_FILE, a file whose content is the value (secrets of an orchestrator).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit


class SettingsError(Exception):
    """One or more settings are wrong; the message lists each on its own line."""


class Reader:
    """Collects problems instead of raising at the first; `check()` raises once for all."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self.problems: list[str] = []

    def text(self, name: str, default: str | None = None) -> str:
        value = self._env.get(name)
        if value is None and (path := self._env.get(f"{name}_FILE")):
            try:
                value = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                self.problems.append(f"{name}_FILE: cannot read {path}: {error.strerror}")
                return ""
        if value is None or value == "":
            if default is None:
                self.problems.append(f"{name}: is required")
            return default or ""
        return value

    def secret(self, name: str, *, at_least: int = 16, default: str | None = None) -> str:
        value = self.text(name, default)
        if value and len(value) < at_least:
            self.problems.append(f"{name}: must have at least {at_least} characters")
        return value

    def integer(self, name: str, default: int, *, low: int, high: int) -> int:
        raw = self.text(name, str(default))
        try:
            value = int(raw)
        except ValueError:
            self.problems.append(f"{name}: {raw!r} is not a whole number")
            return default
        if not low <= value <= high:
            self.problems.append(f"{name}: {value} is not between {low} and {high}")
        return value

    def url(
        self, name: str, default: str | None = None, *, schemes: Sequence[str] = ("http", "https")
    ) -> str:
        value = self.text(name, default)
        if not value:
            return ""
        parts = urlsplit(value)
        if parts.scheme not in schemes or not (parts.netloc or parts.path):
            self.problems.append(
                f"{name}: must be a URL starting with {' or '.join(s + '://' for s in schemes)}"
            )
        return value.rstrip("/")

    def choice(self, name: str, default: str, allowed: Sequence[str]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            self.problems.append(f"{name}: {value!r} is not one of {', '.join(allowed)}")
        return value

    def check(self) -> None:
        if self.problems:
            raise SettingsError(
                "These settings need attention:\n" + "\n".join(f"  - {p}" for p in self.problems)
            )
