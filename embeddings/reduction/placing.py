"""Where a vector lies on a map that was made without it, such as the average of a track.

A map of t-SNE or UMAP keeps neighbourhoods and nothing else: the mean of two places far apart is
the place of neither, nor of anything between them. So a vector goes where its true nearest
segments are, those in full dimension by cosine distance, the metric of the search: to the mean of
the places of k = 12 of them, weighted by 1 / distance.
"""

import numpy as np
from numpy.typing import NDArray

from embeddings.reduction.layout import Report

NEIGHBOURS = 12
BLOCK_NUMBERS = 16_000_000  # of a (vectors, segments) matrix held at once: 64 MB of float32
NEAREST = 1e-6  # a distance below is taken for this: rounding, and no weight is infinite


def among_neighbours(
    wanted: NDArray[np.float32],
    vectors: NDArray[np.float32],
    plane: NDArray[np.float32],
    report: Report = lambda message, done: None,
) -> NDArray[np.float32]:
    """Places (m, 2) of `wanted` (m, size) on a map of `vectors` (n, size) at `plane` (n, 2).

    Memory does not grow with m or n, but for a few numbers for each. n is 1 at least.
    """
    k = min(NEIGHBOURS, len(vectors))
    inverse = _inverse_lengths(vectors)
    directions = wanted * _inverse_lengths(wanted)[:, None]
    places = np.empty((len(wanted), 2), np.float32)
    step = max(BLOCK_NUMBERS // len(vectors), 1)
    for start in range(0, len(wanted), step):
        similarity = directions[start : start + step] @ vectors.T
        similarity *= inverse
        near = np.argpartition(similarity, -k, axis=1)[:, -k:]
        distances = 1 - np.take_along_axis(similarity, near, axis=1).astype(np.float64)
        places[start : start + step] = weighted_places(distances, plane[near])
        report("placing averages", min(start + step, len(wanted)) / len(wanted))
    return places


def weighted_places(
    distances: NDArray[np.float64], places: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Means (m, 2) of the places (m, k, 2) of neighbours at cosine distances (m, k)."""
    weights = 1 / np.maximum(distances, NEAREST)
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("mk,mkd->md", weights, places)


def _inverse_lengths(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 / length of each vector, 0 for those without direction."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    return np.divide(1, lengths, out=np.zeros(len(vectors)), where=lengths > 0).astype(np.float32)
