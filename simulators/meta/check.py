"""Small checks of JSON values, shared by the validators of the three channels. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Refuse = Callable[[int, str], Exception]


class Checker:
    """Raises the channel's refusal; `code` numbers differ between channels, so they are given."""

    def __init__(self, refuse: Refuse, missing: int, invalid: int) -> None:
        self.refuse, self.missing, self.invalid = refuse, missing, invalid

    def fail(self, text: str, code: int | None = None) -> Exception:
        return self.refuse(self.invalid if code is None else code, text)

    def mapping(self, holder: dict[str, Any], name: str) -> dict[str, Any]:
        value = self.present(holder, name)
        if not isinstance(value, dict):
            raise self.fail(f"{name} must be an object")
        return value

    def items(self, holder: dict[str, Any], name: str, low: int, high: int) -> list[dict[str, Any]]:
        value = self.present(holder, name)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.fail(f"{name} must be a list of objects")
        if not low <= len(value) <= high:
            raise self.fail(f"{name}: {len(value)} items, allowed are {low} to {high}")
        return value

    def text(self, holder: dict[str, Any], name: str, high: int, code: int | None = None) -> str:
        value = self.present(holder, name)
        if not isinstance(value, str):
            raise self.fail(f"{name} must be a string", code)
        if not value.strip():
            raise self.fail(f"{name} must not be empty", code)
        if len(value) > high:
            raise self.fail(f"{name} must be at most {high} characters long", code)
        return value

    def optional_text(self, holder: dict[str, Any], name: str, high: int) -> str | None:
        return self.text(holder, name, high) if holder.get(name) is not None else None

    def present(self, holder: dict[str, Any], name: str) -> Any:
        value = holder.get(name)
        if value is None:
            raise self.fail(f"The parameter {name} is required.", self.missing)
        return value

    def number(self, holder: dict[str, Any], name: str, low: float, high: float) -> float:
        value = self.present(holder, name)
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                raise self.fail(f"{name} must be a number") from None
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.fail(f"{name} must be a number from {low} to {high}")
        return float(value)

    def unique(self, values: list[str], name: str) -> None:
        if len(set(values)) != len(values):
            raise self.fail(f"{name} must be unique")

    def url(self, holder: dict[str, Any], name: str) -> str:
        value = self.text(holder, name, 2000)
        if not value.startswith(("https://", "http://")):
            raise self.fail(f"{name} must be a URL")
        return value
