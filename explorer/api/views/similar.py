"""Search by sound: what is most like a moment of a track, or like a whole one."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from embeddings.models import Layer, SegmentEmbedding, TrackAverage
from embeddings.similarity.moments import Moment, moment_between, similar_moments
from embeddings.similarity.tracks import tracks_like_mean, tracks_like_passages
from explorer.api import found, parameters, query_examples
from explorer.api.error_schema import refused
from explorer.api.similar_serializers import SimilarSegmentsSerializer, SimilarTracksSerializer
from tracks.models import Track


class SimilarSegmentsView(APIView):
    """The moments of the library most like a segment or a stretch of a track, nearest first.

    By cosine through the layer's index; the Euclidean distance and the inner product with each
    segment, or with those of tracks drawn by lot above 200,000 segments. Of a stretch, segment by
    segment beside what begins there; among those that overlap, the nearest.
    """

    @extend_schema(
        parameters=[parameters.SimilarSegmentsParameters, parameters.SelectionParameters],
        responses={
            200: SimilarSegmentsSerializer,
            404: refused("The layer has no such segments of the track."),
        },
        examples=[OpenApiExample("Moments", query_examples.MOMENTS, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        wanted = parameters.checked(parameters.SimilarSegmentsParameters, request.query_params)
        selection = parameters.selection(request.query_params)
        layer, track, metric = wanted["layer"], wanted["track"], wanted["metric"]
        scope = found.scope_wanted(wanted, selection, [track], metric)
        try:
            asked = _asked(layer, wanted)
            moments = similar_moments(layer, asked, scope, found.wish_of(wanted), metric=metric)
        except SegmentEmbedding.DoesNotExist as error:
            raise NotFound(f"{layer.name} has no such segments of track {track}.") from error
        here = (track, *asked.span(layer))
        there = [(each.track_id, *each.span(layer)) for each in moments]
        taggrams, reasons = found.whys(layer, here, there, wanted=wanted["why"])
        answer = {
            **found.how(wanted, scope, selection, taggrams),
            "asked": found.span_of(asked, layer),
            "results": found.moment_rows(moments, reasons, layer),
        }
        return Response(SimilarSegmentsSerializer(answer).data)


class SimilarTracksView(APIView):
    """The tracks of the library most like one: by their means, or by passages that match best."""

    @extend_schema(
        parameters=[parameters.SimilarTracksParameters, parameters.SelectionParameters],
        responses=SimilarTracksSerializer,
        examples=[OpenApiExample("Tracks", query_examples.TRACKS, response_only=True)],
    )
    def get(self, request: Request, pk: int) -> Response:
        track = get_object_or_404(Track, pk=pk)
        wanted = parameters.checked(parameters.SimilarTracksParameters, request.query_params)
        selection = parameters.selection(request.query_params)
        layer, metric, whole = wanted["layer"], wanted["metric"], wanted["by"] == "mean"
        # Means are few: there each is compared by any metric.
        by = "cosine" if whole else metric
        scope = found.scope_wanted(wanted, selection, [track.pk], by)
        search = tracks_like_mean if whole else tracks_like_passages
        try:
            alike = search(layer, track.pk, scope, found.wish_of(wanted), metric=metric)
        except TrackAverage.DoesNotExist as error:
            raise NotFound(f"{layer.name} has nothing of track {track.pk}.") from error
        here = (track.pk, 0.0, found.WHOLE)
        there = [(each.track_id, 0.0, found.WHOLE) for each in alike]
        taggrams, reasons = found.whys(layer, here, there, wanted=wanted["why"])
        answer = {
            **found.how(wanted, scope, selection, taggrams),
            "by": wanted["by"],
            "results": found.track_rows(alike, reasons, layer),
        }
        return Response(SimilarTracksSerializer(answer).data)


def _asked(layer: Layer, wanted: dict[str, Any]) -> Moment:
    if "position" in wanted:
        return Moment(wanted["track"], wanted["position"], 1, 0.0)
    return moment_between(layer, wanted["track"], wanted["start"], wanted["end"])
