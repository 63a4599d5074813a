"""Word and character n-grams weighted by tf-idf: how a text is written, next to what it means."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack

from bot.nlu.normalise import unaccented

_WORD = re.compile(r"\w+")
WORDS, CHARS = "w", "c"
CHAR_SIZES = (2, 3, 4, 5)
REMEMBERED = 4000  # words

Row = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]  # places in the vocabulary, values there


def _word_grams(words: Sequence[str]) -> list[str]:
    return [*words, *(f"{first} {second}" for first, second in pairwise(words))]


def _char_grams(word: str) -> list[str]:
    padded = f" {word} "
    return [
        padded[start : start + size] for size in CHAR_SIZES for start in range(len(padded) - size + 1)
    ]  # fmt: skip


def words_of(text: str) -> list[str]:
    return _WORD.findall(unaccented(text).lower())


class Ngrams:
    """A vocabulary with its weights. Words and characters are each scaled to length `1/√2`."""

    def __init__(self, vocabulary: Sequence[str], weights: npt.NDArray[np.float32]) -> None:
        self.vocabulary = list(vocabulary)
        self.weights = weights
        self._place = {gram: place for place, gram in enumerate(self.vocabulary)}
        self._chars: dict[str, list[int]] = {}  # of words seen before

    @classmethod
    def learn(cls, texts: Iterable[str]) -> tuple[Ngrams, csr_matrix]:
        """The vocabulary of these texts, and their rows in it."""
        worded = [words_of(text) for text in texts]
        unique = list(dict.fromkeys(chain.from_iterable(worded)))
        place = {word: at for at, word in enumerate(unique)}
        used = _counted([[place[word] for word in words] for words in worded], len(unique))
        chars, char_names = _named([_char_grams(word) for word in unique])
        grams, gram_names = _named([_word_grams(words) for words in worded])
        counts = (grams, (used @ chars).tocsr())
        seen = [np.bincount(matrix.indices, minlength=matrix.shape[1]) for matrix in counts]
        kept = np.flatnonzero(seen[1] > 1)
        counts, seen = (grams, counts[1][:, kept]), [seen[0], seen[1][kept]]
        idf = [np.log((1 + len(worded)) / (1 + each)) + 1 for each in seen]
        names = [WORDS + name for name in gram_names] + [CHARS + char_names[at] for at in kept]
        rows = hstack([_scaled(each, own) for each, own in zip(counts, idf, strict=True)]).tocsr()
        return cls(names, np.concatenate(idf).astype(np.float32)), rows

    def __len__(self) -> int:
        return len(self.vocabulary)

    def row(self, text: str) -> Row:
        words = words_of(text)
        find = self._place.get
        grams = [place for gram in _word_grams(words) if (place := find(WORDS + gram)) is not None]
        parts = [self._values(grams), self._values(list(chain.from_iterable(map(self._of_word, words))))]
        return np.concatenate([places for places, _ in parts]), np.concatenate([own for _, own in parts])

    def _of_word(self, word: str) -> list[int]:
        known = self._chars.get(word)
        if known is None:
            if len(self._chars) >= REMEMBERED:
                self._chars.clear()
            find = self._place.get
            known = [place for gram in _char_grams(word) if (place := find(CHARS + gram)) is not None]
            self._chars[word] = known
        return known

    def _values(self, found: list[int]) -> Row:
        places, times = np.unique(np.asarray(found, dtype=np.int32), return_counts=True)
        raw = (1 + np.log(times)) * self.weights[places]
        length = math.sqrt(2 * float(raw @ raw)) or 1.0
        return places, (raw / length).astype(np.float32)


def _named(lists: list[list[str]]) -> tuple[csr_matrix, list[str]]:
    """How often each name occurs in each list, and the names in the order of the columns."""
    names = sorted(set(chain.from_iterable(lists)))
    place = {name: at for at, name in enumerate(names)}
    matrix = _counted([[place[name] for name in each] for each in lists], len(names))
    return matrix, names


def _counted(lists: list[list[int]], width: int) -> csr_matrix:
    starts = np.cumsum([0, *map(len, lists)])
    places = np.fromiter(chain.from_iterable(lists), dtype=np.int32, count=starts[-1])
    matrix = csr_matrix((np.ones(len(places), dtype=np.float32), places, starts), shape=(len(lists), width))
    matrix.sum_duplicates()
    return matrix


def _scaled(counts: csr_matrix, idf: npt.NDArray[np.float64]) -> csr_matrix:
    rows = counts.astype(np.float32)
    rows.data = ((1 + np.log(rows.data)) * idf[rows.indices]).astype(np.float32)
    squares = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
    lengths = np.repeat(np.sqrt(2 * squares), np.diff(rows.indptr))
    rows.data /= np.maximum(lengths, 1e-9)
    return rows
