"""Search by sound: what is most like a moment of a track, or like a whole one."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from embeddings.models import Layer, SegmentEmbedding, TrackAverage
from embeddings.similarity.choosing import Wish
from embeddings.similarity.moments import Moment, moment_between, similar_moments
from embeddings.similarity.scope import Scope, scope_of
from embeddings.similarity.tracks import SimilarTrack, tracks_like_mean, tracks_like_passages
from embeddings.similarity.why import Stretch, Why, reasons
from embeddings.taggrams import taggrams_for
from explorer.api import parameters, points
from explorer.api.similar_serializers import SimilarSegmentsSerializer, SimilarTracksSerializer
from tracks.models import Track
from tracks.queries import with_names
from tracks.selection import TrackSelection

WHOLE = float("inf")  # a track's end


class SimilarSegmentsView(APIView):
    """The moments of the library most like a segment or a stretch of a track, nearest first.

    By cosine through the layer's index; the Euclidean distance and the inner product with each
    segment, or with those of tracks drawn by lot above 200,000 segments. Of a stretch, segment by
    segment beside what begins there; among those that overlap, the nearest.
    """

    @extend_schema(
        parameters=[parameters.SimilarSegmentsParameters, parameters.SelectionParameters],
        responses=SimilarSegmentsSerializer,
    )
    def get(self, request: Request) -> Response:
        wanted = parameters.checked(parameters.SimilarSegmentsParameters, request.query_params)
        selection = parameters.selection(request.query_params)
        layer, track, metric = wanted["layer"], wanted["track"], wanted["metric"]
        scope = _scope(wanted, selection, track, metric)
        try:
            asked = _asked(layer, wanted)
            found = similar_moments(layer, asked, scope, _wish(wanted), metric=metric)
        except SegmentEmbedding.DoesNotExist as error:
            raise NotFound(f"{layer.name} has no such segments of track {track}.") from error
        here = (track, *asked.span(layer))
        there = [(each.track_id, *each.span(layer)) for each in found]
        taggrams, whys = _whys(layer, here, there, wanted=wanted["why"])
        tracks = _tracks(each.track_id for each in found)
        answer = {
            **_how(wanted, scope, selection, taggrams),
            "asked": _span(asked, layer),
            "results": [
                {
                    **_span(each, layer),
                    "track": tracks[each.track_id],
                    "distance": each.distance,
                    "why": why and asdict(why),
                }
                for each, why in zip(found, whys, strict=True)
                if each.track_id in tracks
            ],
        }
        return Response(SimilarSegmentsSerializer(answer).data)


class SimilarTracksView(APIView):
    """The tracks of the library most like one: by their means, or by passages that match best."""

    @extend_schema(
        parameters=[parameters.SimilarTracksParameters, parameters.SelectionParameters],
        responses=SimilarTracksSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        track = get_object_or_404(Track, pk=pk)
        wanted = parameters.checked(parameters.SimilarTracksParameters, request.query_params)
        selection = parameters.selection(request.query_params)
        layer, metric, whole = wanted["layer"], wanted["metric"], wanted["by"] == "mean"
        # Means are few: there each is compared by any metric.
        scope = _scope(wanted, selection, track.pk, "cosine" if whole else metric)
        search = tracks_like_mean if whole else tracks_like_passages
        try:
            found = search(layer, track.pk, scope, _wish(wanted), metric=metric)
        except TrackAverage.DoesNotExist as error:
            raise NotFound(f"{layer.name} has nothing of track {track.pk}.") from error
        there = [(each.track_id, 0.0, WHOLE) for each in found]
        taggrams, whys = _whys(layer, (track.pk, 0.0, WHOLE), there, wanted=wanted["why"])
        tracks = _tracks(each.track_id for each in found)
        answer = {
            **_how(wanted, scope, selection, taggrams),
            "by": wanted["by"],
            "results": [
                _described(each, tracks[each.track_id], layer, why)
                for each, why in zip(found, whys, strict=True)
                if each.track_id in tracks
            ],
        }
        return Response(SimilarTracksSerializer(answer).data)


def _scope(wanted: dict[str, Any], selection: TrackSelection, track: int, metric: Any) -> Scope:
    return scope_of(
        wanted["layer"], selection, track_id=track, without=wanted["without"], metric=metric
    )


def _wish(wanted: dict[str, Any]) -> Wish:
    return Wish(wanted["limit"], wanted.get("per_artist"), wanted["spread"])


def _asked(layer: Layer, wanted: dict[str, Any]) -> Moment:
    if "position" in wanted:
        return Moment(wanted["track"], wanted["position"], 1, 0.0)
    return moment_between(layer, wanted["track"], wanted["start"], wanted["end"])


def _whys(
    layer: Layer, here: Stretch, there: Sequence[Stretch], *, wanted: bool
) -> tuple[Layer | None, list[Why | None]]:
    """Whose tags tell, and what they tell of each."""
    taggrams = taggrams_for(layer.model) if wanted else None
    if taggrams is None:
        return None, [None] * len(there)
    version = points.settled(f"standing-{taggrams.pk}", points.layer_version(taggrams))
    return taggrams, reasons(taggrams, here, there, version=version)


def _tracks(ids: Iterable[int]) -> dict[int, Track]:
    return with_names(Track.objects.all()).in_bulk(set(ids))


def _how(
    wanted: dict[str, Any], scope: Scope, selection: TrackSelection, taggrams: Layer | None
) -> dict[str, Any]:
    return {
        "layer": wanted["layer"].name,
        "metric": wanted["metric"],
        "sample": scope.sample and asdict(scope.sample),
        "unknown": selection.unknown,
        "taggrams": taggrams and taggrams.name,
    }


def _span(moment: Moment, layer: Layer) -> dict[str, Any]:
    start, end = moment.span(layer)
    return {"position": moment.position, "segments": moment.segments, "start": start, "end": end}


def _described(found: SimilarTrack, track: Track, layer: Layer, why: Why | None) -> dict[str, Any]:
    return {
        "track": track,
        "distance": found.distance,
        "here": found.here and _span(found.here, layer),
        "there": found.there and _span(found.there, layer),
        "why": why and asdict(why),
    }
