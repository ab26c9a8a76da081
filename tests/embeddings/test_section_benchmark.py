"""Sections of real music through a real network: mixes of tracks of different albums."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from embeddings.benchmarks.common import BenchmarkError, audio_files
from embeddings.benchmarks.mixes import (
    FADE_SECONDS,
    LEAST_SECONDS,
    TRACKS,
    cross_fade,
    make_mix,
    read_albums,
)
from embeddings.benchmarks.sections import (
    DEFAULT_LAYER,
    TOLERANCE_SECONDS,
    Score,
    boundaries,
    heard,
    matched,
)
from embeddings.pipeline import Pipeline
from embeddings.registry import SAMPLE_RATE
from tests.embeddings.music import write_wave

SEEDS = range(500, 504)  # neither those of the tuning nor of the benchmark


@pytest.fixture(scope="module")
def albums(demo_music: Path) -> dict:
    return read_albums(audio_files(demo_music))


def test_boundaries_of_mixes_are_found(
    albums: dict, weights: dict[str, Path], tmp_path: Path
) -> None:
    model = DEFAULT_LAYER.rpartition("-")[0]
    pipeline = Pipeline({model: weights[model]})
    score = Score()
    for seed in SEEDS:
        mix = make_mix(albums, seed)
        vectors = heard(pipeline, mix, tmp_path)[DEFAULT_LAYER]
        score.add(mix.boundaries, boundaries(DEFAULT_LAYER, vectors))
    assert score.true >= len(SEEDS) * (TRACKS[0] - 1)
    assert score.f1 >= 0.8, score


def test_mixes_are_of_different_albums_and_vary(albums: dict) -> None:
    mixes = [make_mix(albums, seed) for seed in range(6)]
    assert len({len(mix.boundaries) for mix in mixes}) > 1
    for mix in mixes:
        assert TRACKS[0] <= len(mix.boundaries) + 1 <= TRACKS[1]
        least = LEAST_SECONDS - FADE_SECONDS[1]
        assert np.diff([0, *mix.boundaries, len(mix.samples) / SAMPLE_RATE]).min() >= least
    again = make_mix(albums, 0)
    np.testing.assert_array_equal(again.samples, mixes[0].samples)
    assert again.boundaries == mixes[0].boundaries


def test_a_cross_fade_has_equal_power_and_its_boundary_in_the_middle() -> None:
    numbers = np.random.default_rng(0)
    one, other = numbers.normal(size=(2, 100_000)).astype(np.float32)
    mix = cross_fade(one, other, 40_000)
    assert len(mix) == 160_000
    blocks = mix.reshape(-1, 4000).std(axis=1)
    np.testing.assert_allclose(blocks, 1, atol=0.06)
    middle = mix[79_900:80_100]
    both = (one[79_900:80_100] + other[19_900:20_100]) / np.sqrt(2)
    np.testing.assert_allclose(middle, both, atol=0.03)


def test_too_little_audio_for_mixes_is_said(tmp_path: Path) -> None:
    file = write_wave(tmp_path / "short.wav", np.zeros(8000, np.float32), rate=8000)
    with pytest.raises(BenchmarkError, match="two folders"):
        read_albums([file])


def test_moments_are_matched_one_to_one_as_well_as_can_be() -> None:
    numbers = np.random.default_rng(0)
    for _ in range(60):
        true = np.sort(numbers.uniform(0, 40, numbers.integers(0, 5))).tolist()
        found = np.sort(numbers.uniform(0, 40, numbers.integers(0, 5))).tolist()
        best = 0
        for size in range(min(len(true), len(found)) + 1):
            for some in combinations(true, size):
                for others in combinations(found, size):
                    # In order: crossing pairs could be uncrossed and would still match.
                    pairs = zip(some, others, strict=True)
                    if all(abs(a - b) <= TOLERANCE_SECONDS for a, b in pairs):
                        best = size
        assert matched(true, found) == best
