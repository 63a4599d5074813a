"""Word and character n-grams weighted by tf-idf: how a text is written, next to what it means."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from bot.nlu.normalise import unaccented

_WORD = re.compile(r"\w+")
WORDS, CHARS = "w", "c"
CHAR_SIZES = (2, 3, 4, 5)

Row = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]  # places in the vocabulary, values there


def _word_grams(words: Sequence[str]) -> Iterator[str]:
    yield from words
    for first, second in pairwise(words):
        yield f"{first} {second}"


def _char_grams(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        padded = f" {word} "
        for size in CHAR_SIZES:
            if len(padded) < size:
                break
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size]


def grams(text: str) -> tuple[Counter[str], Counter[str]]:
    words = _WORD.findall(unaccented(text).lower())
    return (
        Counter(WORDS + gram for gram in _word_grams(words)),
        Counter(CHARS + gram for gram in _char_grams(words)),
    )


class Ngrams:
    """A vocabulary with its weights. Words and characters are each scaled to length `1/√2`."""

    def __init__(self, vocabulary: Sequence[str], weights: npt.NDArray[np.float32]) -> None:
        self.vocabulary = list(vocabulary)
        self.weights = weights
        self._place = {gram: place for place, gram in enumerate(self.vocabulary)}

    @classmethod
    def learn(cls, texts: Iterable[str]) -> tuple[Ngrams, csr_matrix]:
        """The vocabulary of these texts, and their rows in it."""
        counted = [grams(text) for text in texts]
        seen: Counter[str] = Counter()
        for words, chars in counted:
            seen.update(words.keys())
            seen.update(chars.keys())
        kept = sorted(gram for gram, times in seen.items() if times > 1 or gram[0] == WORDS)
        weights = [math.log((1 + len(counted)) / (1 + seen[gram])) + 1 for gram in kept]
        learnt = cls(kept, np.asarray(weights, dtype=np.float32))
        return learnt, _stacked([learnt._row(each) for each in counted], len(learnt))

    def __len__(self) -> int:
        return len(self.vocabulary)

    def row(self, text: str) -> Row:
        return self._row(grams(text))

    def _row(self, counts: tuple[Counter[str], Counter[str]]) -> Row:
        places: list[int] = []
        values: list[float] = []
        for counted in counts:
            known = [(self._place[g], times) for g, times in counted.items() if g in self._place]
            raw = [(1 + math.log(times)) * float(self.weights[place]) for place, times in known]
            length = math.sqrt(2 * sum(value * value for value in raw)) or 1.0
            places.extend(place for place, _ in known)
            values.extend(value / length for value in raw)
        return np.asarray(places, dtype=np.int32), np.asarray(values, dtype=np.float32)


def _stacked(rows: list[Row], width: int) -> csr_matrix:
    starts = np.cumsum([0, *(len(places) for places, _ in rows)])
    places = np.concatenate([places for places, _ in rows])
    values = np.concatenate([values for _, values in rows])
    return csr_matrix((values, places, starts), shape=(len(rows), width))
