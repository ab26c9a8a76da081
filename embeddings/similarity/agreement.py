"""How far people agree, beside chance, with intervals. Plain numpy.

Alpha: Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), for nominal values, any
number of raters and missing values. Intervals: the percentile bootstrap (Efron and Tibshirani 1993)
over questions, since answers to one question are not independent of each other.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

DRAWS = 2000  # of the bootstrap
CONFIDENCE = 0.95
MISSING = -1


@dataclass(frozen=True)
class Estimate:
    """A number with its interval; None where there is too little to tell."""

    value: float | None
    low: float | None = None
    high: float | None = None


def value_counts(ratings: NDArray[np.int64], values: int) -> NDArray[np.int64]:
    """How many raters gave each unit each value, (units, values), of (raters, units) ratings.

    Ratings are 0 to values - 1, or `MISSING`.
    """
    return np.stack([(ratings == value).sum(axis=0) for value in range(values)], axis=1)


def resampled(questions: int, *, seed: int, draws: int = DRAWS) -> NDArray[np.int64]:
    """How often each question is in each bootstrap sample of as many, (draws, questions)."""
    if questions == 0:
        return np.empty((draws, 0), np.int64)
    numbers = np.random.default_rng(seed)
    return numbers.multinomial(questions, np.full(questions, 1 / questions), size=draws)


def alpha(counts: NDArray[np.int64], samples: NDArray[np.int64]) -> Estimate:
    """Krippendorff's nominal alpha of (units, values) counts: 1 agreement, 0 what chance brings.

    None where no unit has two ratings, or all ratings are the same, so that nothing was told apart.
    """
    whole = _alphas(counts, np.ones((1, len(counts)), np.int64))[0]
    return _estimate(whole, _alphas(counts, samples), units=int((counts.sum(axis=1) > 1).sum()))


def share(
    hits: NDArray[np.int64], totals: NDArray[np.int64], samples: NDArray[np.int64]
) -> Estimate:
    """The share of answers that are hits, of how many there are for each question, both (n,)."""
    whole = _ratio(hits.sum(), totals.sum())
    many = _ratio(samples @ hits, samples @ totals)
    return _estimate(float(whole), many, units=int((totals > 0).sum()))


def blind_repeat(none: float, candidates: int) -> float:
    """How often two answers to one question are the same where both are guessed.

    By somebody who says "none" with this frequency, and else names any of the candidates.
    """
    return none**2 + (1 - none) ** 2 / candidates


def _alphas(counts: NDArray[np.int64], samples: NDArray[np.int64]) -> NDArray[np.float64]:
    """Alpha of each sample of units, (draws,), from weights (draws, units); NaN where undefined."""
    raters = counts.sum(axis=1)
    paired = raters > 1
    counts, raters, weights = counts[paired], raters[paired], samples[:, paired]
    # Pairs of different values within a unit, each rating weighing 1 whatever the number of raters.
    differing = (raters**2 - (counts**2).sum(axis=1)) / (raters - 1)
    observed = weights @ differing
    totals = weights @ counts  # of each value, (draws, values)
    ratings = totals.sum(axis=1)
    expected = _ratio(ratings**2 - (totals**2).sum(axis=1), ratings - 1)
    return 1 - _ratio(observed, expected)


def _ratio(part: ArrayLike, whole: ArrayLike) -> NDArray[np.float64]:
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)


def _estimate(whole: float, many: NDArray[np.float64], *, units: int) -> Estimate:
    """With the percentile interval of the samples in which it is defined."""
    known = many[np.isfinite(many)]
    if not np.isfinite(whole):
        return Estimate(None)
    if units < 2 or not len(known):
        return Estimate(float(whole))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return Estimate(float(whole), float(low), float(high))
