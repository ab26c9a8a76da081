"""Where two networks disagree: how little a segment's nearest neighbours in two spaces overlap.

Plain numpy; segments come in blocks, so that a library need not be in memory.
"""

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 12  # as in the quality of maps
FEWEST_OTHERS = 2 * NEIGHBOURS  # segments of other tracks; below, neighbours overlap by necessity
ANCHORS_AT_ONCE = 1000  # with blocks of 4,096 segments, matrices of 16 MB
# Nearer by less than this is a tie: two copies of a segment differ by rounding only.
TIE = 1e-6
LEAST = -2  # below any cosine, above the minus infinity of what does not count


class Disagreement:
    """The nearest neighbours of some segments, the anchors, in two spaces, by cosine.

    `tracks` (a,) own the anchors; `one` (a, p) and `other` (a, q) are their vectors in the two
    spaces. Neighbours of the anchor's own track do not count.
    """

    def __init__(
        self, tracks: NDArray[np.int64], one: NDArray[np.float32], other: NDArray[np.float32]
    ) -> None:
        self._tracks = tracks
        self._one, self._other = unit(one), unit(other)
        self._others = np.zeros(len(tracks), np.int64)
        self._near_one, self._near_other = _Nearest(len(tracks)), _Nearest(len(tracks))

    def add(
        self, tracks: NDArray[np.int64], one: NDArray[np.float32], other: NDArray[np.float32]
    ) -> None:
        """Look for neighbours among these segments (b,) too, anchors or not, each added once."""
        one, other = unit(one), unit(other)
        for start in range(0, len(self._tracks), ANCHORS_AT_ONCE):
            rows = slice(start, start + ANCHORS_AT_ONCE)
            in_one, in_other = self._one[rows] @ one.T, self._other[rows] @ other.T
            self._others[rows] += len(tracks)
            if np.isin(self._tracks[rows], tracks).any():
                own = self._tracks[rows, None] == tracks[None, :]
                in_one[own] = in_other[own] = -np.inf
                self._others[rows] -= own.sum(axis=1)
            self._near_one.add(rows, in_one, in_other)
            self._near_other.add(rows, in_other, in_one)

    def result(self) -> NDArray[np.float32]:
        """1 - overlap / k of each anchor, (a,): 0 same neighbours, 1 none in common.

        NaN where there are too few segments of other tracks to say.
        """
        furthest_one = self._near_one.values.min(axis=1, keepdims=True)
        furthest_other = self._near_other.values.min(axis=1, keepdims=True)
        # Near in both, asked from both sides: the same but for ties, of which only some are kept.
        shared = (self._near_one.twins >= furthest_other - TIE).mean(axis=1)
        shared += (self._near_other.twins >= furthest_one - TIE).mean(axis=1)
        return np.where(self._others < FEWEST_OTHERS, np.nan, 1 - shared / 2).astype(np.float32)


class _Nearest:
    """Similarities of each anchor's k nearest in one space, and of the same pairs in the other."""

    def __init__(self, anchors: int) -> None:
        self.values = np.full((anchors, NEIGHBOURS), -np.inf, np.float32)
        self.twins = np.full((anchors, NEIGHBOURS), -np.inf, np.float32)

    def add(self, rows: slice, values: NDArray[np.float32], twins: NDArray[np.float32]) -> None:
        """Similarities of these anchors to others, (len(rows), b), in this space and the other."""
        known, known_twins = self.values[rows], self.twins[rows]
        # Nearly all are further than what is known: only those that may be nearer are sorted.
        floor = known.min(axis=1)
        unknown = np.flatnonzero(np.isneginf(floor))
        if len(unknown) and values.shape[1] > NEIGHBOURS:
            floor[unknown] = np.partition(values[unknown], -NEIGHBOURS, axis=1)[:, -NEIGHBOURS]
        floor = np.maximum(floor, LEAST)
        anchor, column = np.divmod(np.flatnonzero(values >= floor[:, None]), values.shape[1])
        anchors = np.concatenate([np.repeat(np.arange(len(known)), NEIGHBOURS), anchor])
        all_values = np.concatenate([known.ravel(), values[anchor, column]])
        all_twins = np.concatenate([known_twins.ravel(), twins[anchor, column]])
        order = np.lexsort((-all_values, anchors))
        begin = np.searchsorted(anchors[order], np.arange(len(known)))
        nearest = order[begin[:, None] + np.arange(NEIGHBOURS)]
        self.values[rows], self.twins[rows] = all_values[nearest], all_twins[nearest]


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors (n, size) of length 1; those of zeros stay."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    inverse = np.divide(1, lengths, out=np.zeros(len(vectors)), where=lengths > 0)
    return vectors * inverse[:, None].astype(np.float32)
