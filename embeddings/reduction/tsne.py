"""t-SNE, by openTSNE (van der Maaten and Hinton 2008; Poličar, Stražar and Zupan 2019)."""

import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.reduction.layout import Context, Layout, Report
from embeddings.reduction.nearest import EXACT_NEIGHBOURS, SEARCHED, exact_neighbours, searching
from embeddings.reduction.pca import first_components
from embeddings.reduction.start import aligned, plane, settled, starting_positions, too_plain

SINGLE_THREADED = 5_000  # points below which threads wait for each other more than they work
EXAGGERATED = 250  # iterations in which clusters form, then
ITERATIONS = 500
REPORT_EVERY = 10  # iterations: of 20,000 segments a second or less


def tsne(
    vectors: NDArray[np.float32],
    context: Context,
    *,
    pca_dims: int = 10,
    perplexity: float = 30,
) -> Layout:
    """Lay out (n, size) vectors so that neighbours among their first components stay together.

    `perplexity` is lowered where there are fewer than three times as many points.
    """
    points = first_components(vectors, pca_dims)
    if too_plain(points):
        return Layout(coordinates=aligned(plane(points), context.previous))
    import openTSNE

    logging.getLogger("openTSNE").setLevel(logging.WARNING)
    context.report("searching neighbours", 0)
    positions = starting_positions(points, context.previous, seed=context.seed)
    stay = settled(context.previous)
    perplexity = min(perplexity, (len(points) - 1) / 3)
    n_jobs = 1 if len(points) < SINGLE_THREADED else -1
    exact = len(points) <= EXACT_NEIGHBOURS
    affinities = _affinities(points, perplexity, n_jobs, context.report) if exact else None
    exaggerated = 0 if stay else EXAGGERATED
    done = 0

    def report(_iteration: int, _error: float, _embedding: object) -> None:
        nonlocal done
        done += REPORT_EVERY
        share = done / (exaggerated + ITERATIONS)
        context.report("laying out", SEARCHED + share * (1 - SEARCHED))

    embedding = openTSNE.TSNE(
        perplexity=perplexity,
        # From so narrow a start all points feel all others at first, as openTSNE does by itself.
        initialization=(positions if stay else positions * 1e-4).astype(np.float64),
        early_exaggeration_iter=exaggerated,
        n_iter=ITERATIONS,
        neighbors="approx",
        callbacks=report,
        callbacks_every_iters=REPORT_EVERY,
        random_state=context.seed,
        n_jobs=n_jobs,
    ).fit(points, affinities=affinities)
    return Layout(
        coordinates=aligned(np.asarray(embedding, np.float32), context.previous),
        repeatable=exact,  # the approximate search draws lots on several threads
    )


def _affinities(points: NDArray[np.float32], perplexity: float, n_jobs: int, report: Report) -> Any:
    """As openTSNE has them with exact neighbours, which it would search in one go."""
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    count = int(3 * perplexity)
    indices, distances = exact_neighbours(points, count + 1, searching(report))
    index = PrecomputedNeighbors(
        indices[:, 1:].astype(np.int64), distances[:, 1:].astype(np.float64)
    )
    return PerplexityBasedNN(perplexity=perplexity, knn_index=index, n_jobs=n_jobs)
