"""Segments as means over another network's, by hand-worked overlaps and by a second route."""

from dataclasses import dataclass

import numpy as np
import pytest

from embeddings.overlap import overlap_means
from embeddings.taggrams import stretch_weights


@dataclass(frozen=True)
class Cut:
    hop_seconds: float
    segment_seconds: float


def column(*numbers: float) -> np.ndarray:
    return np.array(numbers, np.float32)[:, None]


def test_by_hand():
    # Two tracks of 5 and 2 seconds in segments of one second, over segments of two seconds.
    values = column(1, 3, 5, 7, 100, 10, 30)
    means, covered = overlap_means(values, np.array([5, 2]), Cut(1, 1), np.array([3, 1]), Cut(2, 2))
    assert means[:, 0].tolist() == [2, 6, 100, 20]
    assert covered.tolist() == [1, 1, 0.5, 1]


def test_coarse_over_fine_and_beyond_the_end():
    means, covered = overlap_means(column(4, 8), np.array([2]), Cut(3, 3), np.array([8]), Cut(1, 1))
    assert means[:, 0].tolist() == [4, 4, 4, 8, 8, 8, 0, 0]
    assert covered.tolist() == [1] * 6 + [0] * 2


def test_the_same_segments_stay_as_they_are():
    values = np.random.default_rng(0).random((7, 3)).astype(np.float32)
    counts = np.array([3, 4])
    means, covered = overlap_means(values, counts, Cut(0.96, 0.96), counts, Cut(0.96, 0.96))
    assert means is values
    assert covered.tolist() == [1] * 7


def test_tracks_that_only_one_of_them_has():
    means, covered = overlap_means(
        column(1, 2), np.array([1, 0, 1]), Cut(1, 1), np.array([0, 2, 1]), Cut(1, 1)
    )
    assert means[:, 0].tolist() == [0, 0, 2]
    assert covered.tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("cut", "wanted"),
    [
        (Cut(0.96, 0.96), Cut(2.992, 2.992)),
        (Cut(2.992, 2.992), Cut(0.96, 0.96)),
        (Cut(0.5, 2.0), Cut(2.992, 2.992)),  # overlapping each other
        (Cut(2.0, 1.0), Cut(0.96, 0.96)),  # with gaps
    ],
)
def test_as_the_weights_of_each_stretch_say(cut, wanted):
    rng = np.random.default_rng(1)
    counts, wanted_counts = np.array([40, 3, 17]), np.array([13, 1, 9])
    values = rng.random((60, 4)).astype(np.float32)
    means, _ = overlap_means(values, counts, cut, wanted_counts, wanted)
    expected = []
    for track, rows in enumerate(np.split(values, np.cumsum(counts)[:-1])):
        for position in range(wanted_counts[track]):
            start = position * wanted.hop_seconds
            weights = stretch_weights(
                len(rows),
                hop_seconds=cut.hop_seconds,
                segment_seconds=cut.segment_seconds,
                start=start,
                end=start + wanted.segment_seconds,
            )
            expected.append(weights @ rows / weights.sum() if weights.sum() else np.zeros(4))
    np.testing.assert_allclose(means, expected, rtol=1e-5)
