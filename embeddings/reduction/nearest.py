"""Exact neighbours of points in few dimensions, in steps between which the work can be stopped."""

import numpy as np
from numpy.typing import NDArray

from embeddings.reduction.layout import Report

EXACT_NEIGHBOURS = 20_000  # points up to which neighbours are searched exactly
SEARCHED = 0.15  # share of a method's time after which neighbours are known
AT_ONCE = 2000  # points between two reports


def exact_neighbours(
    points: NDArray[np.float32], count: int, report: Report
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Neighbours (n, count) of each of (n, size) points, itself first, and their distances."""
    from sklearn.neighbors import NearestNeighbors

    finder = NearestNeighbors(n_neighbors=count, n_jobs=-1).fit(points)
    distances = np.empty((len(points), count), np.float32)
    indices = np.empty((len(points), count), np.int32)
    for start in range(0, len(points), AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        distances[rows], indices[rows] = finder.kneighbors(points[rows])
        report("searching neighbours", min(start + AT_ONCE, len(points)) / len(points))
    _put_itself_first(indices, distances)
    return indices, distances


def searching(report: Report) -> Report:
    """For the search, which is a part of the whole work."""
    return lambda message, done: report(message, done * SEARCHED)


def _put_itself_first(indices: NDArray[np.int32], distances: NDArray[np.float32]) -> None:
    """In place. Of copies of a point, any may come first, or the point not at all."""
    itself = np.arange(len(indices))
    for row in np.flatnonzero(indices[:, 0] != itself).tolist():
        found = np.flatnonzero(indices[row] == row)
        place = found[0] if len(found) else -1
        indices[row, 1 : place + 1 or None] = indices[row, :place]
        distances[row, 1 : place + 1 or None] = distances[row, :place]
        indices[row, 0], distances[row, 0] = row, 0
