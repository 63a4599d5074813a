"""From what a customer typed to what was meant: pure functions over text.

`clean` is applied to training lines and to messages alike.
"""

from __future__ import annotations

import re
import unicodedata

from bot.nlu.words import ABBREVIATIONS, EMOJIS, LAUGHTER

_URL = re.compile(r"https?://\S+|www\.\S+")
_LAUGHTER = re.compile(LAUGHTER, re.IGNORECASE)
_REPEATED = re.compile(r"(\w)\1{2,}")
_SLASHED = re.compile(r"\b([pc])/\s*(?=\w)", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[n][°º]|\S", re.IGNORECASE)
_MARKS = re.compile(r"[!?.…,;:]{2,}")
_SEPARATORS = " ,.!;:-–—\n\t…"


def unaccented(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if not unicodedata.combining(c))


def squeezed(text: str) -> str:
    """Letters drawn out for effect are written once: "oiiii", "ajudaaaa"."""
    return _REPEATED.sub(lambda m: m.group(0) if m.group(1).isdigit() else m.group(1), text)


def without_emojis(text: str, language: str) -> str:
    """Drops symbols; a message of symbols alone becomes the word they stand for."""
    kept = "".join(" " if _is_symbol(c) else c for c in text).strip()
    if kept and any(c.isalnum() for c in kept):
        return kept
    for symbols, words in EMOJIS.items():
        if any(c in symbols for c in text):
            return words[language]
    return kept


def _is_symbol(char: str) -> bool:
    return unicodedata.category(char) in {"So", "Sk", "Cs", "Co", "Cn", "Mn", "Me", "Cf"} and char not in "°º"


def spelled_out(text: str, language: str) -> str:
    table = ABBREVIATIONS[language]
    out = []
    for token in _TOKEN.findall(_SLASHED.sub(r"\1 ", text)):
        out.append(table.get(token.lower(), token))
    return " ".join(part for part in out if part)


def clean(text: str, language: str) -> str:
    text = unicodedata.normalize("NFC", text).replace("’", "'")
    text = _URL.sub(" ", text)
    text = without_emojis(text, language)
    text = _MARKS.sub(lambda m: m.group(0)[0], text)
    text = _LAUGHTER.sub(" ", text) if len(text) > 6 else text
    text = spelled_out(squeezed(text), language)
    text = re.sub(r"\s+([,.!?;:])", r"\1", text)
    return " ".join(text.strip(_SEPARATORS).split()).lower()  # shouting is not another meaning
