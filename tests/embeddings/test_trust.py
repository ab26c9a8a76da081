"""A map's places that are broken on purpose are marked, and few others are."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.pipeline import Pipeline
from embeddings.reduction.layout import Context
from embeddings.reduction.methods import METHODS
from embeddings.reduction.quality import NOT_MEASURED, broken_below, measure

SHUFFLED = 0.05
SEEDS = range(10)


@pytest.fixture(scope="module")
def synthetic() -> NDArray[np.float32]:
    """Artists of ten tracks of ten segments each, which differ more from each other than within."""
    rng = np.random.default_rng(0)
    artists = np.repeat(rng.normal(size=(12, 40)), 10, axis=0)
    tracks = np.repeat(artists + rng.normal(scale=0.7, size=artists.shape), 10, axis=0)
    return (tracks + rng.normal(scale=0.7, size=tracks.shape)).astype(np.float32)


@pytest.fixture(scope="module")
def real(weights: dict[str, Path], demo_music: Path) -> NDArray[np.float32]:
    """The demo's segments as a network hears them."""
    pipeline = Pipeline({"msd-musicnn": weights["msd-musicnn"]})
    tracks = [pipeline.analyse(str(path)).vectors for path in sorted(demo_music.rglob("*.opus"))]
    return np.concatenate([vectors["msd-musicnn-embeddings"] for vectors in tracks])


def layout(method: str, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    known = METHODS[method]
    return known.run(vectors, Context(), **known.defaults).coordinates[:, :2]


def shuffles(plane: NDArray[np.float32]) -> Iterator[tuple[NDArray[np.float32], NDArray[np.bool_]]]:
    """The map with the coordinates of 5% of its points shuffled, and which points these are."""
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        chosen = rng.choice(len(plane), round(SHUFFLED * len(plane)), replace=False)
        broken = plane.copy()
        broken[chosen] = plane[np.roll(chosen, 1)]
        yield broken, np.isin(np.arange(len(plane)), chosen)


@pytest.mark.parametrize("method", ["tsne", "umap"])
@pytest.mark.parametrize("music", ["synthetic", "real"])
def test_shuffled_points_are_marked_and_few_others(
    request: pytest.FixtureRequest, music: str, method: str
) -> None:
    vectors = request.getfixturevalue(music)
    tracks = np.arange(len(vectors))
    plane = layout(method, vectors)
    marked, moved = [], []
    for broken, which in shuffles(plane):
        trust = measure(vectors, broken, tracks).trust
        marked.append(trust < broken_below(len(vectors)))
        moved.append(which)
    share_of_moved = np.mean(np.concatenate(marked)[np.concatenate(moved)])
    share_of_others = np.mean(np.concatenate(marked)[~np.concatenate(moved)])
    assert share_of_moved >= 0.95
    assert share_of_others <= 0.1


def test_a_perfect_map_is_trusted_everywhere() -> None:
    angles = np.linspace(0, 2 * np.pi, 400, endpoint=False) ** 1.01
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert (measure(circle, circle, np.arange(400)).trust == 254).all()


def test_of_many_segments_a_seeded_sample_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(0).normal(size=(600, 5)).astype(np.float32)
    tracks = np.arange(600)
    monkeypatch.setattr("embeddings.reduction.quality.MOST_PAIRS", 600 * 200)
    sample = measure(vectors, vectors[:, :2], tracks, max_anchors=50)
    measured = sample.trust != NOT_MEASURED
    assert 200 <= measured.sum() <= 250  # those that the averages are of among them
    assert (measure(vectors, vectors[:, :2], tracks, max_anchors=50).trust == sample.trust).all()
    monkeypatch.undo()
    whole = measure(vectors, vectors[:, :2], tracks, max_anchors=50)
    assert (whole.trust[measured] == sample.trust[measured]).all()
    assert whole.trust.max() < NOT_MEASURED
    assert whole == sample  # the averages are of the same anchors


def test_a_few_segments_say_nothing() -> None:
    vectors = np.eye(10, dtype=np.float32)
    assert (measure(vectors, vectors[:, :2], np.arange(10)).trust == NOT_MEASURED).all()
    assert broken_below(10) == 0
