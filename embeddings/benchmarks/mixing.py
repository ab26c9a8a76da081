"""Segments made up for a measurement, as like real ones as can be: mixtures of true neighbours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 10  # of which a segment is mixed with one
NOISE = 0.3  # of each dimension's standard deviation
ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class RealVectors:
    """What a network heard in recordings: vectors (n, size) float32, none of zeros."""

    vectors: NDArray[np.float32]
    recordings: NDArray[np.int64]  # (n,)
    starts: NDArray[np.float64]  # (n,) seconds
    seconds: float  # that each lasts

    def __len__(self) -> int:
        return len(self.vectors)


class Mixer:
    """Makes segments: a real one and one of its true neighbours, weighed by lot, and noise."""

    def __init__(self, real: RealVectors) -> None:
        self._vectors = real.vectors
        self._neighbours = true_neighbours(real, NEIGHBOURS)
        self._noise = NOISE * real.vectors.std(axis=0)

    def mix(self, rows: NDArray[np.int64], numbers: np.random.Generator) -> NDArray[np.float32]:
        """A segment, (len(rows), size), for each of some rows of the real ones."""
        choices = numbers.integers(0, self._neighbours.shape[1], len(rows))
        others = self._neighbours[rows, choices]
        weights = numbers.random((len(rows), 1), np.float32)
        noise = numbers.standard_normal((len(rows), self._vectors.shape[1]), np.float32)
        mixed = weights * self._vectors[rows] + (1 - weights) * self._vectors[others]
        return mixed + self._noise * noise


def true_neighbours(real: RealVectors, count: int) -> NDArray[np.int64]:
    """The rows nearest to each by cosine, (n, count), in no order.

    Segments that share time are no neighbours: they are the same moment.
    """
    unit = real.vectors / np.linalg.norm(real.vectors, axis=1, keepdims=True)
    found = np.empty((len(real), count), np.int64)
    for begin in range(0, len(real), ROWS_AT_ONCE):
        part = slice(begin, begin + ROWS_AT_ONCE)
        alike = unit[part] @ unit.T
        same = real.recordings[part, None] == real.recordings
        apart = np.abs(real.starts[part, None] - real.starts) >= real.seconds - 1e-6
        alike[same & ~apart] = -np.inf
        found[part] = np.argpartition(-alike, count - 1, axis=1)[:, :count]
    return found
