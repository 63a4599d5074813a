"""The intent model: sentence encoder + n-grams → logistic regression → calibrated confidence.

Knows nothing of Rasa. Texts come in already cleaned (normalise, spelling).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from bot.nlu import encoder
from bot.nlu.ngrams import Ngrams
from bot.nlu.reduction import directions
from bot.nlu.trust import Held, Trust

Singles = npt.NDArray[np.float32]

MEANING_WEIGHT, POOLED_WEIGHT, NGRAM_WEIGHT = 0.4, 0.2, 0.4
STRENGTH = 10.0  # inverse regularisation of the regression
MOST_KNOWN = 3000  # training texts that a message is compared with, evenly taken
# "Nothing of ours" borders on everything: in doubt it yields to an intent that can be asked about.
YIELDING = {"out_of_scope": 0.8}


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
        self.bias, self.known = weights["bias"], weights["known"]
        self.trust = trust

    @classmethod
    def fit(cls, texts: Sequence[str], intents: Sequence[str]) -> IntentModel:
        names = sorted(set(intents))
        labels = np.asarray([names.index(intent) for intent in intents])
        vectors = encoder.encode(list(texts))
        ngrams, counts = Ngrams.learn(texts)
        sparse = counts * np.float32(np.sqrt(NGRAM_WEIGHT))
        dense = weighted(vectors)
        left, singular = directions(dense, sparse, len(names))
        features = left * singular
        yields = np.asarray([YIELDING.get(name, 0.0) for name in names], dtype=np.float32)
        regression = _regression().fit(features, labels)
        kept = np.linspace(0, len(texts) - 1, min(len(texts), MOST_KNOWN)).astype(np.int64)
        mapping = (left / singular) @ _coefficients(regression, len(names)).T
        weights = {
            "dense": (dense.T @ mapping).astype(np.float32),
            "sparse": np.asarray(sparse.T @ mapping, dtype=np.float32) * np.float32(np.sqrt(NGRAM_WEIGHT)),
            "bias": _intercepts(regression, len(names)) - yields,
            "known": vectors[kept, : encoder.MEANING],
        }
        unseen = _held_out(features, labels)
        unseen -= yields if unseen.any() else 0
        held = Held(unseen, _nearest_others(vectors[:, : encoder.MEANING], kept), labels)
        return cls(names, ngrams, weights, Trust.learn(held))

    def logits(self, texts: Sequence[str]) -> tuple[Singles, Singles]:
        """(texts × intents, cosine of each text to its nearest training text)."""
        vectors = encoder.encode(list(texts))
        scores = weighted(vectors) @ self.dense + self.bias
        for at, text in enumerate(texts):
            places, values = self.ngrams.row(text)
            scores[at] += values @ self.sparse[places]
        nearest = (vectors[:, : encoder.MEANING] @ self.known.T).max(axis=1)
        return scores, nearest

    def predict(self, texts: Sequence[str]) -> list[Answer]:
        scores, nearest = self.logits(texts)
        chances = self.trust.chances(scores, nearest)
        return [self._answer(row, float(near)) for row, near in zip(chances, nearest, strict=True)]

    def _answer(self, chances: Singles, nearest: float) -> Answer:
        order = np.argsort(-chances)
        return Answer([(self.intents[i], float(chances[i])) for i in order], nearest)


def _regression() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3, class_weight="balanced")


def _coefficients(regression: LogisticRegression, count: int) -> Singles:
    """One row an intent, also for two intents (where sklearn keeps one row) and for a single one."""
    rows = regression.coef_.astype(np.float32)
    return np.concatenate([-rows, rows]) / 2 if count == 2 else rows


def _intercepts(regression: LogisticRegression, count: int) -> Singles:
    values = regression.intercept_.astype(np.float32)
    return np.concatenate([-values, values]) / 2 if count == 2 else values


def _held_out(features: Singles, labels: npt.NDArray[np.int64]) -> Singles:
    """Scores of each text by a regression fitted without its half of the data; zeros where too little."""
    names = labels.max() + 1
    held = np.zeros((len(labels), names), dtype=np.float32)
    smallest = int(np.bincount(labels).min())
    if smallest < 2 or names < 3:
        return held
    folds = StratifiedKFold(min(2, smallest), shuffle=True, random_state=0)
    for train, test in folds.split(features, labels):
        held[test] = _regression().fit(features[train], labels[train]).decision_function(features[test])
    return held


def _nearest_others(meanings: Singles, kept: npt.NDArray[np.int64]) -> Singles:
    """Each training text's cosine to the nearest other one among those kept for comparison."""
    best = np.empty(len(meanings), dtype=np.float32)
    for start in range(0, len(meanings), 1000):
        rows = np.arange(start, min(start + 1000, len(meanings)))
        cosines = meanings[rows] @ meanings[kept].T
        cosines[rows[:, None] == kept[None, :]] = -1.0
        best[rows] = cosines.max(axis=1)
    return best
