"""Segments made up for the benchmark of search, and the truth that searches are held against."""

from pathlib import Path

import numpy as np
import pytest

from embeddings.benchmarks.annoy_side import annoy_problem, ask_annoy
from embeddings.benchmarks.mixing import NEIGHBOURS, Mixer, RealVectors, true_neighbours
from embeddings.benchmarks.recall import Truth
from embeddings.benchmarks.windows import window_vectors
from embeddings.pipeline import Pipeline
from musicexplore.progress import Progress

MODEL = "msd-musicnn"
SIZE = 8


@pytest.fixture
def real() -> RealVectors:
    """Thirty windows of each of four recordings, each three windows long, in directions apart."""
    numbers = np.random.default_rng(0)
    centres = 10 * np.eye(4, SIZE)
    vectors = np.repeat(centres, 30, axis=0) + numbers.standard_normal((120, SIZE))
    return RealVectors(
        vectors.astype(np.float32),
        np.repeat(np.arange(4), 30),
        np.tile(np.arange(30.0), 4),
        3.0,
    )


def test_true_neighbours_are_the_nearest_that_share_no_time(real):
    near = true_neighbours(real, 5)
    unit = real.vectors / np.linalg.norm(real.vectors, axis=1, keepdims=True)
    for row in range(len(real)):
        others = [
            other
            for other in range(len(real))
            if real.recordings[other] != real.recordings[row]
            or abs(real.starts[other] - real.starts[row]) >= 3
        ]
        expected = sorted(others, key=lambda other: -(unit[other] @ unit[row]))[:5]
        assert set(near[row]) == set(expected)


def test_segments_lie_between_a_real_one_and_its_neighbour_but_for_noise(real):
    mixer = Mixer(real)
    rows = np.full(20_000, 7)
    mixed = mixer.mix(rows, np.random.default_rng(1))
    near = real.vectors[true_neighbours(real, NEIGHBOURS)[7]]
    # Half of the one, half of the neighbours, in the mean.
    middle = (real.vectors[7] + near.mean(axis=0)) / 2
    assert np.allclose(mixed.mean(axis=0), middle, atol=0.05)
    # Var(w a + (1 - w) b), w uniform: a third of b's square mean around a, less the mean's square.
    apart = near - real.vectors[7]
    mixing = (apart**2).mean(axis=0) / 3 - (apart.mean(axis=0) / 2) ** 2
    noise = (0.3 * real.vectors.std(axis=0)) ** 2
    assert np.allclose(mixed.var(axis=0), mixing + noise, rtol=0.05)
    assert mixed.dtype == np.float32


def test_the_same_seed_mixes_the_same(real):
    def mixed(seed: int) -> bytes:
        return Mixer(real).mix(np.arange(120), np.random.default_rng(seed)).tobytes()

    assert mixed(3) == mixed(3) != mixed(4)


@pytest.fixture
def truth() -> Truth:
    """Unit vectors at 0, 1, 2 … degrees: of row i the nearest are i - 1 and i + 1."""
    angles = np.radians(np.arange(60))
    return Truth(np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32) * 3)


def test_the_reach_of_true_neighbours_is_known(truth):
    reach = truth.reach(np.array([30, 0]), 2)
    degrees = 1 - np.cos(np.radians([[1, 1], [1, 2]]))
    assert np.allclose(reach, degrees, atol=1e-6)
    among = np.array([10, 33, 34])
    reach = truth.reach(np.array([33]), 4, among)
    assert np.allclose(reach[0, :2], 1 - np.cos(np.radians([1, 23])), atol=1e-6)
    assert np.isinf(reach[0, 2:]).all()


@pytest.mark.parametrize(
    ("found", "recall"),
    [
        ([29, 31], 1.0),
        ([29, 40], 0.5),
        ([29, 29], 0.5),  # twice the same
        ([30, 29], 0.5),  # itself
        ([], 0.0),
        ([29, 31, 28, 32], 1.0),  # more than were asked for
    ],
)
def test_recall_counts_what_is_truly_near(truth, found, recall):
    query = np.array([30])
    assert truth.recall(query, [found], truth.reach(query, 2)) == recall


def test_recall_within_a_filter_counts_nothing_outside(truth):
    query, among = np.array([30]), np.array([10, 33])
    reach = truth.reach(query, 3, among)
    assert truth.recall(query, [[33, 10]], reach, among) == 1
    assert truth.recall(query, [[31, 33]], reach, among) == 0.5


def test_annoy_finds_the_nearest_of_few():
    if problem := annoy_problem():
        pytest.skip(problem)
    vectors = np.random.default_rng(0).standard_normal((300, SIZE)).astype(np.float32)
    truth = Truth(vectors)
    queries = np.arange(0, 300, 10)
    run = ask_annoy(truth.unit, queries, count=5)
    assert len(run.seconds) == len(queries)
    assert truth.recall(queries, run.found, truth.reach(queries, 5)) > 0.9


def test_windows_begin_as_segments_do_and_overlap(weights: dict[str, Path], demo_music: Path):
    file = demo_music / "calm" / "calm_acoustic_1.opus"
    pipeline = Pipeline({MODEL: weights[MODEL]})
    segments = pipeline.analyse(str(file)).vectors[f"{MODEL}-embeddings"]
    heard = window_vectors([file] * 2, weights[MODEL].parent, MODEL, "embeddings", Progress())
    assert np.unique(heard.recordings, return_counts=True)[1].tolist() == [len(heard) // 2] * 2
    starts = heard.starts[heard.recordings == 0]
    assert np.allclose(np.diff(starts), 0.496)
    assert starts[-1] + heard.seconds <= len(segments) * heard.seconds + heard.seconds
    # 31 and 187 frames meet first at the beginning; their least common multiple is 93 s on.
    assert np.allclose(heard.vectors[0], segments[0], atol=1e-5)
    unit = heard.vectors / np.linalg.norm(heard.vectors, axis=1, keepdims=True)
    second = segments[1] / np.linalg.norm(segments[1])
    assert abs(starts[np.argmax(unit[: len(starts)] @ second)] - heard.seconds) < 0.5
