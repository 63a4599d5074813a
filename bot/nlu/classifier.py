"""The intent model: sentence encoder + n-grams → logistic regression → calibrated confidence.

Knows nothing of Rasa. Texts come in already cleaned (normalise, spelling).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold

from bot.nlu import encoder, regression
from bot.nlu.ngrams import Ngrams
from bot.nlu.reduction import directions
from bot.nlu.trust import Held, Trust

Singles = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]

MEANING_WEIGHT, POOLED_WEIGHT, NGRAM_WEIGHT = 0.35, 0.2, 0.45
PLENTY = 4000  # texts, of which one half tells enough of how far scores can be trusted
MOST_KNOWN = 4000  # training texts that a message is compared with, evenly taken
# They are compared in the directions in which meanings differ most, where there are texts enough to tell these:
# quicker, and the rest is noise.
ASPECTS, TEXTS_FOR_ASPECTS = 128, 1500


class Answer(NamedTuple):
    ranking: list[tuple[str, float]]  # best first; confidences already lowered where out of scope
    nearest: float  # cosine to the nearest training text


def weighted(vectors: Singles) -> Singles:
    scales = np.repeat(np.sqrt([MEANING_WEIGHT, POOLED_WEIGHT]), encoder.MEANING)
    return (vectors * scales).astype(np.float32)


class IntentModel:
    def __init__(
        self, intents: Sequence[str], ngrams: Ngrams, weights: dict[str, Singles],
        trust: Trust,
    ) -> None:  # fmt: skip
        self.intents = list(intents)
        self.ngrams = ngrams
        self.dense, self.sparse = weights["dense"], weights["sparse"]
        self.bias, self.known, self.aspects = weights["bias"], weights["known"], weights["aspects"]
        self.trust = trust

    @classmethod
    def fit(cls, texts: Sequence[str], intents: Sequence[str]) -> IntentModel:
        names = sorted(set(intents))
        labels = np.asarray([names.index(intent) for intent in intents])
        vectors = encoder.encode(list(texts))
        ngrams, counts = Ngrams.learn(texts)
        sparse = counts * np.float32(np.sqrt(NGRAM_WEIGHT))
        dense = weighted(vectors)
        found = directions(dense, sparse, len(names))
        features = found.features(dense, sparse)
        fitted = regression.fit(features, labels, len(names))
        kept = np.linspace(0, len(texts) - 1, min(len(texts), MOST_KNOWN)).astype(np.int64)
        aspects = _aspects(vectors)
        meanings = _seen_from(vectors, aspects)
        of_dense, of_sparse = found.weights(fitted.weights)
        weights = {
            "dense": of_dense,
            "sparse": of_sparse * np.float32(np.sqrt(NGRAM_WEIGHT)),
            "bias": fitted.bias,
            "known": meanings[kept],
            "aspects": aspects,
        }
        unseen, places = _held_out(features, labels)
        held = Held(unseen, _nearest_others(meanings, kept, places), labels[places])
        return cls(names, ngrams, weights, Trust.learn(held))

    def logits(self, texts: Sequence[str]) -> tuple[Singles, Singles]:
        """(texts × intents, cosine of each text to its nearest training text)."""
        vectors = encoder.encode(list(texts))
        scores = weighted(vectors) @ self.dense + self.bias
        for at, text in enumerate(texts):
            places, values = self.ngrams.row(text)
            scores[at] += values @ self.sparse[places]
        nearest = (_seen_from(vectors, self.aspects) @ self.known.T).max(axis=1)
        return scores, nearest

    def predict(self, texts: Sequence[str]) -> list[Answer]:
        scores, nearest = self.logits(texts)
        chances = self.trust.chances(scores, nearest)
        return [self._answer(row, float(near)) for row, near in zip(chances, nearest, strict=True)]

    def _answer(self, chances: Singles, nearest: float) -> Answer:
        order = np.argsort(-chances)
        return Answer([(self.intents[i], float(chances[i])) for i in order], nearest)


def _aspects(vectors: Singles) -> Singles:
    """The directions in which meanings are compared; none where there are too few texts to find them."""
    if len(vectors) < TEXTS_FOR_ASPECTS:
        return np.zeros((encoder.MEANING, 0), dtype=np.float32)
    meanings = vectors[:, : encoder.MEANING]
    _, right = np.linalg.eigh((meanings.T @ meanings).astype(np.float64))
    return right[:, -ASPECTS:].astype(np.float32)


def _seen_from(vectors: Singles, aspects: Singles) -> Singles:
    meanings = vectors[:, : encoder.MEANING]
    if not aspects.size:
        return meanings
    turned = meanings @ aspects
    return turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), np.float32(1e-6))


def _held_out(features: Singles, labels: Labels) -> tuple[Singles, Labels]:
    """Scores of texts by a regression fitted without their half of the data; zeros where too little.

    Also which texts these are: all, or one half where there are plenty.
    """
    names = int(labels.max()) + 1
    held = np.zeros((len(labels), names), dtype=np.float32)
    places = np.arange(len(labels))
    if int(np.bincount(labels).min()) < 2 or names < 3:
        return held, places
    folds = StratifiedKFold(2, shuffle=True, random_state=0)
    for train, test in folds.split(features, labels):
        held[test] = regression.fit(features[train], labels[train], names).scores(features[test])
        if len(labels) > PLENTY:
            return held[test], test
    return held, places


def _nearest_others(meanings: Singles, kept: Labels, places: Labels) -> Singles:
    """Cosine of each text at `places` to the nearest other one among those kept for comparison."""
    best = np.empty(len(places), dtype=np.float32)
    for start in range(0, len(places), 1000):
        rows = places[start : start + 1000]
        cosines = meanings[rows] @ meanings[kept].T
        cosines[rows[:, None] == kept[None, :]] = -1.0
        best[start : start + 1000] = cosines.max(axis=1)
    return best
