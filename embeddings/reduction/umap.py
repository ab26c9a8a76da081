"""UMAP, by umap-learn (McInnes, Healy and Melville 2018)."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.reduction.layout import Context, Layout
from embeddings.reduction.pca import first_components
from embeddings.reduction.start import aligned, plane, settled, starting_positions, too_plain

# Seeded, UMAP runs on one thread; above this it runs on all of them and is not repeatable.
SEEDED_POINTS = 20_000
EXACT_NEIGHBOURS = 20_000  # points up to which neighbours are searched exactly


def umap(
    vectors: NDArray[np.float32],
    context: Context,
    *,
    pca_dims: int = 10,
    n_neighbors: int = 15,
    min_dist: float = 0.1,
) -> Layout:
    """Lay out (n, size) vectors so that neighbours among their first components stay together.

    `n_neighbors` is lowered where there are fewer points.
    """
    points = first_components(vectors, pca_dims)
    if too_plain(points):
        return Layout(coordinates=aligned(plane(points), context.previous))
    from umap import UMAP

    seeded = len(points) <= SEEDED_POINTS
    n_neighbors = min(n_neighbors, len(points) - 1)
    context.report("searching neighbours")
    options: dict[str, Any] = {}
    if len(points) <= EXACT_NEIGHBOURS:
        options["precomputed_knn"] = _neighbours(points, n_neighbors)
    if settled(context.previous):
        options |= {"n_epochs": 200, "learning_rate": 0.3}  # gently: the map is known already
    positions = starting_positions(points, context.previous, seed=context.seed)
    context.report("laying out")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of n_jobs when seeded, and of missing search indexes
        coordinates = UMAP(
            n_neighbors=n_neighbors,
            min_dist=min_dist,
            init=positions,
            force_approximation_algorithm=True,  # or it ignores the neighbours it is given
            random_state=context.seed if seeded else None,
            n_jobs=1 if seeded else -1,
            **options,
        ).fit_transform(points)
    return Layout(
        coordinates=aligned(np.asarray(coordinates, np.float32), context.previous),
        repeatable=seeded,
    )


def _neighbours(
    points: NDArray[np.float32], n_neighbors: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Exact neighbours (n, n_neighbors), each point its own first, and their distances.

    Umap-learn's own search is compiled anew in each process, which takes longer (5 s) than this
    takes for as many points.
    """
    from sklearn.neighbors import NearestNeighbors

    finder = NearestNeighbors(n_neighbors=n_neighbors, n_jobs=-1).fit(points)
    distances, indices = finder.kneighbors(points)
    return indices.astype(np.int32), distances.astype(np.float32)
