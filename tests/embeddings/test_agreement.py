"""Statistics of the listening test, against published examples and a second route."""

from itertools import permutations

import numpy as np
import pytest

from embeddings.similarity.agreement import (
    MISSING,
    Estimate,
    alpha,
    blind_repeat,
    resampled,
    share,
    value_counts,
)

_ = MISSING
# Krippendorff 2011, by its sections: two raters of ten units with two values, two of twelve with
# five, and four of twelve with missing values; alpha as given there.
BINARY = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
NOMINAL = [[0, 0, 1, 1, 3, 2, 2, 2, 4, 3, 3, 0], [1, 0, 1, 1, 1, 2, 2, 2, 4, 3, 3, 3]]
INCOMPLETE = [
    [0, 1, 2, 2, 1, 0, 3, 0, 1, _, _, _],
    [0, 1, 2, 2, 1, 1, 3, 0, 1, 4, _, 2],
    [_, 2, 2, 2, 1, 2, 3, 1, 1, 4, 0, _],
    [0, 1, 2, 2, 1, 3, 3, 0, 1, 4, 0, _],
]


def alpha_of(ratings, *, seed: int = 0) -> Estimate:
    counts = value_counts(np.array(ratings), 5)
    return alpha(counts, resampled(len(counts), seed=seed))


@pytest.mark.parametrize(
    ("ratings", "published"), [(BINARY, 0.095), (NOMINAL, 0.692), (INCOMPLETE, 0.743)]
)
def test_alpha_as_published(ratings, published):
    assert alpha_of(ratings).value == pytest.approx(published, abs=5e-4)


def by_pairs(ratings: np.ndarray) -> float:
    """The definition, pair by pair."""
    units = [[value for value in unit if value != MISSING] for unit in ratings.T]
    units = [unit for unit in units if len(unit) > 1]
    every = [value for unit in units for value in unit]
    observed = sum(
        sum(a != b for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units
    ) / len(every)
    expected = sum(a != b for a, b in permutations(every, 2)) / len(every) / (len(every) - 1)
    return 1 - observed / expected


@pytest.mark.parametrize("seed", range(5))
def test_alpha_by_a_second_route(seed):
    ratings = np.random.default_rng(seed).integers(-1, 5, (6, 30))
    assert alpha_of(ratings).value == pytest.approx(by_pairs(ratings), abs=1e-12)


def test_alpha_of_a_sample_is_that_of_the_units_drawn():
    ratings = np.random.default_rng(0).integers(-1, 4, (5, 12))
    counts = value_counts(ratings, 4)
    (weights,) = resampled(12, seed=3, draws=1)
    drawn = by_pairs(np.repeat(ratings, weights, axis=1))
    assert alpha(counts, weights[None]).low == pytest.approx(drawn, abs=1e-12)


def test_where_alpha_says_nothing():
    assert alpha_of([[1, 1, 1], [1, 1, 1]]) == Estimate(None)
    assert alpha_of([[1, 2, 3]]) == Estimate(None)
    assert alpha_of(np.empty((2, 0), int)) == Estimate(None)
    one_unit = alpha_of([[1, 2], [2, _]])
    assert (one_unit.value, one_unit.low) == (0, None)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    numbers = np.random.default_rng(0)
    covered = 0
    for trial in range(200):
        of_question = numbers.beta(4, 4, 40)  # answers to one question are alike
        hits = numbers.binomial(5, of_question)
        found = share(hits, np.full(40, 5), resampled(40, seed=trial, draws=500))
        covered += found.low <= 0.5 <= found.high
    assert 180 <= covered <= 198


def test_shares():
    hits, totals = np.array([2, 0, 1]), np.array([2, 2, 0])
    found = share(np.array([2, 0, 0]), totals, resampled(3, seed=1))
    assert (found.value, found.low, found.high) == (0.5, 0.0, 1.0)
    assert share(hits * 0, totals * 0, resampled(3, seed=1)) == Estimate(None)
    again = share(np.array([2, 0, 0]), totals, resampled(3, seed=1))
    assert again == found


def test_blind_repeats_by_drawing_them():
    numbers = np.random.default_rng(0)
    answers = np.where(numbers.random((2, 200_000)) < 0.3, 3, numbers.integers(0, 3, (2, 200_000)))
    assert blind_repeat(0.3, 3) == pytest.approx((answers[0] == answers[1]).mean(), abs=5e-3)
