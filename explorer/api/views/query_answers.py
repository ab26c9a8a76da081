"""What a file that somebody searches by is like, and where it lies on maps."""

from typing import Any

import numpy as np
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from numpy.typing import NDArray
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from embeddings.averages import average
from embeddings.file_queries import placing, queries
from embeddings.models import FileQuery, FileQueryVectors, Layer
from embeddings.queries import projection_named
from embeddings.similarity.moments import LONGEST, Moment, moments_like
from embeddings.similarity.tracks import SimilarTrack, tracks_like_hearings, tracks_like_vector
from explorer.api import found, parameters, query_examples
from explorer.api.query_serializers import QueryPointsSerializer
from explorer.api.similar_serializers import SimilarSegmentsSerializer, SimilarTracksSerializer
from explorer.api.views.queries import find, heard, rows_between

NO_TRACK = 0


class LikeFileSegmentsView(APIView):
    @extend_schema(
        parameters=[parameters.StretchParameters, parameters.SelectionParameters],
        responses=SimilarSegmentsSerializer,
        examples=[OpenApiExample("Moments", query_examples.MOMENTS, response_only=True)],
    )
    def get(self, request: Request, token: str) -> Response:
        """The moments of the library most like a segment or a stretch of the file, nearest first.

        As `segments/similar/`, whose parameters it takes; `without` leaves out nothing here.
        """
        wanted = parameters.checked(parameters.StretchParameters, request.query_params)
        selection = parameters.selection(request.query_params)
        query, layer, metric = find(token), wanted["layer"], wanted["metric"]
        vectors = heard(query, layer).vectors
        asked = _asked(layer, vectors, wanted)
        scope = found.scope_wanted(wanted | {"without": []}, selection, [], metric)
        ours = vectors[asked.position : asked.position + asked.segments]
        moments = moments_like(layer, ours, scope, found.wish_of(wanted), metric=metric)
        there = [(each.track_id, *each.span(layer)) for each in moments]
        taggrams, reasons = found.whys(
            layer, _tags(query, *asked.span(layer)), there, wanted=wanted["why"]
        )
        answer = {
            **found.how(wanted, scope, selection, taggrams),
            "asked": found.span_of(asked, layer),
            "results": found.moment_rows(moments, reasons, layer),
        }
        return Response(SimilarSegmentsSerializer(answer).data)


class LikeFileTracksView(APIView):
    @extend_schema(
        parameters=[parameters.LikeFileParameters, parameters.SelectionParameters],
        responses=SimilarTracksSerializer,
        examples=[OpenApiExample("Tracks", query_examples.TRACKS, response_only=True)],
    )
    def get(self, request: Request, token: str) -> Response:
        """The tracks of the library most like the file: by passages that match best, or means.

        By passages, `here` and `there` are the two that match best: what is cut from a track is
        found at its place. A file up to a minute long is heard twice, half a segment apart, and
        `here` may lie between its segments.
        """
        wanted = parameters.checked(parameters.LikeFileParameters, request.query_params)
        selection = parameters.selection(request.query_params)
        query, layer, metric = find(token), wanted["layer"], wanted["metric"]
        ours, whole = heard(query, layer), wanted["by"] == "mean"
        scope = found.scope_wanted(
            wanted | {"without": []}, selection, [], "cosine" if whole else metric
        )
        wish = found.wish_of(wanted)
        alike = (
            tracks_like_vector(layer, average(ours.vectors)[0], scope, wish, metric=metric)
            if whole
            else tracks_like_hearings(layer, ours.hearings, scope, wish, metric=metric)
        )
        there = [(each.track_id, 0.0, found.WHOLE) for each in alike]
        taggrams, reasons = found.whys(
            layer, _tags(query, 0.0, found.WHOLE), there, wanted=wanted["why"]
        )
        rows = found.track_rows(alike, reasons, layer)
        answer = {
            **found.how(wanted, scope, selection, taggrams),
            "by": wanted["by"],
            "results": _moved(rows, alike, ours.offsets),
        }
        return Response(SimilarTracksSerializer(answer).data)


