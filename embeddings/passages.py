"""A track's most typical and most unusual segments, in plain numpy."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

PASSAGE_SECONDS = 10.0  # that are heard around a segment
NO_EDGES = 5  # segments, from which on the first and last are passed over as unusual


@dataclass(frozen=True)
class Extremes:
    """Positions in a track."""

    typical: int
    unusual: int


def extremes(vectors: NDArray[Any]) -> Extremes:
    """The segments, of (n, size) with n > 0, least and most distant from all others by cosine.

    The first is the medoid (Kaufman and Rousseeuw 1987). Of unit vectors, the mean distance to all
    is 1 less the product with their mean, so that no pairs are compared: O(n * size). Silence, a
    vector of zeros, has no direction and is passed over; where all is silent, both are 0. Tracks
    mostly fade in and out, so that their ends would be the unusual of many: from `NO_EDGES`
    segments on, they are passed over too. Of equals, the first.
    """
    directions, heard = unit_vectors(vectors)
    if not heard.any():
        return Extremes(0, 0)
    nearness = directions @ directions[heard].mean(axis=0)
    inner = heard.copy()
    if len(vectors) >= NO_EDGES:
        inner[[0, -1]] = False
    unusual = np.where(inner if inner.any() else heard, nearness, np.inf)
    return Extremes(
        typical=int(np.argmax(np.where(heard, nearness, -np.inf))),
        unusual=int(np.argmin(unusual)),
    )


def unit_vectors(vectors: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Vectors (n, size) at length 1, and which of them (n,) have a direction; the others are 0."""
    exact = vectors.astype(np.float64)
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    return exact / np.where(lengths > 0, lengths, 1), lengths[:, 0] > 0


def passage(
    position: int, *, hop_seconds: float, segment_seconds: float, seconds: float
) -> tuple[float, float]:
    """Start and end, in seconds, of what is heard around a segment of a track of `seconds`.

    `PASSAGE_SECONDS` with the segment in the middle, moved inwards at the track's ends, and shorter
    only where the track is; longer only where the segment is.
    """
    length = min(max(PASSAGE_SECONDS, segment_seconds), max(seconds, segment_seconds))
    middle = position * hop_seconds + segment_seconds / 2
    start = max(min(middle - length / 2, seconds - length), 0.0)
    return round(start, 3), round(start + length, 3)
