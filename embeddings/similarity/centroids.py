"""Groups of vectors as one vector each, in a space where all dimensions count alike."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Space:
    """What the vectors of a library have in common, and how much they differ, by dimension."""

    centre: NDArray[np.float32]  # (size,)
    scale: NDArray[np.float32]  # (size,) 0 where all are the same

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> "Space":
        """Of all the vectors (n, size), n at least 1."""
        deviation = vectors.std(axis=0, dtype=np.float64)
        same = deviation <= 1e-6 * np.abs(vectors).max(axis=0)
        scale = np.divide(1, deviation, out=np.zeros_like(deviation), where=~same)
        return cls(vectors.mean(axis=0, dtype=np.float64).astype("f4"), scale.astype("f4"))

    def standardised(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Vectors (…, size) as deviations from the library's mean, in standard deviations."""
        return (vectors - self.centre) * self.scale


@dataclass(frozen=True)
class Centroids:
    """Groups of vectors by their means."""

    group: NDArray[np.int64]  # (g,) ascending
    means: NDArray[np.float32]  # (g, size)
    members: NDArray[np.int64]  # (g,) how many
    nearest: NDArray[np.int64]  # (g,) which vector of each has the least distance


def centroids(
    vectors: NDArray[np.float32],
    distances: NDArray[np.float32],
    rows: NDArray[np.int64],
    groups: NDArray[np.int64],
) -> Centroids:
    """The groups of vectors (n, size) that are at some distances (n,).

    That `rows[i]` belongs to `groups[i]` is said once each; a vector may belong to several.
    """
    order = np.lexsort((distances[rows], groups))
    rows, groups = rows[order], groups[order]
    starts = np.flatnonzero(np.diff(groups, prepend=groups[:1] - 1))
    members = np.diff(starts, append=len(groups))
    sums: NDArray[Any] = np.add.reduceat(vectors[rows], starts) if len(rows) else vectors[:0]
    return Centroids(groups[starts], sums / members[:, None].astype("f4"), members, rows[starts])
