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

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Max

from embeddings import locks
from embeddings.models import Extraction, Layer, Projection
from embeddings.queries import chosen_layers, current_projections
from embeddings.reduction import versions
from embeddings.reduction.making import Steps, make, make_good
from embeddings.reduction.methods import METHODS, complete
from embeddings.reduction.sources import Source, Subset, has_vectors
from embeddings.storage import fill_averages
from musicexplore.progress import Cancelled, Progress
from tracks.selection import TrackSelection

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


def reduce_layer(
    layer: Layer,
    method: str,
    parameters: Mapping[str, float] | None = None,
    *,
    subset: Subset | None = None,
    seed: int = 0,
    force: bool = False,
    on_demand: bool = False,
    progress: Progress = Progress(),  # noqa: B008 (it has no state)
) -> Projection:
    """A finished projection of a layer, made unless there is one of the same segments.

    `parameters` are those of `METHODS`. `force` makes it anew, from scratch; `on_demand` marks a
    map that a person asked for. Raises `ReductionError` where there are no vectors, `ValueError`
    for a method or parameter that does not exist.
    """
    wanted = request(layer, method, parameters or {}, subset=subset, seed=seed)
    wanted.on_demand = on_demand
    progress.start(1, "maps")
    steps = _steps(wanted, progress)
    projection, _ = _reduce(wanted, Source(layer, subset), steps, force=force)
    steps.end()
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

    Then new versions of the maps that people asked for, where the library has grown, unless
    `parameters` or `n_tracks`, a number of tracks drawn by `seed`, ask for particular maps. A map
    that fails is recorded, and the others are made. Raises `ValueError` for a layer, method or
    parameter that does not exist.
    """
    chosen_methods = list(methods or METHODS)
    for method in chosen_methods:
        complete(method, _own(method, parameters))
    subset = _sample(n_tracks, seed)
    mark_interrupted()
    summary = ReductionSummary()
    wanted: list[Layer] = []
    for layer in chosen_layers(layers):
        if has_vectors(layer):
            wanted.append(layer)
        else:
            summary.empty.append(layer.name)
    particular = bool(parameters) or n_tracks is not None
    asked = [] if particular else _asked_for(wanted, chosen_methods)
    progress.start(len(wanted) * len(chosen_methods) + len(asked), "maps")
    for layer in wanted:
        fill_averages(layer, progress)
        source = Source(layer, subset)
        for method in chosen_methods:
            own = _own(method, parameters)
            map_request = request(layer, method, own, subset=subset, seed=seed)
            _reduce_into(summary, map_request, source, progress, force=force)
    for map_request in asked:
        source = Source(map_request.layer, Subset.from_dict(map_request.subset))
        _reduce_into(summary, map_request, source, progress)
    progress.finish(str(summary))
    return summary


def request(
    layer: Layer,
    method: str,
    parameters: Mapping[str, float],
    *,
    subset: Subset | None = None,
    seed: int = 0,
) -> Projection:
    """A projection's row, not saved yet, with the recipe that makes two requests the same map.

    Raises `ValueError` for a method or parameter that does not exist, or is out of range.
    """
    if seed < 0:
        raise ValueError("The seed is 0 or more.")
    projection = Projection(
        layer=layer,
        method=method,
        parameters=with_usual(method, parameters),
        seed=seed if METHODS[method].seeded else None,
        subset=(subset or Subset()).as_dict(),
    )
    parts = [projection.method, projection.parameters, projection.subset, projection.seed]
    projection.recipe = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return projection


def with_usual(method: str, parameters: Mapping[str, float] | None = None) -> dict[str, float]:
    """All of a method's parameters: those given, else as the library's own maps have them.

    Raises `ValueError` for a method or parameter that does not exist, or is out of range.
    """
    return complete(method, {"pca_dims": settings.PCA_DIMS, **(parameters or {})})


def up_to_date(wanted: Projection, source: Source) -> Projection | None:
    """The finished map of a request, if it shows the segments there are now, none newer than it."""
    newest = versions.newest(wanted)
    if newest is None or versions.segment_counts(newest) != source.counts:
        return None
    later = Extraction.objects.filter(
        model=source.layer.model, finished_at__gt=newest.created_at, track__in=source.counts
    )
    return None if later.exists() else newest


def mark_interrupted() -> int:
    """Mark as failed the maps whose process died while it made them; returns how many."""
    running = Projection.objects.filter(state=Projection.State.RUNNING)
    alive = locks.held(locks.Kind.REDUCTION)
    return running.exclude(layer__in=alive).update(
        state=Projection.State.FAILED, reason=INTERRUPTED
    )


def _reduce_into(
    summary: ReductionSummary,
    wanted: Projection,
    source: Source,
    progress: Progress,
    *,
    force: bool = False,
) -> None:
    failed = 0
    steps = _steps(wanted, progress)
    try:
        projection, made = _reduce(wanted, source, steps, force=force)
        (summary.made if made else summary.unchanged).append(projection)
    except Cancelled:
        raise
    except Exception as error:
        failed = 1
        summary.failed.append(f"{wanted.layer.name} by {wanted.method}: {error}")
    steps.end(failed=failed)


def _reduce(
    wanted: Projection, source: Source, steps: Steps, *, force: bool
) -> tuple[Projection, bool]:
    """The projection, and whether it was made now."""
    if not source.counts:
        raise ReductionError(f"{source.layer.name} has no vectors yet: run extract_all first.")
    with _alone(source.layer, steps):
        current = None if force else up_to_date(wanted, source)
        if current:
            if current.on_demand and not wanted.on_demand:
                current.on_demand = False  # from now on it is one of the library's own maps
                current.save(update_fields=["on_demand"])
            make_good(current, source, steps)
            return current, False
        newest = versions.newest(wanted)
        if newest and not newest.on_demand:
            wanted.on_demand = False  # it is one of the library's own maps
        last = versions.of(wanted).aggregate(last=Max("version"))["last"]
        wanted.version = (last or 0) + 1
        wanted.save()
        make(wanted, source, None if force else newest, steps)
    return wanted, True


@contextmanager
def _alone(layer: Layer, steps: Steps) -> Iterator[None]:
    """Wait until no other process makes maps of the layer, and keep others waiting."""
    while not locks.take(locks.Kind.REDUCTION, layer.pk):
        steps.report(f"waiting: another process makes maps of {layer.name}")
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


def _steps(wanted: Projection, progress: Progress) -> Steps:
    return Steps(progress, f"{wanted.layer.name} {wanted.get_method_display()}")


def _own(method: str, parameters: Mapping[str, float] | None) -> dict[str, float]:
    """Of parameters meant for several methods, those that this one takes."""
    taken = METHODS[method].defaults if method in METHODS else {}
    return {name: value for name, value in (parameters or {}).items() if name in taken}


def _sample(n_tracks: int | None, seed: int) -> Subset:
    """So many tracks, drawn alike for all layers; the whole collection where it is None."""
    if seed < 0 or (n_tracks is not None and n_tracks < 1):
        raise ValueError("The seed is 0 or more, and the number of tracks 1 or more.")
    return Subset(TrackSelection(random=n_tracks, seed=seed if n_tracks else 0))


def _asked_for(layers: Sequence[Layer], methods: Sequence[str]) -> list[Projection]:
    """Requests for the maps that people asked for and keep.

    Without those of which nothing is left to show, or whose filter names a tag, artist or album
    that is gone: it would be ignored, and the map one of other tracks.
    """
    requests = []
    kept = current_projections().filter(on_demand=True, layer__in=layers, method__in=methods)
    for projection in kept.select_related("layer__model").order_by("pk"):
        subset = Subset.from_dict(projection.subset)
        if subset.selection.unknown or not Source(projection.layer, subset).counts:
            continue
        wanted = Projection(
            layer=projection.layer,
            method=projection.method,
            parameters=projection.parameters,
            seed=projection.seed,
            subset=projection.subset,
            recipe=projection.recipe,
            on_demand=True,
        )
        requests.append(wanted)
    return requests
