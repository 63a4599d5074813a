"""The way from a raw message to the text that is encoded: clean, then repair."""

from __future__ import annotations

import re

from bot.nlu.language import detect
from bot.nlu.normalise import clean
from bot.nlu.spelling import Spelling

_NUMBER = re.compile(r"\d{3,}")
ANY_NUMBER = "12345"  # which order, house or amount it is says nothing about what is wanted


def prepared(text: str, language: str | None, spelling: Spelling | None = None) -> str:
    cleaned = _NUMBER.sub(ANY_NUMBER, clean(text, language or detect(text)))
    repaired = spelling.repair(cleaned) if spelling else cleaned
    return repaired or text.strip()
