"""A track's most typical and most unusual segment, against comparing each with each."""

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.passages import NO_EDGES, Extremes, extremes, passage


def mean_distances(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,): of each to all others that are not silent, by a loop over pairs."""
    found = np.full(len(vectors), np.nan)
    heard = [i for i, vector in enumerate(vectors) if np.linalg.norm(vector) > 0]
    for i in heard:
        others = [
            1 - vectors[i] @ vectors[j] / np.linalg.norm(vectors[i]) / np.linalg.norm(vectors[j])
            for j in heard
            if j != i
        ]
        found[i] = np.mean(others) if others else 0.0
    return found


@pytest.mark.parametrize("segments", [1, 2, NO_EDGES - 1, NO_EDGES, 30])
@pytest.mark.parametrize("silent", [0, 2])
def test_extremes_are_those_of_all_pairs(segments: int, silent: int) -> None:
    numbers = np.random.default_rng(segments + silent)
    for _ in range(20):
        vectors = numbers.normal(0.5, 1, size=(segments, 6)) * numbers.uniform(0.1, 9)
        vectors[numbers.permutation(segments)[: min(silent, segments - 1)]] = 0
        distances = mean_distances(vectors)
        found = extremes(vectors)
        assert distances[found.typical] == pytest.approx(np.nanmin(distances))
        inner = distances.copy()
        if segments >= NO_EDGES and not np.isnan(distances[1:-1]).all():
            inner[[0, -1]] = np.nan
        assert inner[found.unusual] == pytest.approx(np.nanmax(inner))


def test_silence_is_neither_and_all_silence_is_no_error() -> None:
    vectors = np.zeros((8, 3), np.float16)
    assert extremes(vectors) == Extremes(0, 0)
    vectors[3] = [1, 0, 0]
    assert extremes(vectors) == Extremes(3, 3)
    vectors[0] = [0, 1, 0]  # an edge, beside a segment within
    assert extremes(vectors).unusual == 3


def test_what_is_heard_lies_around_the_segment_and_within_the_track() -> None:
    def around(position: int, seconds: float, segment: float = 3.0) -> tuple[float, float]:
        return passage(position, hop_seconds=3.0, segment_seconds=segment, seconds=seconds)

    assert around(10, 90) == (26.5, 36.5)
    assert around(0, 90) == (0, 10)
    assert around(29, 90) == (80, 90)
    assert around(1, 7) == (0, 7)
    assert around(0, 1) == (0, 3)  # a segment of a track that was padded to its length
    assert around(1, 90, segment=20) == (3, 23)
