"""Search by several starts at once, and paths from one track or moment to another."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from embeddings.models import Layer, SegmentEmbedding, TrackAverage
from embeddings.similarity.blend import BlendError, Start, moments_like_blend, tracks_like_blend
from embeddings.similarity.path import PathError, TooFewError, path_between
from embeddings.similarity.pathfinding import Path
from embeddings.similarity.scope import scope_of
from embeddings.similarity.why import Stretch
from explorer.api import examples, found, parameters
from explorer.api.error_schema import refused
from explorer.api.errors import ApiError
from explorer.api.journey_serializers import (
    BlendedSegmentsSerializer,
    BlendedTracksSerializer,
    PathSerializer,
)

Answer = TypeVar("Answer")
NOT_HEARD = refused("The layer has not heard all of these tracks or segments.")


class BlendedSegmentsView(APIView):
    """The moments most like several moments or tracks at once, or unlike some of them.

    What is searched by is the weighted sum of their directions (Rocchio's relevance feedback); a
    start of several segments, or a whole track, counts as their mean. Starts are no answers.
    """

    @extend_schema(
        parameters=[parameters.BlendParameters, parameters.SelectionParameters],
        responses={200: BlendedSegmentsSerializer, 404: NOT_HEARD},
        examples=[OpenApiExample("Blend", examples.BLENDED_SEGMENTS, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        answer = _blend(request, moments_like_blend, found.moment_rows, by_means=False)
        return Response(BlendedSegmentsSerializer(answer).data)


class BlendedTracksView(APIView):
    """The same for tracks: their means are compared with the sum."""

    @extend_schema(
        parameters=[parameters.BlendParameters, parameters.SelectionParameters],
        responses={200: BlendedTracksSerializer, 404: NOT_HEARD},
        examples=[OpenApiExample("Blend", examples.BLENDED_TRACKS, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        answer = _blend(request, tracks_like_blend, found.track_rows, by_means=True)
        return Response(BlendedTracksSerializer(answer).data)


class PathView(APIView):
    """A path from one track or moment to another, each stop of another track and near the last.

    Its longest step is as short as was found, and never longer than that of the nearest segments to
    points between both ends. With two tracks, means of tracks are compared; with a moment,
    segments. The filter chooses what lies between.
    """

    @extend_schema(
        parameters=[parameters.PathParameters, parameters.SelectionParameters],
        responses={200: PathSerializer, 404: NOT_HEARD},
        examples=[OpenApiExample("Path", examples.PATH, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        wanted = parameters.checked(parameters.PathParameters, request.query_params)
        selection = parameters.selection(request.query_params)
        layer, start, end = wanted["layer"], wanted["from"], wanted["to"]
        scope = scope_of(layer, selection, starts=[start.track_id, end.track_id])
        path = _found(
            layer,
            lambda: path_between(
                layer, start, end, scope, steps=wanted["steps"], different=wanted["different"]
            ),
        )
        answer = {
            "layer": layer.name,
            "compared": "tracks" if start.position is end.position is None else "segments",
            "different": wanted["different"],
            "unknown": selection.unknown,
            "longest_step": path.longest,
            "interpolated_longest_step": path.interpolated_longest,
            "items": _items(path, layer),
        }
        return Response(PathSerializer(answer).data)


def _blend(
    request: Request,
    search: Callable[..., Any],
    rows: Callable[..., list[dict[str, Any]]],
    *,
    by_means: bool,
) -> dict[str, Any]:
    """What a blend's answer says; `by_means`: of whole tracks, all of which are compared."""
    wanted = parameters.checked(parameters.BlendParameters, request.query_params)
    selection = parameters.selection(request.query_params)
    layer, starts, metric = wanted["layer"], wanted["starts"], wanted["metric"]
    tracks = [start.track_id for start in starts]
    scope = found.scope_wanted(wanted, selection, tracks, "cosine" if by_means else metric)
    near = _found(
        layer,
        lambda: search(layer, starts, scope, found.wish_of(wanted), metric=metric),
    )
    heaviest = max(range(len(starts)), key=lambda index: starts[index].weight)
    there = [
        (each.track_id, 0.0, found.WHOLE) if by_means else (each.track_id, *each.span(layer))
        for each in near
    ]
    here = _stretch(starts[heaviest], layer)
    taggrams, reasons = found.whys(layer, here, there, wanted=wanted["why"])
    named = found.tracks_of(tracks)
    return {
        **found.how(wanted, scope, selection, taggrams),
        "starts": [
            {"track": named[start.track_id], "span": _span(start, layer), "weight": start.weight}
            for start in starts
            if start.track_id in named
        ],
        "why_of": heaviest,
        "results": rows(near, reasons, layer),
    }


def _found(layer: Layer, search: Callable[[], Answer]) -> Answer:
    """What a search finds, or the error that says which parameter is at fault."""
    try:
        return search()
    except (BlendError, PathError) as error:
        details = {_at_fault(error): [str(error)]}
        raise ApiError(HTTPStatus.BAD_REQUEST, "invalid", str(error), details) from error
    except (SegmentEmbedding.DoesNotExist, TrackAverage.DoesNotExist) as error:
        raise NotFound(f"{layer.name} has not all of these tracks or segments.") from error


def _at_fault(error: BlendError | PathError) -> str:
    if isinstance(error, BlendError):
        return "starts"
    return "steps" if isinstance(error, TooFewError) else "to"


def _stretch(start: Start, layer: Layer) -> Stretch:
    return (start.track_id, *((0.0, found.WHOLE) if start.whole else start.moment.span(layer)))


def _span(start: Start, layer: Layer) -> dict[str, Any] | None:
    return None if start.whole else found.span_of(start.moment, layer)


def _items(path: Path, layer: Layer) -> list[dict[str, Any]]:
    tracks = found.tracks_of(stop.track_id for stop in path.stops)
    if any(stop.track_id not in tracks for stop in path.stops):
        raise NotFound("A track of this path has just been deleted: ask again.")
    items = []
    for stop, distance in zip(path.stops, [None, *path.distances], strict=True):
        position = stop.position or 0
        start, end = layer.span(position)
        items.append(
            {
                "track": tracks[stop.track_id],
                "position": position,
                "start": start,
                "end": end,
                "distance": distance,
            }
        )
    return items
