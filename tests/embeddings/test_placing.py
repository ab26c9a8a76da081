"""Where averages lie: exactly on linear maps, and among their true neighbours on the others."""

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.reduction import placing
from embeddings.reduction.layout import Context
from embeddings.reduction.methods import METHODS
from embeddings.reduction.placing import NEIGHBOURS, among_neighbours

Vectors = NDArray[np.float32]


def scattered(count: int, size: int = 12, seed: int = 0) -> Vectors:
    rng = np.random.default_rng(seed)
    return rng.normal(scale=np.arange(1, size + 1), size=(count, size)).astype(np.float32)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("method", ["pca", "std-pca"])
def test_linear_maps_place_any_vector_exactly(method: str, turned: bool) -> None:
    """The second route: the affine map that takes the vectors to their coordinates."""
    vectors, others = scattered(200), scattered(9, seed=1)
    layout = METHODS[method].run(vectors, Context())
    if turned:
        layout = METHODS[method].run(vectors, Context(previous=-layout.coordinates))
    assert layout.place is not None
    homogeneous = np.column_stack([vectors, np.ones(200)]).astype(np.float64)
    affine = np.linalg.lstsq(homogeneous, layout.coordinates.astype(np.float64), rcond=None)[0]
    expected = np.column_stack([others, np.ones(9)]) @ affine
    np.testing.assert_allclose(layout.place(others), expected, atol=1e-3)
    np.testing.assert_allclose(layout.place(vectors), layout.coordinates, atol=1e-5)


def one_by_one(wanted: Vectors, vectors: Vectors, plane: Vectors) -> NDArray[np.float64]:
    """The definition, with a loop and a full sort."""
    places = []
    for vector in wanted.astype(np.float64):
        lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(vector)
        distances = 1 - vectors @ vector / lengths
        near = np.argsort(distances)[:NEIGHBOURS]
        places.append(np.average(plane[near], axis=0, weights=1 / distances[near]))
    return np.array(places)


@pytest.mark.parametrize("block", [10, 1000, placing.BLOCK_NUMBERS])
def test_others_place_it_among_its_nearest(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(placing, "BLOCK_NUMBERS", block)
    vectors, wanted, plane = scattered(150), scattered(20, seed=1), scattered(150, size=2, seed=2)
    told: list[float] = []
    places = among_neighbours(wanted, vectors, plane, lambda _message, done: told.append(done))
    assert places.dtype == np.float32
    np.testing.assert_allclose(places, one_by_one(wanted, vectors, plane), atol=1e-3)
    assert told[-1] == 1


def test_a_copy_of_a_segment_lies_where_that_lies() -> None:
    vectors, plane = scattered(150), scattered(150, size=2, seed=2)
    np.testing.assert_allclose(
        among_neighbours(vectors[:5] * 3, vectors, plane), plane[:5], atol=1e-2
    )


def test_few_segments_and_vectors_of_zeros_are_no_error() -> None:
    vectors, plane = scattered(3), scattered(3, size=2)
    places = among_neighbours(np.zeros((2, 12), np.float32), vectors, plane)
    np.testing.assert_allclose(places, [plane.mean(axis=0)] * 2, atol=1e-5)
    assert among_neighbours(vectors[:0], vectors, plane).shape == (0, 2)
