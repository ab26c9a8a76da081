"""Methods of reduction: PCA against numpy, layouts by the neighbourhoods that they keep."""

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.reduction.layout import Context, Layout
from embeddings.reduction.methods import METHODS, complete
from embeddings.reduction.nearest import exact_neighbours
from embeddings.reduction.pca import CHUNK_ROWS
from embeddings.reduction.quality import measure

ITERATIVE = ["tsne", "umap"]


def clusters(*, count: int = 180, size: int = 20, seed: int = 0) -> NDArray[np.float32]:
    """Six well-parted clusters; row i belongs to cluster i % 6."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(scale=5, size=(6, size))
    return (centres[np.arange(count) % 6] + rng.normal(size=(count, size))).astype(np.float32)


def run(method: str, vectors: NDArray[np.float32], **context: object) -> Layout:
    return METHODS[method].run(vectors, Context(**context))


def kept(vectors: NDArray[np.float32], layout: Layout) -> float:
    """Share of the points whose nearest neighbour on the map is of their own cluster."""
    plane = layout.coordinates[:, :2]
    distances = np.linalg.norm(plane[:, None] - plane[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    own = np.arange(len(vectors)) % 6
    return float((own[distances.argmin(axis=1)] == own).mean())


def by_svd(vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    centred = vectors - vectors.mean(axis=0)
    left, strengths, _ = np.linalg.svd(centred, full_matrices=False)
    return left * strengths, strengths**2 / (strengths**2).sum()


@pytest.mark.parametrize("count", [50, CHUNK_ROWS + 7])
def test_pca_agrees_with_numpys_svd(count: int) -> None:
    vectors = clusters(count=count) + 100  # far from the origin: centring must be exact
    layout = run("pca", vectors)
    scores, explained = by_svd(vectors.astype(np.float64))
    assert layout.coordinates.dtype == np.float32
    np.testing.assert_allclose(np.abs(layout.coordinates), np.abs(scores[:, :10]), atol=2e-4)
    np.testing.assert_allclose(layout.explained_variance, explained, atol=1e-9)


def test_standardised_pca_leaves_constant_dimensions_alone() -> None:
    vectors = clusters()
    vectors[:, 3] *= 1000
    vectors[:, 7] = 0.1  # its mean in floating point is not exactly 0.1
    layout = run("std-pca", vectors)
    exact = vectors.astype(np.float64)
    varying = np.delete(exact, 7, axis=1)
    scores, explained = by_svd(varying / varying.std(axis=0, ddof=1))
    np.testing.assert_allclose(np.abs(layout.coordinates), np.abs(scores[:, :10]), atol=2e-4)
    np.testing.assert_allclose(layout.explained_variance[:-1], explained, atol=1e-9)
    assert layout.explained_variance[-1] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("method", ["pca", "std-pca"])
def test_components_do_not_turn_around_when_the_library_grows(method: str) -> None:
    grown = clusters(count=240)
    first = run(method, grown[:180]).coordinates
    previous = np.full((240, 10), np.nan, np.float32)
    for sign in (1, -1):
        previous[:180] = sign * first
        again = run(method, grown, previous=previous).coordinates
        for axis in range(5):
            assert np.corrcoef(previous[:180, axis], again[:180, axis])[0, 1] > 0


@pytest.mark.parametrize("method", METHODS)
def test_a_layout_keeps_clusters_together(method: str) -> None:
    vectors = clusters()
    assert kept(vectors, run(method, vectors)) > {"pca": 0.5, "std-pca": 0.5}.get(method, 0.98)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_map(method: str) -> None:
    vectors = clusters()
    first, second = run(method, vectors, seed=3), run(method, vectors, seed=3)
    assert first.repeatable
    np.testing.assert_array_equal(first.coordinates, second.coordinates)


def test_umap_above_its_limit_is_marked_as_not_repeatable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.reduction.umap.SEEDED_POINTS", 100)
    vectors = clusters()
    layout = run("umap", vectors)
    assert not layout.repeatable
    assert kept(vectors, layout) > 0.98


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9, 13, 25])
def test_few_segments_are_no_error(method: str, count: int) -> None:
    layout = run(method, clusters(count=count))
    assert len(layout.coordinates) == count
    assert np.isfinite(layout.coordinates).all()
    if count > 1:
        assert np.ptp(layout.coordinates[:, 0]) > 0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [2, 40])
def test_identical_segments_lie_on_one_spot(method: str, count: int) -> None:
    layout = run(method, np.tile(clusters(count=1), (count, 1)))
    assert np.isfinite(layout.coordinates).all()
    assert np.ptp(layout.coordinates, axis=0).max() < 1e-5
    assert not layout.explained_variance.any()


@pytest.mark.parametrize("method", METHODS)
def test_many_copies_among_other_segments_are_no_error(method: str) -> None:
    vectors = clusters(count=180)
    vectors[:120] = vectors[0]
    layout = run(method, vectors)
    assert np.isfinite(layout.coordinates).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [1, 2])
def test_vectors_of_one_or_two_numbers_still_make_a_map(method: str, size: int) -> None:
    layout = run(method, clusters(count=40)[:, :size])
    assert layout.coordinates.shape == (40, 2)
    assert np.isfinite(layout.coordinates).all()


@pytest.mark.parametrize("method", ITERATIVE)
def test_without_components_the_vectors_themselves_are_laid_out(method: str) -> None:
    vectors = clusters(count=60)
    layout = METHODS[method].run(vectors, Context(), pca_dims=0)
    assert kept(vectors, layout) > 0.9


@pytest.mark.parametrize("method", ITERATIVE)
def test_a_grown_library_keeps_its_map(method: str) -> None:
    grown = clusters(count=240)
    first = run(method, grown[:180]).coordinates
    previous = np.full((240, 2), np.nan, np.float32)
    previous[:180] = first
    layout = run(method, grown, previous=previous)
    assert kept(grown, layout) > 0.98
    extent = np.ptp(first, axis=0).max()
    moved = np.linalg.norm(layout.coordinates[:180] - first, axis=1)
    assert np.median(moved) < 0.12 * extent
    # New segments came to the clusters that they belong to.
    for cluster in range(6):
        old = layout.coordinates[:180][np.arange(180) % 6 == cluster].mean(axis=0)
        new = layout.coordinates[180:][np.arange(180, 240) % 6 == cluster].mean(axis=0)
        assert np.linalg.norm(old - new) < 0.15 * extent


@pytest.mark.parametrize("method", ITERATIVE)
def test_work_tells_how_far_it_is_and_can_be_stopped_from_within(method: str) -> None:
    class Stop(Exception):
        pass

    told: list[float] = []

    def follow(message: str, done: float) -> None:
        told.append(done)
        if message == "laying out" and done > 0.6:
            raise Stop

    with pytest.raises(Stop):
        run(method, clusters(), report=follow)
    assert told == sorted(told)
    assert 0.6 < told[-1] < 0.65
    assert len(told) > 30
    assert len(run(method, clusters()).coordinates) == 180  # stopping leaves nothing behind


def test_neighbours_are_exact_and_begin_with_the_point_itself() -> None:
    points = clusters(count=90)[:, :5]
    points[:40] = points[0]  # more copies than neighbours
    told: list[float] = []
    indices, distances = exact_neighbours(points, 6, lambda _message, done: told.append(done))
    assert indices[:, 0].tolist() == list(range(90))
    between = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.testing.assert_allclose(distances, np.sort(between, axis=1)[:, :6], atol=1e-3)
    rows = np.arange(90)[:, None]
    np.testing.assert_allclose(between[rows, indices], distances, atol=1e-3)
    assert all(len(set(row)) == 6 for row in indices.tolist())
    assert told[-1] == 1


def test_tsne_keeps_more_neighbours_than_pca() -> None:
    vectors = clusters(count=300, seed=5)
    tracks = np.arange(300)
    trust = {
        method: measure(vectors, run(method, vectors).coordinates[:, :2], tracks).trustworthiness
        for method in ("pca", "tsne")
    }
    assert trust["tsne"] > trust["pca"] + 0.01


@pytest.mark.parametrize(
    ("method", "parameters", "complaint"),
    [
        ("mds", {}, "no method 'mds'"),
        ("pca", {"perplexity": 5}, "no parameter 'perplexity'"),
        ("tsne", {"perplexity": 0}, "1 to 200, not 0"),
        ("pca", {"pca_dims": 1}, "2 to 500, not 1"),
        ("pca", {"pca_dims": 501}, "2 to 500"),
        ("umap", {"n_neighbors": 201}, "2 to 200"),
        ("umap", {"n_neighbors": 2.5}, "whole number"),
        ("umap", {"min_dist": 1}, "0 to 0.99"),
        ("umap", {"min_dist": float("nan")}, "0 to 0.99, not nan"),
    ],
)
def test_impossible_requests_are_refused(
    method: str, parameters: dict[str, float], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        complete(method, parameters)


def test_equal_parameters_are_written_alike() -> None:
    assert repr(complete("tsne", {"perplexity": 30.0})) == repr(complete("tsne", {}))
    assert complete("umap", {"min_dist": 0.25})["min_dist"] == 0.25