class QueryPointsView(APIView):
    @extend_schema(
        parameters=[parameters.PointsParameters],
        responses=QueryPointsSerializer,
        examples=[OpenApiExample("Places", query_examples.POINTS, response_only=True)],
    )
    def get(self, request: Request, token: str, pk: int) -> Response:
        """Where the file's segments lie on a map that was made without it.

        Maps of principal components place them exactly, others where their true neighbours are.
        """
        projection = get_object_or_404(projection_named(pk).select_related("layer"))
        wanted = parameters.checked(parameters.PointsParameters, request.query_params)
        parameters.check_dimensions(wanted, parameters.dimensions_of(projection))
        vectors = heard(find(token), projection.layer).vectors
        together = np.concatenate([vectors, average(vectors)[0][None]])
        try:
            placed = placing.places(projection, together, x=wanted["x"], y=wanted["y"])
        except placing.NotPlaced as error:
            raise NotFound(str(error), code="not_placed") from error
        exact = projection.method in placing.LINEAR
        return Response(_points(projection.layer, placed, exact=exact))


class QueryLayerPointsView(APIView):
    @extend_schema(
        parameters=[parameters.PointsParameters],
        responses=QueryPointsSerializer,
        examples=[OpenApiExample("Places", query_examples.POINTS, response_only=True)],
    )
    def get(self, request: Request, token: str, name: str) -> Response:
        """Two dimensions of the vectors of the file's segments themselves."""
        layer = get_object_or_404(Layer, name=name)
        wanted = parameters.checked(parameters.PointsParameters, request.query_params)
        parameters.check_dimensions(wanted, layer.size)
        vectors = heard(find(token), layer).vectors
        together = np.concatenate([vectors, average(vectors)[0][None]])
        return Response(_points(layer, together[:, [wanted["x"], wanted["y"]]], exact=True))


def _asked(layer: Layer, vectors: NDArray[np.float32], wanted: dict[str, Any]) -> Moment:
    """The segments of the file that are asked about. Raises `NotFound`."""
    if "position" in wanted:
        rows = slice(wanted["position"], min(wanted["position"] + 1, len(vectors)))
    else:
        first, last = layer.covering(wanted["start"], wanted["end"], len(vectors))
        rows = slice(first, min(last + 1, first + LONGEST))
    if rows.start >= rows.stop:
        raise NotFound("The file has no such segments.", code="no_segments")
    return Moment(NO_TRACK, rows.start, rows.stop - rows.start, 0.0)


def _tags(query: FileQuery, start: float, end: float) -> found.Here:
    """Mean activations of a stretch of the file, by a layer of tags that heard it."""

    def mean(taggrams: Layer) -> NDArray[np.float32] | None:
        try:
            values = queries.heard(query, taggrams).vectors
        except FileQueryVectors.DoesNotExist:
            return None
        until = min(end, len(values) * taggrams.hop_seconds)
        return values[rows_between(taggrams, values, start, until)].mean(axis=0)

    return mean


def _moved(
    rows: list[dict[str, Any]], alike: list[SimilarTrack], offsets: list[float]
) -> list[dict[str, Any]]:
    """With the times of `here` counted from the beginning of the file, whichever hearing it is."""
    hearing = {each.track_id: each.hearing for each in alike}
    for row in rows:
        if row["here"]:
            offset = offsets[hearing[row["track"].pk]]
            row["here"] = {
                **row["here"],
                "start": round(row["here"]["start"] + offset, 6),
                "end": round(row["here"]["end"] + offset, 6),
            }
    return rows


def _points(layer: Layer, placed: NDArray[np.float32], *, exact: bool) -> dict[str, Any]:
    """`placed` (segments + 1, 2): of each segment, and of the whole."""
    at = [
        {"x": x, "y": y} if np.isfinite(x) else {"x": None, "y": None} for x, y in placed.tolist()
    ]
    spans = [layer.span(position) for position in range(len(placed) - 1)]
    points = [
        {"position": position, "start": start, "end": end, **at[position]}
        for position, (start, end) in enumerate(spans)
    ]
    answer = {"layer": layer.name, "exact": exact, "points": points, "average": at[-1]}
    return QueryPointsSerializer(answer).data
