"""Precision of neighbours against answers that are known."""

import numpy as np
import pytest

from embeddings.benchmarks.precision import nearest_elsewhere, precision

TRACKS, EACH = 12, 5


@pytest.fixture
def tracks() -> np.ndarray:
    return np.repeat(np.arange(TRACKS), EACH)


def halves() -> np.ndarray:
    """Two labels; even tracks have one, odd tracks the other."""
    return np.eye(2, dtype=bool)[np.arange(TRACKS) % 2]


def test_the_nearest_are_those_of_other_tracks(tracks):
    numbers = np.random.default_rng(0)
    vectors = numbers.standard_normal((len(tracks), 6)).astype(np.float32)
    queries = np.array([0, 17, 59])
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for query, found in zip(queries, nearest_elsewhere(vectors, tracks, queries, 4), strict=True):
        others = np.flatnonzero(tracks != tracks[query])
        expected = others[np.argsort(-(unit[others] @ unit[query]))[:4]]
        assert set(found) == set(expected)


def test_neighbours_of_one_label_alone_are_precise_and_chance_is_its_share(tracks):
    labels = halves()
    queries = np.arange(len(tracks))
    found = np.array(
        [
            [row for row in queries if tracks[row] % 2 == mine % 2 and tracks[row] != mine][:10]
            for mine in tracks
        ]
    )
    result = precision(labels, tracks, queries, found)
    assert (result.precision, result.low, result.high) == (1, 1, 1)
    assert result.chance == pytest.approx(5 / 11)  # of eleven others, five have the label
    assert result.moments == TRACKS * EACH
    wrong = precision(labels, tracks, queries, np.roll(found, EACH, axis=0))
    assert wrong.precision == 0


def test_neighbours_by_lot_are_as_precise_as_chance(tracks):
    numbers = np.random.default_rng(1)
    labels = np.eye(3, dtype=bool)[numbers.integers(0, 3, TRACKS)]
    labels[0] = True  # has every label
    queries = np.repeat(np.arange(len(tracks)), 60)
    found = np.array(
        [numbers.choice(np.flatnonzero(tracks != tracks[query]), 10) for query in queries]
    )
    result = precision(labels, tracks, queries, found)
    assert result.precision == pytest.approx(result.chance, abs=0.01)
    assert result.low < result.chance < result.high


def test_moments_of_one_track_widen_the_interval_as_one(tracks):
    """Each track's moments are all right or all wrong: the interval is that of twelve tosses."""
    labels = halves()
    queries = np.arange(len(tracks))
    same, other = np.array([0, 1]) * EACH, np.array([1, 0]) * EACH
    right = tracks < TRACKS / 2
    found = np.where(right, same[tracks % 2], other[tracks % 2])[:, None].repeat(10, axis=1)
    result = precision(labels, tracks, queries, found)
    assert result.precision == 0.5
    # The 2.5% and 97.5% quantiles of a binomial of 12 trials: 3 and 9.
    assert (result.low, result.high) == (3 / 12, 9 / 12)


def test_longer_tracks_weigh_more_in_chance():
    tracks = np.array([0, 1, 1, 1, 2])
    labels = np.array([[True, False], [True, False], [False, True]])
    found = np.array([[1]])
    assert precision(labels, tracks, np.array([0]), found).chance == pytest.approx(3 / 4)
