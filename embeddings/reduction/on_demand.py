"""Maps that somebody asks for: of chosen tracks, with chosen parameters; kept until deleted."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User

from embeddings import jobs
from embeddings.models import Job, Layer, Projection
from embeddings.reduction.service import ReductionError, reduce_layer, request, up_to_date
from embeddings.reduction.sources import Source, Subset
from embeddings.reduction.start import FEWEST_POINTS
from embeddings.reduction.versions import of
from musicexplore.progress import Progress


def ask(
    layer: Layer,
    method: str,
    parameters: Mapping[str, float],
    *,
    subset: Subset,
    seed: int = 0,
    user: User | None = None,
) -> Projection | Job:
    """The map, where it is there and shows all that it should, else the job that makes it.

    Equal requests share a job. Raises `ReductionError` where too little is chosen for a map, or
    something that does not exist; `ValueError` for a method or parameter that does not exist.
    """
    wanted = request(layer, method, parameters, subset=subset, seed=seed)
    source = Source(layer, subset)
    _check(source)
    found = up_to_date(wanted, source)
    if found:
        return found
    written = {
        "layer": layer.name,
        "method": method,
        "parameters": wanted.parameters,
        "seed": wanted.seed or 0,
        **wanted.subset,
    }
    return jobs.enqueue_once(Job.Kind.PROJECTION, written, user)


def make(parameters: Mapping[str, Any], progress: Progress) -> Projection:
    """The worker's part: make the map of a job's parameters."""
    return reduce_layer(
        Layer.objects.select_related("model").get(name=parameters["layer"]),
        parameters["method"],
        parameters["parameters"],
        subset=Subset.from_dict(parameters),
        seed=parameters["seed"],
        on_demand=True,
        progress=progress,
    )


def forget(projection: Projection) -> None:
    """Delete a map that somebody asked for, in all of its versions.

    Raises `ReductionError` for one of the library's own maps.
    """
    if not projection.on_demand:
        raise ReductionError(
            "This map is one of the library's own: the next reduce_all would make it again."
        )
    # Not a version that is being made: its process would put the row back.
    of(projection).exclude(state=Projection.State.RUNNING).delete()


def _check(source: Source) -> None:
    if unknown := source.subset.selection.unknown:
        named = "; ".join(f"{name} {', '.join(map(str, ids))}" for name, ids in unknown.items())
        raise ReductionError(f"These do not exist: {named}.")
    if source.segments < FEWEST_POINTS:
        raise ReductionError(
            f"Of {source.layer.name}, {source.segments} segments are chosen; "
            f"a map takes {FEWEST_POINTS} at least. Choose more tracks, or analyse them first."
        )
