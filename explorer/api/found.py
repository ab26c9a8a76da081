"""What searches by sound have in common in their answers: tracks, moments, and how was searched."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.models import Layer
from embeddings.similarity.choosing import Wish
from embeddings.similarity.moments import Moment
from embeddings.similarity.scope import Scope, scope_of
from embeddings.similarity.tracks import SimilarTrack
from embeddings.similarity.why import Stretch, Why, reasons
from embeddings.taggrams import taggrams_for
from explorer.api import points
from tracks.models import Track
from tracks.queries import with_names
from tracks.selection import TrackSelection

WHOLE = float("inf")  # a track's end
Here = Stretch | Callable[[Layer], NDArray[np.float32] | None] | NDArray[np.float32] | None


def scope_wanted(
    wanted: dict[str, Any], selection: TrackSelection, starts: Sequence[int], metric: Any
) -> Scope:
    return scope_of(
        wanted["layer"], selection, starts=starts, without=wanted["without"], metric=metric
    )


def wish_of(wanted: dict[str, Any]) -> Wish:
    return Wish(wanted["limit"], wanted.get("per_artist"), wanted["spread"])


def whys(
    layer: Layer, here: Here, there: Sequence[Stretch], *, wanted: bool
) -> tuple[Layer | None, list[Why | None]]:
    """Whose tags tell, and what they tell of each.

    Of what is no track, `here` gives the activations (tags,) of such a layer; None if it has none.
    """
    taggrams = taggrams_for(layer.model) if wanted else None
    if taggrams is not None and callable(here):
        here = here(taggrams)
    if taggrams is None or here is None or callable(here):
        return None, [None] * len(there)
    version = points.settled(f"standing-{taggrams.pk}", points.layer_version(taggrams))
    return taggrams, reasons(taggrams, here, there, version=version)


def how(
    wanted: dict[str, Any], scope: Scope, selection: TrackSelection, taggrams: Layer | None
) -> dict[str, Any]:
    return {
        "layer": wanted["layer"].name,
        "metric": wanted["metric"],
        "sample": scope.sample and asdict(scope.sample),
        "unknown": selection.unknown,
        "taggrams": taggrams and taggrams.name,
    }


def span_of(moment: Moment, layer: Layer) -> dict[str, Any]:
    start, end = moment.span(layer)
    return {"position": moment.position, "segments": moment.segments, "start": start, "end": end}


def tracks_of(ids: Iterable[int]) -> dict[int, Track]:
    return with_names(Track.objects.all()).in_bulk(set(ids))


def moment_rows(
    found: Sequence[Moment], reasons_why: Sequence[Why | None], layer: Layer
) -> list[dict[str, Any]]:
    """Without those whose track has just been deleted."""
    tracks = tracks_of(each.track_id for each in found)
    return [
        {
            **span_of(each, layer),
            "track": tracks[each.track_id],
            "distance": each.distance,
            "why": why and asdict(why),
        }
        for each, why in zip(found, reasons_why, strict=True)
        if each.track_id in tracks
    ]


def track_rows(
    found: Sequence[SimilarTrack], reasons_why: Sequence[Why | None], layer: Layer
) -> list[dict[str, Any]]:
    """The same of whole tracks."""
    tracks = tracks_of(each.track_id for each in found)
    return [
        {
            "track": tracks[each.track_id],
            "distance": each.distance,
            "here": each.here and span_of(each.here, layer),
            "there": each.there and span_of(each.there, layer),
            "why": why and asdict(why),
        }
        for each, why in zip(found, reasons_why, strict=True)
        if each.track_id in tracks
    ]
