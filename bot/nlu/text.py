"""The way from a raw message to the text that is encoded: clean, then repair."""

from __future__ import annotations

from bot.nlu.language import detect
from bot.nlu.normalise import clean
from bot.nlu.spelling import Spelling


def prepared(text: str, language: str | None, spelling: Spelling | None = None) -> str:
    cleaned = clean(text, language or detect(text))
    repaired = spelling.repair(cleaned) if spelling else cleaned
    return repaired or text.strip()
