"""The sections of a long recording, and the passages by which a track is introduced."""

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from embeddings.models import Layer, TrackAverage
from embeddings.previews import preview_layer, previews_of, with_extremes
from embeddings.recordings import Section, Sections
from explorer.api import examples, parameters
from explorer.api.error_schema import refused
from explorer.api.errors import Conflict
from explorer.api.section_serializers import LayerPreviewsSerializer, SectionsSerializer
from explorer.api.serializers import credited
from explorer.api.views.playlists import AnyAnswer
from explorer.playlists.cue import cue_sheet
from explorer.playlists.m3u import HAVE_FILES
from explorer.playlists.paths import PathError
from explorer.track_sections import cached_sections
from tracks.models import Track
from tracks.queries import with_names

CUE_TYPE = "application/x-cue"


class PreviewsView(APIView):
    """A track's most typical and its most unusual passage, as a layer hears it.

    They lie around the segment with the least mean cosine distance to all others of the track (its
    medoid), and that with the greatest; silence, and the very ends of a track, count for neither.
    """

    @extend_schema(
        parameters=[parameters.OptionalLayerParameters],
        responses=LayerPreviewsSerializer,
        examples=[OpenApiExample("Previews", examples.PREVIEWS, response_only=True)],
    )
    def get(self, request: Request, pk: int) -> Response:
        get_object_or_404(Track, pk=pk)
        layer = _layer(parameters.checked(parameters.OptionalLayerParameters, request.query_params))
        track = with_extremes(Track.objects.all(), layer).get(pk=pk)
        previews = previews_of(track, layer)
        if previews is None:
            raise NotFound(
                f"{layer.name} has no passages of track {pk}: reduce_all finds those of vectors "
                "that an earlier release stored.",
                code="no_previews",
            )
        answer = {"layer": layer.name, **asdict(previews)}
        return Response(LayerPreviewsSerializer(answer).data)


class SectionsView(APIView):
    """A recording cut where its sound turns for good: the songs of a DJ set, say.

    Found as the best of all cuts, by kernel change-point detection on the segments' vectors; how
    many there are follows from the recording, at most 99.
    """

    @extend_schema(
        parameters=[parameters.SectionsParameters],
        responses=SectionsSerializer,
        examples=[OpenApiExample("Sections", examples.SECTIONS, response_only=True)],
    )
    def get(self, request: Request, pk: int) -> Response:
        layer, cut = _cut(get_object_or_404(Track, pk=pk), request)
        answer = {
            "layer": layer.name,
            "shortest": cut.shortest,
            "sections": [_described(section, layer) for section in cut.sections],
        }
        return Response(SectionsSerializer(answer).data)


class CueSheetView(APIView):
    """The same as a cue sheet, to be laid beside the file: players list its sections as tracks."""

    content_negotiation_class = AnyAnswer

    @extend_schema(
        parameters=[parameters.SectionsParameters],
        responses={
            (200, CUE_TYPE): OpenApiTypes.BINARY,
            409: refused("A cue sheet cannot name the file."),
        },
        examples=[OpenApiExample("Cue sheet", examples.CUE_SHEET, media_type=CUE_TYPE)],
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        track = get_object_or_404(with_names(Track.objects.all()), pk=pk)
        if track.state not in HAVE_FILES:
            raise NotFound("There is no file of this track that a cue sheet could be of.")
        _, cut = _cut(track, request)
        artists = [artist["name"] for artist in credited(track)]
        try:
            sheet = cue_sheet(track, artists, cut.sections)
        except PathError as error:
            raise Conflict(f"A cue sheet cannot name the file: {error}.") from error
        response = HttpResponse(sheet.encode(), content_type=f"{CUE_TYPE}; charset=utf-8")
        stem = track.path.rpartition("/")[2].rpartition(".")[0] or f"track {pk}"
        disposition = content_disposition_header(as_attachment=True, filename=f"{stem}.cue")
        response.headers["Content-Disposition"] = disposition or "attachment"
        return response


def _layer(wanted: dict[str, Any]) -> Layer:
    layer = wanted.get("layer") or preview_layer()
    if layer is None:
        raise NotFound("No network has listened to anything yet.")
    return layer


def _cut(track: Track, request: Request) -> tuple[Layer, Sections]:
    wanted = parameters.checked(parameters.SectionsParameters, request.query_params)
    layer = _layer(wanted)
    try:
        return layer, cached_sections(
            track, layer, shortest=wanted.get("shortest"), sensitivity=wanted["sensitivity"]
        )
    except TrackAverage.DoesNotExist as error:
        raise NotFound(f"{layer.name} has nothing of track {track.pk}.") from error


def _described(section: Section, layer: Layer) -> dict[str, Any]:
    start, end = layer.span(section.typical)
    return {
        **asdict(section),
        "typical": {"position": section.typical, "start": start, "end": end},
        "tags": [{"name": name, "value": value} for name, value in section.tags],
    }
