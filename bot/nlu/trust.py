"""How far a prediction can be trusted: scores → calibrated confidence, low where out of scope.

Evidence is the highest probability times the cosine to the nearest training text; a text that is
like none of the training data is doubted however clearly it falls to one side.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

Singles = npt.NDArray[np.float32]

SHARPNESS = np.geomspace(0.5, 6.0, 40)
FEWEST_ERRORS = 5  # with fewer, the probabilities are taken as they are


class Held(NamedTuple):
    """What training texts look like to a model that has not seen them."""

    logits: Singles
    nearest: Singles
    labels: npt.NDArray[np.int64]


def softmax(logits: Singles) -> Singles:
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def _evidence(logits: Singles, nearest: Singles) -> Singles:
    """From unsharpened probabilities: they keep strangers apart from the merely ambiguous better."""
    product = np.clip(softmax(logits).max(axis=1) * nearest, 1e-4, 1 - 1e-4)
    return np.log(product / (1 - product))


class Trust(NamedTuple):
    sharpness: float = 1.0  # factor on scores
    slope: float = 1.0  # confidence = logistic(slope × evidence + offset)
    offset: float = 0.0

    @classmethod
    def learn(cls, held: Held) -> Trust:
        if not held.logits.any():
            return cls()
        rows = np.arange(len(held.labels))
        losses = [-np.log(softmax(held.logits * s)[rows, held.labels] + 1e-9).mean() for s in SHARPNESS]
        sharpness = float(SHARPNESS[int(np.argmin(losses))])
        right = held.logits.argmax(axis=1) == held.labels
        if min(right.sum(), (~right).sum()) < FEWEST_ERRORS:
            return cls(sharpness)
        evidence = _evidence(held.logits, held.nearest)[:, None]
        fitted = LogisticRegression(C=1e3).fit(evidence, right)
        return cls(sharpness, float(fitted.coef_[0, 0]), float(fitted.intercept_[0]))

    def chances(self, logits: Singles, nearest: Singles) -> Singles:
        """Rows of confidences; the order of the intents stays that of the scores."""
        raw = softmax(logits * self.sharpness)
        best = raw.max(axis=1)
        trusted = 1 / (1 + np.exp(-(self.slope * _evidence(logits, nearest) + self.offset)))
        others = np.minimum((1 - trusted) / np.maximum(1 - best, 1e-6), trusted / best)
        lowered = raw * others[:, None]
        lowered[np.arange(len(raw)), raw.argmax(axis=1)] = trusted
        return lowered
