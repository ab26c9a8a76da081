"""Makes maps and keeps them: what is already there, what has to be made, and from where it starts.

A finished version never changes. When the library has grown, the same recipe gives a new version
that starts from the old coordinates. One process at a time makes maps of a layer.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Max

from embeddings import locks
from embeddings.models import Extraction, Layer, Projection
from embeddings.queries import chosen_layers, lacks_trust
from embeddings.reduction import versions
from embeddings.reduction.layout import Context
from embeddings.reduction.methods import METHODS, complete
from embeddings.reduction.quality import measure
from embeddings.sentences import one_line
from embeddings.storage import LayerVectors, read_layer, table_name
from musicexplore.progress import Cancelled, Progress
from tracks.models import Track
from tracks.selection import drawn

INTERRUPTED = "Its process ended before the map was finished."


class ReductionError(Exception):
    """Why there is no map; the message is one sentence for a person."""


@dataclass
class ReductionSummary:
    """What `reduce_all` did."""

    made: list[Projection] = field(default_factory=list)
    unchanged: list[Projection] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)  # names of layers without vectors
    failed: list[str] = field(default_factory=list)  # one sentence each

    def __str__(self) -> str:
        failed = f", {len(self.failed)} failed" if self.failed else ""
        return f"Maps: {len(self.made)} made, {len(self.unchanged)} unchanged{failed}."


class _Source:
    """The vectors that maps of a layer are made of, read once for all of its maps."""

    def __init__(self, layer: Layer, subset: Mapping[str, Any]) -> None:
        self.layer = layer
        self.subset = dict(subset)
        counts = _segment_counts(layer)
        chosen = _chosen(counts, subset)
        self.counts = {track: counts[track] for track in chosen}

    @cached_property
    def vectors(self) -> LayerVectors:
        return read_layer(self.layer, sorted(self.counts) if self.subset else None)


def reduce_layer(
    layer: Layer,
    method: str,
    parameters: Mapping[str, float] | None = None,
    *,
    track_ids: Sequence[int] | None = None,
    n_tracks: int | None = None,
    seed: int = 0,
    force: bool = False,
    progress: Progress = Progress(),  # noqa: B008 (it has no state)
) -> Projection:
    """A finished projection of a layer, made unless there is one of the same segments.

    `parameters` are those of `METHODS`; `track_ids` restricts the map to these tracks, `n_tracks`
    to as many, drawn by `seed`. `force` makes it anew, from scratch. Raises `ReductionError`
    where the layer has no vectors, `ValueError` for a method or parameter that does not exist.
    """
    source = _Source(layer, _subset(track_ids, n_tracks, seed))
    progress.start(1, "maps")
    projection, _ = _reduce(source, method, parameters or {}, seed, force, progress)
    progress.advance(1)
    progress.finish()
    return projection


def reduce_all(
    *,
    layers: Sequence[str] | None = None,
    methods: Sequence[str] | None = None,
    parameters: Mapping[str, float] | None = None,
    n_tracks: int | None = None,
    seed: int = 0,
    force: bool = False,
    progress: Progress = Progress(),  # noqa: B008 (it has no state)
) -> ReductionSummary:
    """Maps of all layers that are switched on, or of those named, by all or some methods.

    A map that fails is recorded, and the others are made. Raises `ValueError` for a layer, method
    or parameter that does not exist.
    """
    chosen_methods = list(methods or METHODS)
    for method in chosen_methods:
        complete(method, _own(method, parameters))
    mark_interrupted()
    summary = ReductionSummary()
    wanted: list[Layer] = []
    for layer in chosen_layers(layers):
        if _has_vectors(layer):
            wanted.append(layer)
        else:
            summary.empty.append(layer.name)
    progress.start(len(wanted) * len(chosen_methods), "maps")
    for layer in wanted:
        source = _Source(layer, _subset(None, n_tracks, seed))
        for method in chosen_methods:
            _reduce_into(summary, source, method, _own(method, parameters), seed, force, progress)
    progress.finish(str(summary))
    return summary


def mark_interrupted() -> int:
    """Mark as failed the maps whose process died while it made them; returns how many."""
    running = Projection.objects.filter(state=Projection.State.RUNNING)
    alive = locks.held(locks.Kind.REDUCTION)
    return running.exclude(layer__in=alive).update(
        state=Projection.State.FAILED, reason=INTERRUPTED
    )


def _reduce_into(
    summary: ReductionSummary,
    source: _Source,
    method: str,
    parameters: Mapping[str, float],
    seed: int,
    force: bool,
    progress: Progress,
) -> None:
    failed = 0
    try:
        projection, made = _reduce(source, method, parameters, seed, force, progress)
        (summary.made if made else summary.unchanged).append(projection)
    except Cancelled:
        raise
    except Exception as error:
        failed = 1
        summary.failed.append(f"{source.layer.name} by {method}: {error}")
    progress.advance(1, failed=failed)


def _reduce(
    source: _Source,
    method: str,
    parameters: Mapping[str, float],
    seed: int,
    force: bool,
    progress: Progress,
) -> tuple[Projection, bool]:
    """The projection, and whether it was made now."""
    complete_parameters = complete(method, {"pca_dims": settings.PCA_DIMS, **parameters})
    if not source.counts:
        raise ReductionError(f"{source.layer.name} has no vectors yet: run extract_all first.")
    request = Projection(
        layer=source.layer,
        method=method,
        parameters=complete_parameters,
        seed=seed if METHODS[method].seeded else None,
        subset=source.subset,
    )
    request.recipe = _recipe(request)
    with _alone(source.layer, progress):
        newest = versions.newest(request)
        if newest and not force and _up_to_date(newest, source):
            if lacks_trust(newest):
                _measure_trust(newest, source, progress)
            return newest, False
        last = versions.of(request).aggregate(last=Max("version"))["last"]
        request.version = (last or 0) + 1
        request.save()
        _run(request, source, None if force else newest, progress)
    return request, True


def _run(
    projection: Projection, source: _Source, older: Projection | None, progress: Progress
) -> None:
    """Lay out, measure and store a projection whose row says "running"."""
    name = f"{source.layer.name} {projection.get_method_display()}"

    def report(message: str) -> None:
        progress.advance(0, message=f"{name}: {message}")

    begun = time.monotonic()
    try:
        report("reading vectors")
        data = source.vectors
        previous = versions.earlier_coordinates(older, data.track_ids) if older else None
        context = Context(seed=projection.seed or 0, previous=previous, report=report)
        method = METHODS[projection.method]
        layout = method.run(data.vectors, context, **projection.parameters)
        quality = measure(
            data.vectors,
            layout.coordinates[:, :2],
            data.track_ids,
            report=lambda done: report(f"measuring quality {done:.0%}"),
        )
        report("storing")
        projection.seconds = time.monotonic() - begun
        versions.store(projection, data.track_ids, layout, quality)
    except BaseException as error:
        stopped = isinstance(error, Cancelled | KeyboardInterrupt)
        reason = "Stopped on request." if stopped else str(error)
        with suppress(DatabaseError):  # then it is found as interrupted, next time
            Projection.objects.filter(pk=projection.pk).update(
                state=Projection.State.FAILED, reason=one_line(reason or type(error).__name__)
            )
        raise


def _measure_trust(projection: Projection, source: _Source, progress: Progress) -> None:
    """Measure a finished map of an earlier release, which stays as it is."""
    data = source.vectors
    places = versions.earlier_coordinates(projection, data.track_ids)
    assert places is not None  # it shows these very segments
    name = f"{source.layer.name} {projection.get_method_display()}"
    quality = measure(
        data.vectors,
        places[:, :2],
        data.track_ids,
        report=lambda done: progress.advance(0, message=f"{name}: measuring {done:.0%}"),
    )
    versions.store_trust(projection, data.track_ids, quality.trust)


@contextmanager
def _alone(layer: Layer, progress: Progress) -> Iterator[None]:
    """Wait until no other process makes maps of the layer, and keep others waiting."""
    while not locks.take(locks.Kind.REDUCTION, layer.pk):
        progress.advance(0, message=f"waiting: another process makes maps of {layer.name}")
        time.sleep(1)
    try:
        # With the lock in hand, a row that says "running" has lost its process.
        Projection.objects.filter(layer=layer, state=Projection.State.RUNNING).update(
            state=Projection.State.FAILED, reason=INTERRUPTED
        )
        yield
    finally:
        with suppress(DatabaseError):  # a lost connection has given the lock back already
            locks.give_back(locks.Kind.REDUCTION, layer.pk)


def _own(method: str, parameters: Mapping[str, float] | None) -> dict[str, float]:
    """Of parameters meant for several methods, those that this one takes."""
    taken = METHODS[method].defaults if method in METHODS else {}
    return {name: value for name, value in (parameters or {}).items() if name in taken}


def _subset(track_ids: Sequence[int] | None, n_tracks: int | None, seed: int) -> dict[str, Any]:
    """What is recorded of a restriction; empty for the whole collection."""
    if seed < 0 or (n_tracks is not None and n_tracks < 1):
        raise ValueError("The seed is 0 or more, and the number of tracks 1 or more.")
    if track_ids is not None:
        return {"track_ids": sorted({int(pk) for pk in track_ids})}
    return {} if n_tracks is None else {"n_tracks": n_tracks, "seed": seed}


def _chosen(counts: Mapping[int, int], subset: Mapping[str, Any]) -> list[int]:
    if "track_ids" in subset:
        return [pk for pk in subset["track_ids"] if pk in counts]
    if "n_tracks" not in subset:
        return list(counts)
    # All layers draw the same tracks, and a library that grows keeps most of its sample.
    tracks = drawn(Track.objects.filter(pk__in=counts), subset["n_tracks"], subset["seed"])
    return list(tracks.values_list("pk", flat=True))


def _has_vectors(layer: Layer) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table_name(layer.pk)})")
        return bool(cursor.fetchone()[0])


def _segment_counts(layer: Layer) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT track_id, count(*) FROM {table_name(layer.pk)} GROUP BY track_id")
        return dict(cursor.fetchall())


def _recipe(request: Projection) -> str:
    parts = [request.method, request.parameters, request.subset, request.seed]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _up_to_date(newest: Projection, source: _Source) -> bool:
    """Whether a map shows the segments there are now, and none was extracted anew since."""
    if versions.segment_counts(newest) != source.counts:
        return False
    later = Extraction.objects.filter(
        model=source.layer.model, finished_at__gt=newest.created_at, track__in=source.counts
    )
    return not later.exists()
