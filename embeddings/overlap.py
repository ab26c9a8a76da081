"""Segments of one network as means over another's, which may cut tracks differently."""

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

ROUNDING = 1e-6  # seconds


class Grid(Protocol):
    """How tracks are cut: segment i lasts from i * hop_seconds for segment_seconds."""

    @property
    def hop_seconds(self) -> float: ...

    @property
    def segment_seconds(self) -> float: ...


def overlap_means(
    values: NDArray[np.float32],
    counts: NDArray[np.int64],
    grid: Grid,
    wanted_counts: NDArray[np.int64],
    wanted: Grid,
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Means of values over the segments of another grid, and how far those are covered.

    `values` (m, d) are of tracks one after the other, with `counts` (t,) segments each; the means
    are (n, d), for `wanted_counts` (t,) segments of the same tracks. A value weighs as many seconds
    as its segment shares. Covered, (n,), is the share of a wanted segment, 0 to 1, that lies before
    the end of the track's last value; where it is 0, so are the means.
    """
    if _same(grid, wanted) and np.array_equal(counts, wanted_counts):
        return values, np.ones(len(values))
    track = np.repeat(np.arange(len(counts)), wanted_counts)
    base = np.cumsum(counts) - counts  # row of each track's first value
    position = np.arange(len(track)) - (np.cumsum(wanted_counts) - wanted_counts)[track]
    start = position * wanted.hop_seconds
    end = start + wanted.segment_seconds
    first = np.floor((start - grid.segment_seconds) / grid.hop_seconds).astype(np.int64) + 1
    first = np.maximum(first, 0)
    sums = np.zeros((len(track), values.shape[1]), np.float32)
    weights = np.zeros(len(track))
    # A loop over the few values that can share time with one segment, not over segments.
    most = math.ceil((wanted.segment_seconds + grid.segment_seconds) / grid.hop_seconds) + 1
    for step in range(most):
        index = first + step
        begin = index * grid.hop_seconds
        shared = np.minimum(begin + grid.segment_seconds, end) - np.maximum(begin, start)
        shared[(index >= counts[track]) | (shared < ROUNDING)] = 0
        rows = np.flatnonzero(shared)
        theirs = values[base[track[rows]] + index[rows]]
        sums[rows] += shared[rows, None].astype(np.float32) * theirs
        weights += shared
    some = weights > 0
    sums[some] /= weights[some, None].astype(np.float32)
    last = (counts - 1) * grid.hop_seconds + grid.segment_seconds
    covered = np.clip((last[track] - start) / wanted.segment_seconds, 0, 1)
    return sums, np.where(some, covered, 0)


def _same(one: Grid, other: Grid) -> bool:
    same_hop = math.isclose(one.hop_seconds, other.hop_seconds, rel_tol=1e-9)
    return same_hop and math.isclose(one.segment_seconds, other.segment_seconds, rel_tol=1e-9)
