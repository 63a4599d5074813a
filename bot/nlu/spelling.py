"""Puts back accents and repairs mistyped words, before a text is encoded.

Accents come from the encoder's own vocabulary of words; mistyped words are only ever changed into
words of the tenant's training data, and only when they are no word of any language.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from bot.nlu import encoder
from bot.nlu.normalise import unaccented

_WORD = re.compile(r"[^\W\d_]+")
SHORTEST = 6  # shorter words are left alone: too many others are one slip away
LONG = 8  # from here two slips are forgiven
MUCH_MORE = 2.0  # how much likelier (log) the accented form must be
LATIN = re.compile(r"^[a-zà-öø-ÿ]+$")


@lru_cache(maxsize=1)
def accents() -> dict[str, str]:
    """Plain word → its accented form, where the plain one is rare or no word at all."""
    best: dict[str, tuple[float, str]] = {}
    for word, score in encoder.words():
        plain = unaccented(word)
        if plain == word or not LATIN.match(word):
            continue
        bare = encoder.word_score(plain)
        if (bare is None or score > bare + MUCH_MORE) and score > best.get(plain, (-1e9, ""))[0]:
            best[plain] = (score, word)
    return {plain: word for plain, (_, word) in best.items()}


def shortened(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def distance(left: str, right: str) -> int:
    """Edits between two words, a swap of neighbours counting once."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
    return row[-1]


class Spelling:
    def __init__(self, words: dict[str, int]) -> None:
        """`words`: accented training words and how often they occur."""
        self.words = words
        self._plain: dict[str, str] = {}
        for word in sorted(words, key=lambda w: words[w]):
            self._plain[unaccented(word)] = word
        self._near: dict[str, set[str]] = {}
        for plain in self._plain:
            if len(plain) >= SHORTEST:
                for key in self._keys(plain):
                    self._near.setdefault(key, set()).add(plain)

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Spelling:
        counted: Counter[str] = Counter()
        for text in texts:
            counted.update(_WORD.findall(text.lower()))
        return cls({word: times for word, times in counted.items() if len(word) > 1})

    @staticmethod
    def _keys(plain: str) -> set[str]:
        once = shortened(plain)
        if len(plain) < LONG:
            return once | {plain}
        return once | {plain} | {twice for word in once for twice in shortened(word)}

    def repair(self, text: str) -> str:
        return _WORD.sub(lambda match: self.word(match.group(0)), text)

    def word(self, typed: str) -> str:
        lowered = typed.lower()
        if lowered in self.words:
            return typed
        plain = unaccented(lowered)
        if plain in self._plain:
            return self._plain[plain]
        if plain == lowered and plain in accents():
            return accents()[plain]
        if len(plain) < SHORTEST or encoder.word_score(lowered) is not None:
            return typed
        return self._nearest(plain) or typed

    def _nearest(self, plain: str) -> str | None:
        allowed = 2 if len(plain) >= LONG else 1
        found = set().union(*(self._near.get(key, set()) for key in self._keys(plain)))
        ranked = sorted((distance(plain, known), -self.words[self._plain[known]], known) for known in found)
        return self._plain[ranked[0][2]] if ranked and ranked[0][0] <= allowed else None
