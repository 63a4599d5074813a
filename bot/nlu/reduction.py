"""Finds the few hundred directions in which training texts differ, so that fitting takes seconds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh
from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

EXACT_ROWS = 2500
SMALLEST_RANK, LARGEST_RANK, RANK_PER_INTENT = 320, 700, 12
SMALLEST = 1e-5
POWERS = 2  # further ones change no answer


def directions(dense: Singles, sparse: csr_matrix, intents: int) -> tuple[Singles, Singles]:
    """(rows × r left vectors, r singular values) of the two matrices side by side."""
    count = dense.shape[0]
    rank = min(count, max(SMALLEST_RANK, min(LARGEST_RANK, RANK_PER_INTENT * intents)))
    left, squares = (_exact if count <= EXACT_ROWS else _sketched)(dense, sparse, rank)
    kept = squares > SMALLEST
    return left[:, kept].astype(np.float32), np.sqrt(squares[kept]).astype(np.float32)


def _exact(dense: Singles, sparse: csr_matrix, rank: int) -> tuple[Floats, Floats]:
    gram = (dense @ dense.T).astype(np.float64) + np.asarray((sparse @ sparse.T).todense())
    count = len(gram)
    squares, left = eigh(gram, subset_by_index=(count - rank, count - 1))
    return left, squares


def _sketched(dense: Singles, sparse: csr_matrix, rank: int) -> tuple[Floats, Floats]:
    """Randomised range finding with power iterations; the seed is fixed: same data, same model."""
    draw = np.random.default_rng(0)
    sample = draw.standard_normal((dense.shape[0], rank + 10)).astype(np.float32)
    for _ in range(POWERS):
        sample, _ = np.linalg.qr(dense @ (dense.T @ sample) + sparse @ (sparse.T @ sample))
    projected = sample.T @ (dense @ (dense.T @ sample) + sparse @ (sparse.T @ sample))
    squares, small = np.linalg.eigh(projected.astype(np.float64))
    return (sample @ small)[:, -rank:], squares[-rank:]
