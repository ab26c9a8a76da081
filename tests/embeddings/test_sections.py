"""Sections: the best of all cuts, against trying each; and how many there are by themselves."""

import time
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.sections import MOST_SECTIONS, best_cuts, cut_sections, noise

HOP = 3.0


def runs(lengths: list[int], *, size: int = 20, seed: int = 0, spread: float = 0.1) -> NDArray:
    """So many vectors in a row around each of some directions."""
    numbers = np.random.default_rng(seed)
    centres = numbers.normal(size=(len(lengths), size))
    exact = np.repeat(centres / np.linalg.norm(centres, axis=1, keepdims=True), lengths, axis=0)
    return exact + spread * numbers.normal(size=exact.shape) / np.sqrt(size)


def cost(steps: NDArray, cuts: tuple[int, ...], price: float) -> float:
    parts = np.split(steps, cuts)
    return sum(((part - part.mean(axis=0)) ** 2).sum() for part in parts) + price * len(cuts)


@pytest.mark.parametrize("price", [0.05, 0.5, 2.0])
@pytest.mark.parametrize("shortest", [1, 2, 4])
def test_cuts_are_the_best_of_all(price: float, shortest: int) -> None:
    for seed in range(8):
        steps = np.random.default_rng(seed).normal(size=(11, 3))
        allowed = [
            cuts
            for number in range(11)
            for cuts in combinations(range(1, 11), number)
            if min(np.diff([0, *cuts, 11])) >= shortest
        ]
        best = min(allowed, key=lambda cuts: cost(steps, cuts, price))
        assert tuple(best_cuts(steps, price=price, shortest=shortest)) == best


def test_blocks_of_costs_join() -> None:
    steps = runs([70, 64, 63, 90, 13])
    assert best_cuts(steps, price=1, shortest=5) == [70, 134, 197, 287]


def test_turns_are_found_and_noise_has_none() -> None:
    lengths = [20, 8, 40, 31]
    cut = cut_sections(runs(lengths), hop_seconds=HOP)
    assert cut.first.tolist() == [0, 20, 28, 68]
    for seed in range(20):
        even = np.random.default_rng(seed).normal(size=(60, 20)) * 0.3 + 1
        assert cut_sections(even, hop_seconds=HOP).first.tolist() == [0]


def test_a_ramp_of_loudness_is_no_turn() -> None:
    """Only directions count, as in every comparison by cosine."""
    louder = np.outer(np.linspace(0.1, 9, 60), np.ones(8))
    assert cut_sections(louder, hop_seconds=HOP).first.tolist() == [0]


def test_shortest_length_and_sensitivity() -> None:
    vectors = runs([30, 8, 30])
    assert np.diff([*cut_sections(vectors, hop_seconds=HOP, shortest=30).first, 68]).min() >= 10
    slight = runs([30, 30], spread=1.0, seed=3)
    counts = [
        len(cut_sections(slight, hop_seconds=HOP, sensitivity=each).first)
        for each in (0.01, 1, 100)
    ]
    assert counts[0] == 1
    assert counts == sorted(counts)
    assert counts[2] > counts[1]
    assert cut_sections(vectors, hop_seconds=HOP).shortest == 15
    assert cut_sections(np.ones((600, 2)), hop_seconds=HOP).shortest == 30
    assert cut_sections(np.ones((3000, 2)), hop_seconds=HOP).shortest == 60
    for wrong in ({"shortest": 0}, {"sensitivity": 0}, {"shortest": float("nan")}):
        with pytest.raises(ValueError, match="above 0"):
            cut_sections(vectors, hop_seconds=HOP, **wrong)


def test_short_segments_are_taken_together() -> None:
    """At 0.96 s a segment: turns are found to within the three that are averaged."""
    cut = cut_sections(runs([61, 30, 90], spread=0.6), hop_seconds=0.96)
    assert cut.first.tolist() == [0, 60, 90]


def test_short_silent_and_endlessly_changing_recordings() -> None:
    assert cut_sections(np.ones((1, 4)), hop_seconds=HOP).first.tolist() == [0]
    assert cut_sections(np.zeros((200, 4)), hop_seconds=HOP).first.tolist() == [0]
    half_silent = np.concatenate([np.zeros((30, 4)), np.ones((30, 4))])
    assert cut_sections(half_silent, hop_seconds=HOP).first.tolist() == [0, 30]
    many = cut_sections(runs([6] * 300), hop_seconds=HOP, shortest=15)
    assert 20 < len(many.first) <= MOST_SECTIONS
    assert noise(np.ones((1, 4))) == 0


def test_three_hours_take_less_than_a_second() -> None:
    vectors = runs([60] * 60, size=200, spread=0.7)
    before = time.process_time()
    cut = cut_sections(vectors, hop_seconds=2.992)
    assert time.process_time() - before < 1
    assert cut.first.tolist() == list(range(0, 3600, 60))


def test_turns_that_are_all_as_marked_are_not_all_given_up() -> None:
    cut = cut_sections(runs([12] * 150), hop_seconds=HOP, shortest=15)
    assert 50 < len(cut.first) <= MOST_SECTIONS
    lengths = np.diff(cut.first) * HOP
    assert cut.shortest > 15, "what was asked for would have made more sections"
    assert lengths.min() >= cut.shortest
