"""Finds the directions in which training texts differ most, so that fitting takes seconds.

What texts mean and how they are written are reduced apart: the first is dense and gives way early, the
second is long-tailed, and rare words are what closely related intents differ in.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Singles = npt.NDArray[np.float32]

DENSE_RANK, DENSE_RANK_PER_INTENT, SPARSE_RANK = 260, 2, 700
SMALLEST = 1e-5  # of a squared singular value
POWERS = 1  # further ones change next to no answer
PLENTY = 8000  # rows, evenly taken; more of them show no other directions


class Directions(NamedTuple):
    """Matrices that take a text's vectors to its features, the dense ones first."""

    dense: Singles
    sparse: Singles

    def features(self, dense: Singles, sparse: csr_matrix) -> Singles:
        return np.hstack([dense @ self.dense, sparse @ self.sparse]).astype(np.float32)

    def weights(self, fitted: Singles) -> tuple[Singles, Singles]:
        """From weights of the features (classes × features) to those of the vectors."""
        cut = self.dense.shape[1]
        return self.dense @ fitted[:, :cut].T, self.sparse @ fitted[:, cut:].T


def directions(dense: Singles, sparse: csr_matrix, intents: int) -> Directions:
    if dense.shape[0] > PLENTY:
        some = np.linspace(0, dense.shape[0] - 1, PLENTY).astype(np.int64)
        dense, sparse = dense[some], sparse[some]
    squares, right = np.linalg.eigh((dense.T @ dense).astype(np.float64))
    kept = np.flatnonzero(squares > SMALLEST)[-(DENSE_RANK + DENSE_RANK_PER_INTENT * intents) :]
    return Directions(right[:, kept].astype(np.float32), _sparse(sparse))


def _sparse(rows: csr_matrix) -> Singles:
    """Right singular vectors: exact for few rows, else by randomised range finding.

    The seed is fixed: same data, same model.
    """
    count, turned = rows.shape[0], rows.T.tocsr()
    if count <= SPARSE_RANK:
        spread = np.asarray(turned.todense(), dtype=np.float32)
        left = np.eye(count, dtype=np.float32)
    else:
        draw = np.random.default_rng(0)
        left = draw.standard_normal((count, SPARSE_RANK)).astype(np.float32)
        for _ in range(POWERS):
            left = _orthonormal(rows @ (turned @ left))
        spread = turned @ left
    squares, inner = np.linalg.eigh((spread.T @ spread).astype(np.float64))
    kept = squares > SMALLEST
    return spread @ (inner[:, kept] / np.sqrt(squares[kept])).astype(np.float32)


def _orthonormal(columns: Singles) -> Singles:
    """By Cholesky of the Gram matrix: matrix products only, several times faster than Householder's way."""
    gram = (columns.T @ columns).astype(np.float64)
    gram[np.diag_indices_from(gram)] += 1e-6 * np.trace(gram) / len(gram)
    return columns @ np.linalg.inv(np.linalg.cholesky(gram)).T.astype(np.float32)
