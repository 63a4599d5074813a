"""Text within limits: cut at graphemes, split at sentence ends, choices written out as a numbered list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from connectors.events import Choice, ContentError

Measure = Callable[[str], int]

MAX_PARTS = 20  # of one utterance: more is a mistake, not a message
ZWJ = "\u200d"
# Where a text may be parted, best first: after a paragraph or line, a sentence, a word.
BORDERS = (re.compile(r"\n+"), re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+"), re.compile(r"\s+"))


def units(text: str) -> int:
    """UTF-16 code units: the larger of the two ways a "character" is counted on the other side."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "replace")) // 2


def octets(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text.encode("utf-8", "replace"))


def graphemes(text: str) -> Iterator[str]:
    """What a reader takes for one character, near enough: accents, flags and families hold together."""
    start = 0
    for index in range(1, len(text)):
        if not _joins(text, start, index):
            yield text[start:index]
            start = index
    if text:
        yield text[start:]


def _joins(text: str, start: int, index: int) -> bool:
    before, char = text[index - 1], text[index]
    if char < "\u0300":
        return before == "\r" and char == "\n"
    if before == ZWJ or char == ZWJ or "\U0001f3fb" <= char <= "\U0001f3ff" or "\ufe00" <= char <= "\ufe0f":
        return True
    if "\U000e0020" <= char <= "\U000e007f" or unicodedata.category(char) in ("Mn", "Me", "Mc"):
        return True
    return _regional(char) and _regional(before) and (index - start) == 1


def _regional(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _prefix(text: str, limit: int, measure: Measure) -> str:
    """The longest start of whole graphemes within the limit; of code points if one grapheme exceeds it."""
    window = text[: limit + 64]  # a measure is at least one per code point
    if window.isascii():
        return window[:limit]
    end = used = 0
    for grapheme in graphemes(window):
        used += measure(grapheme)
        if used > limit:
            break
        end += len(grapheme)
    if end == 0:
        while measure(text[: end + 1]) <= limit and end < len(text):
            end += 1
    return text[:end]


def cut(text: str, limit: int, measure: Measure = units) -> str:
    """The text, or its beginning and an ellipsis."""
    text = " ".join(text.split())
    if measure(text) <= limit:
        return text
    return _prefix(text, limit - measure("…"), measure).rstrip() + "…"


def split(text: str, limit: int, measure: Measure = units) -> list[str]:
    """Parts within the limit, parted at the end of a line, else a sentence, else a word, else anywhere."""
    parts: list[str] = []
    rest = text.strip()
    if measure(rest) > limit * MAX_PARTS:
        raise ContentError("text", f"longer than {MAX_PARTS} messages")
    while measure(rest) > limit:
        if len(parts) == MAX_PARTS:
            raise ContentError("text", f"longer than {MAX_PARTS} messages")
        head = _prefix(rest, limit, measure)
        end = _border(rest, head)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*parts, rest] if rest else parts


def _border(text: str, head: str) -> int:
    """Where to part: the last good border of the head, unless it would leave a very short part."""
    for border in BORDERS:
        ends = [found.end() for found in border.finditer(text, 0, len(head) + 1)]
        fitting = [end for end in ends if len(head) // 4 < end <= len(head) + 1]
        if fitting:
            return fitting[-1]
    return len(head)


def split_tail(text: str, limit: int, tail_limit: int, measure: Measure = units) -> tuple[list[str], str]:
    """Parts to send before, and the last words, short enough to stand above buttons."""
    text = text.strip()
    tail = split(text, min(tail_limit, limit), measure)[-1:]
    if not tail:
        raise ContentError("text", "buttons need a text")
    return split(text[: -len(tail[0])], limit, measure), tail[0]


def apart(text: str, choices: Sequence[Choice]) -> tuple[str, tuple[Choice, ...]]:
    """Choices that are links, written out below the text, and the others: for where no button opens a page."""
    links = [f"{' '.join(choice.title.split())}: {choice.payload}" for choice in choices if is_link(choice)]
    words = "\n\n".join([text.strip(), "\n".join(links)]) if links else text
    return words, tuple(choice for choice in choices if not is_link(choice))


def is_link(choice: Choice) -> bool:
    return choice.payload.startswith("https://")


def numbered(text: str | None, choices: Sequence[Choice]) -> str:
    lines = [f"{number}. {_line(choice)}" for number, choice in enumerate(choices, start=1)]
    return "\n".join([text.strip(), "", *lines] if text else lines)


def _line(choice: Choice) -> str:
    title = " ".join(choice.title.split())
    return f"{title} – {' '.join(choice.description.split())}" if choice.description else title


def unique(values: Sequence[str], limit: int, again: Callable[[str, int], str]) -> list[str]:
    """The values, a repeated one marked by `again(value, n)`; all stay within the limit."""
    seen: set[str] = set()
    result = []
    for value in values:
        name, count = value, 1
        while name in seen:
            count += 1
            mark = again("", count)
            name = again(_prefix(value, limit - units(mark), units), count)
        seen.add(name)
        result.append(name)
    return result
