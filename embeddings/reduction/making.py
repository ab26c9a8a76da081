"""Makes one map: lays it out, measures it, places the averages, stores it all at once."""

import time
from contextlib import suppress

import numpy as np
from django.db import DatabaseError
from numpy.typing import NDArray

from embeddings.averages import read_averages
from embeddings.models import Projection
from embeddings.queries import lacks_averages, lacks_trust
from embeddings.reduction import versions
from embeddings.reduction.layout import Context, Layout, Report
from embeddings.reduction.methods import METHODS
from embeddings.reduction.placing import among_neighbours
from embeddings.reduction.quality import Quality, measure
from embeddings.reduction.sources import Source
from embeddings.sentences import one_line
from embeddings.storage import fill_averages
from musicexplore.progress import Cancelled, Progress

# Shares of the time that a map takes, as they are for UMAP of 20,000 segments.
READ, HALF, LAID_OUT, MEASURED, PLACED = 0.02, 0.5, 0.7, 0.9, 0.98


class Steps:
    """Follows one map, a unit of progress, through its steps."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress = progress
        self._name = name
        self._done = 0.0

    def report(self, message: str, done: float = 0.0) -> None:
        """The step that the map is at, and the share of it done so far; may raise `Cancelled`."""
        amount, self._done = max(done - self._done, 0), max(done, self._done)
        self._progress.advance(amount, message=f"{self._name}: {message}")

    def within(self, start: float, end: float) -> Report:
        """For a step that takes from `start` to `end` of the map's time."""
        return lambda message, done: self.report(message, start + done * (end - start))

    def end(self, *, failed: int = 0) -> None:
        self._progress.advance(1 - self._done, failed=failed)
        self._done = 1


def make(projection: Projection, source: Source, older: Projection | None, steps: Steps) -> None:
    """Make the map of a row that says "running", starting from an older version's coordinates."""
    begun = time.monotonic()
    try:
        steps.report("reading vectors")
        data = source.vectors
        previous = versions.earlier_coordinates(older, data.track_ids) if older else None
        layout = _lay_out(projection, source, previous, steps.within(READ, LAID_OUT))
        quality = _measure(source, layout.coordinates, steps.within(LAID_OUT, MEASURED))
        averages = _place(source, layout, steps.within(MEASURED, PLACED))
        steps.report("storing", PLACED)
        projection.seconds = time.monotonic() - begun
        versions.store(projection, data.track_ids, layout, quality, averages)
    except BaseException as error:
        stopped = isinstance(error, Cancelled | KeyboardInterrupt)
        reason = "Stopped on request." if stopped else str(error)
        with suppress(DatabaseError):  # then it is found as interrupted, next time
            Projection.objects.filter(pk=projection.pk).update(
                state=Projection.State.FAILED, reason=one_line(reason or type(error).__name__)
            )
        raise


def make_good(projection: Projection, source: Source, steps: Steps) -> None:
    """Add what a map of an earlier release lacks; its coordinates stay as they are.

    The source holds the very segments that it shows.
    """
    without_trust = lacks_trust(projection)
    without_averages = lacks_averages(projection)
    if not without_trust and not without_averages:
        return
    steps.report("reading vectors")
    data = source.vectors
    coordinates = versions.earlier_coordinates(projection, data.track_ids)
    assert coordinates is not None
    if without_trust:
        quality = _measure(source, coordinates, steps.within(READ, HALF))
        versions.store_trust(projection, data.track_ids, quality.trust)
    if without_averages:
        layout = Layout(coordinates)
        if METHODS[projection.method].linear:
            # Run again for its axes, which the map does not hold; they face the same way.
            layout = _lay_out(projection, source, coordinates, steps.within(HALF, MEASURED))
        versions.store_averages(projection, _place(source, layout, steps.within(MEASURED, PLACED)))


def _lay_out(
    projection: Projection,
    source: Source,
    previous: NDArray[np.float32] | None,
    report: Report,
) -> Layout:
    context = Context(seed=projection.seed or 0, previous=previous, report=report)
    method = METHODS[projection.method]
    return method.run(source.vectors.vectors, context, **projection.parameters)


def _measure(source: Source, coordinates: NDArray[np.float32], report: Report) -> Quality:
    return measure(
        source.vectors.vectors,
        coordinates[:, :2],
        source.vectors.track_ids,
        report=lambda done: report("measuring quality", done),
    )


def _place(source: Source, layout: Layout, report: Report) -> dict[int, NDArray[np.float32]]:
    """Where the average of each track lies, (dimensions,)."""
    report("placing averages", 0)
    fill_averages(source.layer)
    averages = read_averages(source.layer, list(source.counts))
    places = (
        layout.place(averages.means)
        if layout.place
        else among_neighbours(
            averages.means, source.vectors.vectors, layout.coordinates[:, :2], report
        )
    )
    return dict(zip(averages.track.tolist(), places, strict=True))
