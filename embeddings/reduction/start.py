"""Where iterative methods begin: at the first components, or at the map people know."""

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 12  # old segments whose mean position a new segment starts at
FEWEST_POINTS = 8  # below, neighbourhoods say nothing and the first two components are the map


def too_plain(points: NDArray[np.float32]) -> bool:
    """Too few or too alike for neighbourhoods: such points are mapped by two components."""
    return len(points) < FEWEST_POINTS or not np.ptp(points, axis=0).any()


def plane(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """The first two dimensions, (n, 2)."""
    flat = np.zeros((len(points), 2), np.float32)
    flat[:, : points.shape[1]] = points[:, :2]
    return flat


def starting_positions(
    points: NDArray[np.float32], previous: NDArray[np.float32] | None, *, seed: int
) -> NDArray[np.float32]:
    """Positions (n, 2) to begin with, of standard deviation 1.

    Without a previous version the first two components. With one, old segments start where they
    were, new ones at the mean of their nearest old neighbours. Copies start a little apart.
    """
    # Also so that no axis is without extent: umap-learn divides by it.
    apart = np.random.default_rng(seed).normal(scale=0.001, size=(len(points), 2))
    if previous is None:
        return (_scaled(plane(points)) + apart).astype(np.float32)
    from sklearn.neighbors import NearestNeighbors

    known = np.isfinite(previous[:, 0])
    positions = _scaled(plane(previous), known)
    if not known.all():
        finder = NearestNeighbors(n_neighbors=min(NEIGHBOURS, int(known.sum())), n_jobs=-1)
        nearest = finder.fit(points[known]).kneighbors(points[~known], return_distance=False)
        positions[~known] = positions[known][nearest].mean(axis=1)
    return (positions + apart).astype(np.float32)


def settled(previous: NDArray[np.float32] | None) -> bool:
    """Whether most segments have their place already, so that the others only find theirs.

    Else the layout is worth more than staying the same: all of it is sought again.
    """
    return previous is not None and bool(np.isfinite(previous[:, 0]).mean() >= 0.5)


def aligned(
    coordinates: NDArray[np.float32], previous: NDArray[np.float32] | None
) -> NDArray[np.float32]:
    """Move, turn, mirror and scale (n, 2) coordinates as a whole onto the previous version.

    Directions and scale mean nothing in t-SNE and UMAP, so that they may as well stay the same.
    Method: orthogonal Procrustes (Schönemann 1966) over the segments that both have.
    """
    if previous is None:
        return coordinates
    known = np.isfinite(previous[:, 0])
    old, new = previous[known, :2].astype(np.float64), coordinates[known].astype(np.float64)
    old_centre, new_centre = old.mean(axis=0), new.mean(axis=0)
    left, strengths, right = np.linalg.svd((new - new_centre).T @ (old - old_centre))
    spread = ((new - new_centre) ** 2).sum()
    scale = strengths.sum() / spread if spread > 0 else 0
    if scale == 0:
        return coordinates
    turn = left @ right
    return (((coordinates - new_centre) @ turn) * scale + old_centre).astype(np.float32)


def _scaled(
    positions: NDArray[np.float32], rows: NDArray[np.bool_] | slice = slice(None)
) -> NDArray[np.float32]:
    """Positions with mean 0 and standard deviation 1 along the wider axis, over `rows`."""
    centred = positions - positions[rows].mean(axis=0)
    widest = centred[rows].std(axis=0).max()
    return centred / widest if widest > 0 else centred
