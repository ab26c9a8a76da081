"""How much of what is truly nearest a search finds: each segment compared, in blocks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

QUERIES_AT_ONCE = 16
TOLERANCE = 1e-6  # of float32 sums: segments equally near are equally right


class Truth:
    """The true neighbours, by cosine, among vectors (n, size) that are none of zeros."""

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        """Makes the vectors unit vectors in place, for a million take a gigabyte."""
        self.unit = vectors
        for begin in range(0, len(vectors), 100_000):
            part = vectors[begin : begin + 100_000]
            part /= np.linalg.norm(part, axis=1, keepdims=True)

    def reach(
        self, queries: NDArray[np.int64], count: int, among: NDArray[np.int64] | None = None
    ) -> NDArray[np.float32]:
        """How far the `count` nearest others of each query lie: (queries, count), ascending.

        Queries are rows; `among` are the rows to look at, ascending, all unless given. Infinity
        where there are not so many.
        """
        rows = np.arange(len(self.unit)) if among is None else among
        candidates = self.unit if among is None else self.unit[among]
        nearest = np.full((len(queries), count), np.inf, np.float32)
        for begin in range(0, len(queries), QUERIES_AT_ONCE):
            block = queries[begin : begin + QUERIES_AT_ONCE]
            distances = 1 - self.unit[block] @ candidates.T
            distances[block[:, None] == rows] = np.inf
            kept = min(count, len(rows))
            least = np.partition(distances, kept - 1, axis=1)[:, :kept]
            nearest[begin : begin + len(block), :kept] = np.sort(least, axis=1)
        return nearest

    def recall(
        self,
        queries: NDArray[np.int64],
        found: Sequence[Sequence[int]],
        reach: NDArray[np.float32],
        among: NDArray[np.int64] | None = None,
    ) -> float:
        """Share of the true neighbours, which have this `reach`, among the rows found for each.

        What is found twice, lies outside of `among`, or is the query itself counts for nothing.
        """
        right = 0
        for query, rows, distances in zip(queries.tolist(), found, reach, strict=True):
            distinct = np.setdiff1d(rows, [query])
            if among is not None:
                distinct = np.intersect1d(distinct, among)
            theirs = 1 - self.unit[distinct.astype(np.int64)] @ self.unit[query]
            known = distances[np.isfinite(distances)]
            furthest = known.max(initial=-np.inf) + TOLERANCE
            right += min(int((theirs <= furthest).sum()), len(known))
        true = int(np.isfinite(reach).sum())
        return right / true if true else 1.0
