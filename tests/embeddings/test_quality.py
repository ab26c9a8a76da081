"""Quality of a map, against scikit-learn's trustworthiness and cases with a known answer."""

from dataclasses import astuple

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.manifold import trustworthiness
from sklearn.metrics.pairwise import cosine_distances

from embeddings.reduction import quality
from embeddings.reduction.quality import Quality, measure

RNG = np.random.default_rng(0)
VECTORS = RNG.normal(size=(300, 40)).astype(np.float32)
VECTORS[:, :3] *= 5
LAYOUTS = {
    "three dimensions seen from above": VECTORS[:, :2],
    "chance": RNG.normal(size=(300, 2)).astype(np.float32),
}
APART = np.arange(300)  # each segment a track of its own


@pytest.fixture(params=LAYOUTS)
def plane(request: pytest.FixtureRequest) -> NDArray[np.float32]:
    return LAYOUTS[request.param]


def circle(count: int) -> NDArray[np.float32]:
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False) ** 1.01
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_trustworthiness_is_scikit_learns(plane: NDArray[np.float32]) -> None:
    expected = trustworthiness(VECTORS, plane, n_neighbors=12, metric="cosine")
    assert measure(VECTORS, plane, APART).trustworthiness == pytest.approx(expected, abs=1e-6)


def test_neighbours_kept_are_those_of_two_full_sorts(plane: NDArray[np.float32]) -> None:
    true = cosine_distances(VECTORS.astype(np.float64))
    seen = np.linalg.norm(plane[:, None] - plane[None], axis=2)
    for distances in (true, seen):
        np.fill_diagonal(distances, np.inf)
    pairs = zip(true.argsort(axis=1)[:, :12], seen.argsort(axis=1)[:, :12], strict=True)
    expected = np.mean([len(set(a) & set(b)) / 12 for a, b in pairs])
    assert measure(VECTORS, plane, APART).neighbours_kept == pytest.approx(expected)


def test_other_tracks_leave_out_the_anchors_own(plane: NDArray[np.float32]) -> None:
    tracks = np.repeat(np.arange(30), 10)
    true = cosine_distances(VECTORS.astype(np.float64))
    trusts, kept = [], []
    for anchor in range(300):
        others = np.flatnonzero(tracks != tracks[anchor])
        ranks = true[anchor, others].argsort().argsort() + 1
        near = np.linalg.norm(plane[others] - plane[anchor], axis=1).argsort()[:12]
        worst = sum(range(len(others) - 12 - 11, len(others) - 11))
        trusts.append(1 - np.maximum(ranks[near] - 12, 0).sum() / worst)
        kept.append((ranks[near] <= 12).mean())
    result = measure(VECTORS, plane, tracks)
    assert result.trustworthiness_other_tracks == pytest.approx(np.mean(trusts), abs=1e-5)
    assert result.neighbours_kept_other_tracks == pytest.approx(np.mean(kept))


def test_a_map_that_shows_the_vectors_themselves_is_perfect() -> None:
    points = circle(100)
    result = measure(points, points, np.arange(100) // 5)
    assert result == Quality(1.0, 1.0, 1.0, 1.0, result.trust)
    assert (result.trust == quality.BEST).all()


def test_a_shuffled_map_is_no_better_than_chance() -> None:
    points = circle(600)
    shuffled = np.random.default_rng(1).permutation(points)
    result = measure(points, shuffled, np.arange(600))
    assert result.trustworthiness == pytest.approx(0.5, abs=0.03)
    assert result.neighbours_kept == pytest.approx(12 / 599, abs=0.01)


def test_copies_of_one_segment_are_all_true_neighbours() -> None:
    result = measure(np.tile(VECTORS[:1], (60, 1)), np.zeros((60, 2), np.float32), np.arange(60))
    assert (result.trustworthiness, result.neighbours_kept) == (1.0, 1.0)


def test_silence_with_vectors_of_zeros_is_no_error() -> None:
    vectors = VECTORS.copy()
    vectors[:20] = 0
    result = measure(vectors, LAYOUTS["chance"], APART)
    assert 0 < result.trustworthiness < 1


@pytest.mark.parametrize(("count", "known"), [(1, False), (2, False), (23, False), (24, True)])
def test_below_24_segments_there_is_nothing_to_say(count: int, known: bool) -> None:
    result = measure(VECTORS[:count], VECTORS[:count, :2], np.arange(count))
    assert (result.trustworthiness is not None) is known
    assert (result.neighbours_kept_other_tracks is not None) is known


def test_one_track_has_no_other_tracks() -> None:
    result = measure(VECTORS, VECTORS[:, :2], np.zeros(300, np.int64))
    assert result.trustworthiness is not None
    assert result.trustworthiness_other_tracks is None


def test_blocks_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    tracks = np.repeat(np.arange(30), 10)
    whole = measure(VECTORS, VECTORS[:, :2], tracks)
    monkeypatch.setattr(quality, "BLOCK_NUMBERS", 7 * 300)
    blocks = measure(VECTORS, VECTORS[:, :2], tracks)
    assert blocks.trust.tolist() == whole.trust.tolist()
    assert astuple(blocks)[:4] == pytest.approx(astuple(whole)[:4])


def test_a_sample_of_anchors_estimates_all_of_them() -> None:
    whole = measure(VECTORS, VECTORS[:, :2], APART)
    sample = measure(VECTORS, VECTORS[:, :2], APART, max_anchors=150)
    assert sample.trustworthiness == pytest.approx(whole.trustworthiness, abs=0.03)
    assert sample == measure(VECTORS, VECTORS[:, :2], APART, max_anchors=150)
    assert sample != whole


def test_progress_reaches_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality, "BLOCK_NUMBERS", 40 * 300)
    shares: list[float] = []
    measure(VECTORS, VECTORS[:, :2], APART, report=shares.append)
    assert shares == sorted(shares)
    assert (len(shares), shares[-1]) == (8, 1)
