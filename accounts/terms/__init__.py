"""The terms of use in three languages. A changed text is a new VERSION, to be agreed to anew."""

from __future__ import annotations

from functools import cache
from pathlib import Path

VERSION = "2026-11-25"
LOCALES = ("pt-BR", "es", "en")


@cache
def texts() -> dict[str, str]:
    folder = Path(__file__).parent
    return {locale: (folder / f"{locale}.md").read_text(encoding="utf-8") for locale in LOCALES}
