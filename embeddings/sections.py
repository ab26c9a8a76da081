"""Sections of a long recording: where the course of its vectors turns for good, in plain numpy.

Kernel change-point detection (Arlot, Celisse and Harchaoui 2019) with the cosine as the kernel: the
recording is cut so that the vectors of each section lie as close as possible around their mean, at
a price for each cut. The best of all possible cuts is found by dynamic programming (Jackson and
others 2005).
"""

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.passages import unit_vectors

STEP_SECONDS = 3.0  # shorter segments are averaged to about so many
# The price of a cut, in the noise of the recording's vectors, for the logarithm of their number.
# Tuned on mixes of seeds 1000 to 1015; `benchmark sections` measures others.
PRICE = 0.7
FEW_STEPS = 40  # below, the price is that of so many: of few, chance looks like a turn
MOST_SECTIONS = 99  # that a cue sheet can hold
SHORTEST_SECONDS = (15.0, 60.0)  # where nobody says how short, of short and of long recordings
SHORTEST_SHARE = 1 / 60
LEAST_NOISE = 1e-4  # of unit vectors: less is rounding, or the same sound over and over
AT_ONCE = 64  # steps whose costs are in memory: 2 MB for three hours


@dataclass(frozen=True)
class Cut:
    """How a recording was cut."""

    first: NDArray[np.int64]  # (sections,) position of the first segment of each, from 0
    shortest: float  # seconds: no section is shorter, unless the recording is


def cut_sections(
    vectors: NDArray[Any],
    *,
    hop_seconds: float,
    shortest: float | None = None,
    sensitivity: float = 1.0,
) -> Cut:
    """Cut a recording's (n, size) vectors, n > 0, in their order; at most `MOST_SECTIONS`.

    `shortest`, in seconds, is a 60th of the recording where it is left out, from 15 s to a minute.
    Where that makes more sections, it becomes about a 99th of the recording.
    With twice the sensitivity a cut costs half. The time grows with the square of the number of
    steps: 3,600 take half a second. Raises `ValueError` for values that are not above 0.
    """
    if not sensitivity > 0 or not (shortest is None or shortest > 0):
        raise ValueError("The shortest length and the sensitivity are above 0.")
    if shortest is None:
        least, most = SHORTEST_SECONDS
        shortest = float(np.clip(len(vectors) * hop_seconds * SHORTEST_SHARE, least, most))
    directions, _ = unit_vectors(vectors)
    group = max(round(STEP_SECONDS / hop_seconds), 1)
    steps = _grouped(directions, group)
    length = max(round(shortest / (group * hop_seconds)), 1)
    price = (
        PRICE * max(noise(steps), LEAST_NOISE) * np.log(max(len(steps), FEW_STEPS)) / sensitivity
    )
    turns = best_cuts(steps, price=price, shortest=length)
    if len(turns) >= MOST_SECTIONS:
        # Not at a higher price: where all turns are as marked as each other, it leaves none.
        length = ceil(len(steps) / MOST_SECTIONS)
        shortest = length * group * hop_seconds
        turns = best_cuts(steps, price=price, shortest=length)
    return Cut(np.array([0, *turns], np.int64) * group, shortest)


def noise(steps: NDArray[np.float64]) -> float:
    """The variance of (n, size) vectors around a mean that turns now and then.

    Half the median squared distance from one to the next, which few turns leave as it is.
    """
    if len(steps) < 2:
        return 0.0
    return float(np.median((np.diff(steps, axis=0) ** 2).sum(axis=1)) / 2)


def best_cuts(steps: NDArray[np.float64], *, price: float, shortest: int) -> list[int]:
    """The indices, ascending, at which to cut (n, size) vectors into runs of `shortest` or more.

    The sum of their squared distances to the means of their runs, with `price` for each cut, is
    the least possible.
    """
    count = len(steps)
    if count < 2 * shortest:
        return []
    sums = np.concatenate([np.zeros((1, steps.shape[1])), np.cumsum(steps, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum((steps**2).sum(axis=1))])
    lengths = (sums**2).sum(axis=1)
    best = np.full(count + 1, np.inf)  # cost of the first so many
    best[0] = -price
    before = np.zeros(count + 1, np.int64)  # where their last run begins
    for block in range(shortest, count + 1, AT_ONCE):
        stop = min(block + AT_ONCE, count + 1)
        products = sums[:stop] @ sums[block:stop].T  # of sums at the starts and ends of runs
        for end in range(block, stop):
            starts = slice(0, end - shortest + 1)
            run = np.arange(end, shortest - 1, -1)  # lengths of the runs from each start
            sum_squared = lengths[end] + lengths[starts] - 2 * products[starts, end - block]
            scatter = squares[end] - squares[starts] - sum_squared / run
            costs = best[starts] + scatter + price
            before[end] = np.argmin(costs)
            best[end] = costs[before[end]]
    return _walk_back(before)


def _walk_back(before: NDArray[np.int64]) -> list[int]:
    cuts: list[int] = []
    end = int(before[-1])
    while end > 0:
        cuts.append(end)
        end = int(before[end])
    return cuts[::-1]


def _grouped(vectors: NDArray[np.float64], group: int) -> NDArray[np.float64]:
    """Means of so many in a row; what is left over at the end goes with the last."""
    if group == 1 or len(vectors) < group:
        return vectors
    starts = np.arange(len(vectors) // group) * group
    counts = np.diff(np.append(starts, len(vectors)))
    return np.add.reduceat(vectors, starts, axis=0) / counts[:, None]
