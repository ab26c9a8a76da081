"""UMAP, by umap-learn (McInnes, Healy and Melville 2018)."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.reduction.layout import Context, Layout, Report
from embeddings.reduction.nearest import EXACT_NEIGHBOURS, SEARCHED, exact_neighbours, searching
from embeddings.reduction.pca import first_components
from embeddings.reduction.start import aligned, plane, settled, starting_positions, too_plain

# Seeded, UMAP runs on one thread; above this it runs on all of them and is not repeatable.
SEEDED_POINTS = 20_000


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
    context.report("searching neighbours", 0)
    options: dict[str, Any] = {}
    if len(points) <= EXACT_NEIGHBOURS:
        # Umap-learn's own search is compiled anew in each process, which takes longer (5 s) than
        # this takes for as many points.
        options["precomputed_knn"] = exact_neighbours(
            points, n_neighbors, searching(context.report)
        )
    if settled(context.previous):
        options |= {"n_epochs": 200, "learning_rate": 0.3}  # gently: the map is known already
    positions = starting_positions(points, context.previous, seed=context.seed)
    context.report("laying out", SEARCHED)
    with warnings.catch_warnings(), _epochs_reported(context.report):
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


@contextmanager
def _epochs_reported(report: Report) -> Iterator[None]:
    """Follow umap-learn's epochs, between which it may be stopped.

    It calls nobody, but goes through them in a progress bar: this takes the bar's place. A bar
    with an output of ours would do, if it gave back its lock where the output raises.
    """
    from umap import layouts

    def epochs(numbers: Sequence[int], **_options: object) -> Iterator[int]:
        for number in numbers:
            report("laying out", SEARCHED + (1 - SEARCHED) * number / len(numbers))
            yield number

    bar = layouts.tqdm
    layouts.tqdm = epochs
    try:
        yield
    finally:
        layouts.tqdm = bar
