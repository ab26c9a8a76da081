"""Tracks, and what networks said of each of their segments."""

from http import HTTPStatus
from typing import Any

import numpy as np
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from embeddings.models import Extraction, Layer, SegmentEmbedding
from embeddings.previews import preview_layer, with_extremes
from embeddings.queries import track_taggrams
from embeddings.taggrams import strongest_tags
from explorer import media, waveforms
from explorer.anonymity import names
from explorer.api import filters, parameters
from explorer.api.arrow import ArrowView, to_stream
from explorer.api.classes import track_classes
from explorer.api.error_schema import refused
from explorer.api.errors import ApiError
from explorer.api.points import fresh_response
from explorer.api.schema import (
    ARROW_STREAM,
    SegmentSerializer,
    TaggramSerializer,
    TagValueSerializer,
    WaveformSerializer,
)
from explorer.api.serializers import TrackDetailSerializer, TrackSerializer
from tracks.media import MediaError
from tracks.models import Track
from tracks.queries import with_names

DIGITS = 5  # of activations, which are stored in half precision
CHUNK_ROWS = 20_000  # ids read at once
RETRY_SECONDS = 3  # until a waveform may be there
LEVEL_DIGITS = 3  # of what is drawn a hundred pixels high


@extend_schema_view(list=extend_schema(parameters=[parameters.SelectionParameters]))
class TrackViewSet(ReadOnlyModelViewSet[Track]):
    """Tracks: what is known of them, and where they can be heard."""

    filterset_class = filters.TrackFilter
    lookup_value_converter = "int"

    @cached_property
    def preview_layer(self) -> Layer | None:
        return preview_layer()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "preview_layer": self.preview_layer}

    def get_queryset(self) -> QuerySet[Track]:
        tracks = with_names(Track.objects.order_by("path", "pk"))
        shown = self.action in ("list", "retrieve")
        if shown and not getattr(self, "swagger_fake_view", False):
            tracks = with_extremes(tracks, self.preview_layer)
        if self.action == "retrieve":
            extractions = Extraction.objects.select_related("model").order_by(
                names().order("model", "model__name")
            )
            return tracks.prefetch_related(Prefetch("extractions", extractions))
        return tracks

    def get_serializer_class(self) -> type[BaseSerializer[Track]]:
        return TrackDetailSerializer if self.action == "retrieve" else TrackSerializer

    @extend_schema(
        parameters=[parameters.LayerParameters],
        responses=SegmentSerializer(many=True),
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def segments(self, request: Request, pk: str) -> Response:
        """The track's segments as a layer's network cut them."""
        layer = parameters.checked(parameters.LayerParameters, request.query_params)["layer"]
        positions = (
            SegmentEmbedding.objects.filter(layer=layer, track=self.get_object())
            .order_by("position")
            .values_list("position", flat=True)
        )
        spans = [(position, *layer.span(position)) for position in positions]
        names = ("position", "start", "end")
        return Response([dict(zip(names, span, strict=True)) for span in spans])

    @extend_schema(parameters=[parameters.TaggramParameters], responses=TaggramSerializer)
    @action(detail=True)
    def taggrams(self, request: Request, pk: str) -> Response:
        """A taggram layer's activations for each segment of the track."""
        layer = parameters.checked(parameters.TaggramParameters, request.query_params)["layer"]
        values = track_taggrams(self.get_object(), layer)
        return Response(
            {
                "layer": names().shown("layer", layer.name),
                "tags": layer.tags,
                "segment_seconds": layer.segment_seconds,
                "hop_seconds": layer.hop_seconds,
                "values": values.astype(np.float64).round(DIGITS).tolist(),
            }
        )

    @extend_schema(
        parameters=[parameters.TagsParameters],
        responses=TagValueSerializer(many=True),
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def tags(self, request: Request, pk: str) -> Response:
        """The strongest tags of a stretch, by the network, or by another that has tags."""
        wanted = parameters.checked(parameters.TagsParameters, request.query_params)
        tags = strongest_tags(self.get_object(), **wanted)
        return Response([{"name": name, "value": round(value, DIGITS)} for name, value in tags])

    @extend_schema(
        parameters=[parameters.WaveformParameters],
        responses={
            200: WaveformSerializer,
            422: refused("The file cannot be decoded: the reason."),
            503: refused("Others are measured first, or there is no folder of music."),
        },
        filters=False,
    )
    @action(detail=True)
    def waveform(self, request: Request, pk: str) -> Response:
        """How loud the track is over time; tracks over ten minutes are measured in samples."""
        bins = parameters.checked(parameters.WaveformParameters, request.query_params)["bins"]
        track, path = media.find_audio(int(pk))
        name = f"{track.pk}-{media.file_version(path)}"
        try:
            levels, seconds = waveforms.waveform(path, name=name, bins=bins)
        except MediaError as error:
            raise media.refused(error) from error
        except waveforms.Busy as error:
            message = "Other waveforms are measured first: ask again in a moment."
            retry = {"Retry-After": str(RETRY_SECONDS)}
            raise ApiError(
                HTTPStatus.SERVICE_UNAVAILABLE, "busy", message, headers=retry
            ) from error
        peaks, rms = levels.astype(np.float64).round(LEVEL_DIGITS).tolist()
        return Response({"seconds": round(seconds, LEVEL_DIGITS), "peaks": peaks, "rms": rms})


class TrackClassesView(ArrowView):
    """What points are coloured by: a class for each track."""

    @extend_schema(parameters=[parameters.ClassesParameters], responses=ARROW_STREAM)
    def get(self, request: Request) -> HttpResponse:
        wanted = parameters.checked(parameters.ClassesParameters, request.query_params)
        classes = track_classes(wanted["by"], wanted.get("category", ""), wanted.get("name"))
        content = to_stream(
            {"track": classes.track, "class": classes.values}, {"labels": classes.labels}
        )
        return fresh_response(request._request, content)


class ChosenTracksView(ArrowView):
    """Which tracks a selection chooses, and what its ids stand for."""

    @extend_schema(parameters=[parameters.SelectionParameters], responses=ARROW_STREAM)
    def get(self, request: Request) -> HttpResponse:
        wanted = parameters.selection(request.query_params)
        chosen = wanted.apply(Track.objects.all()).order_by("pk").values_list("pk", flat=True)
        tracks = np.fromiter(chosen.iterator(CHUNK_ROWS), np.int32)
        metadata = {
            "total": Track.objects.count(),
            "unknown": wanted.unknown,
            "names": wanted.names,
        }
        return fresh_response(request._request, to_stream({"track": tracks}, metadata))
