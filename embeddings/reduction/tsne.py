"""t-SNE, by openTSNE (van der Maaten and Hinton 2008; Poličar, Stražar and Zupan 2019)."""

import logging

import numpy as np
from numpy.typing import NDArray

from embeddings.reduction.layout import Context, Layout
from embeddings.reduction.pca import first_components
from embeddings.reduction.start import aligned, plane, settled, starting_positions, too_plain

EXACT_NEIGHBOURS = 20_000  # points up to which neighbours are searched exactly
SINGLE_THREADED = 5_000  # points below which threads wait for each other more than they work
EXAGGERATED = 250  # iterations in which clusters form, then
ITERATIONS = 500
REPORT_EVERY = 50


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
    context.report("searching neighbours")
    positions = starting_positions(points, context.previous, seed=context.seed)
    stay = settled(context.previous)
    exact = len(points) <= EXACT_NEIGHBOURS
    exaggerated = 0 if stay else EXAGGERATED
    done = 0

    def report(_iteration: int, _error: float, _embedding: object) -> None:
        nonlocal done
        done += REPORT_EVERY
        context.report(f"{done / (exaggerated + ITERATIONS):.0%}")

    embedding = openTSNE.TSNE(
        perplexity=min(perplexity, (len(points) - 1) / 3),
        # From so narrow a start all points feel all others at first, as openTSNE does by itself.
        initialization=(positions if stay else positions * 1e-4).astype(np.float64),
        early_exaggeration_iter=exaggerated,
        n_iter=ITERATIONS,
        neighbors="exact" if exact else "approx",
        callbacks=report,
        callbacks_every_iters=REPORT_EVERY,
        random_state=context.seed,
        n_jobs=1 if len(points) < SINGLE_THREADED else -1,
    ).fit(points)
    return Layout(
        coordinates=aligned(np.asarray(embedding, np.float32), context.previous),
        repeatable=exact,  # the approximate search draws lots on several threads
    )
