"""Playlists: files of what is selected, and those that are kept."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count, Prefetch, QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, negotiation, permissions, serializers
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import ModelViewSet

from embeddings.stretches import Stretches
from explorer.anonymity import names
from explorer.api.error_schema import refused
from explorer.api.parameters import checked
from explorer.api.playlist_serializers import (
    ExportSerializer,
    KindSerializer,
    PlaylistDetailSerializer,
    PlaylistSerializer,
    SelectionExportSerializer,
    style_of,
)
from explorer.api.selection import resolve
from explorer.models import Playlist, PlaylistItem
from explorer.playlists.entries import entries
from explorer.playlists.m3u import NothingToPlayError, m3u8_lines
from explorer.playlists.saved import stretches_of_playlist
from explorer.playlists.tables import csv_lines, write_parquet
from tracks.models import TrackArtist

CONTENT_TYPES = {
    "m3u8": "audio/x-mpegurl; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
FILES = {(200, kind.partition(";")[0]): OpenApiTypes.BINARY for kind in CONTENT_TYPES.values()}
NO_FOLDER = {503: refused("Absolute paths take a folder of music, and none is set.")}
LINES = 500  # sent at once


class NoMusicFolder(exceptions.APIException):
    status_code = 503
    default_code = "no-audio-dir"


class AnyAnswer(negotiation.DefaultContentNegotiation):
    """Sends the kind of file that was asked for by name, whatever the Accept header says."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, first.media_type or ""


class ExportView(APIView):
    """A selection as a file. It writes nothing, and travels by POST only for its size."""

    permission_classes = [permissions.AllowAny]
    content_negotiation_class = AnyAnswer

    @extend_schema(
        parameters=[KindSerializer], request=SelectionExportSerializer, responses=FILES | NO_FOLDER
    )
    def post(self, request: Request) -> HttpResponseBase:
        kind = checked(KindSerializer, request.query_params)["kind"]
        wanted = SelectionExportSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        selection = wanted.validated_data["selection"]
        layer = selection.get("layer")
        about = (
            names().row({"layer": layer.name, "hop_seconds": layer.hop_seconds}) if layer else {}
        )
        return _file(request, resolve(selection), kind, wanted.validated_data, about=about)


class PlaylistViewSet(ModelViewSet[Playlist]):
    """Playlists that are kept. Their items are replaced as a whole."""

    lookup_value_converter = "int"
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet[Playlist]:
        playlists = Playlist.objects.order_by("name", "pk")
        if self.action == "list":
            return playlists.annotate(item_count=Count("items"))
        if self.action == "export":
            return playlists
        credits = TrackArtist.objects.select_related("artist")
        items = PlaylistItem.objects.select_related("track").prefetch_related(
            Prefetch("track__credits", credits)
        )
        return playlists.prefetch_related(Prefetch("items", items.order_by("place", "pk")))

    def get_serializer_class(self) -> type[BaseSerializer[Playlist]]:
        return PlaylistSerializer if self.action == "list" else PlaylistDetailSerializer

    @extend_schema(parameters=[KindSerializer, ExportSerializer], responses=FILES | NO_FOLDER)
    @action(detail=True, content_negotiation_class=AnyAnswer, pagination_class=None)
    def export(self, request: Request, pk: str) -> HttpResponseBase:
        """The playlist as a file."""
        playlist = self.get_object()
        kind = checked(KindSerializer, request.query_params)["kind"]
        options = checked(ExportSerializer, request.query_params)
        return _file(request, stretches_of_playlist(playlist), kind, options, name=playlist.name)


def _file(
    request: Request,
    stretches: Stretches,
    kind: str,
    options: dict[str, Any],
    *,
    name: str = "",
    about: dict[str, object] | None = None,
) -> HttpResponseBase:
    """A file of stretches; `about` is what Parquet's metadata says of all of them."""
    try:
        style = style_of(options, kind)
    except ImproperlyConfigured as error:
        raise NoMusicFolder(str(error)) from error
    if kind == "m3u8" and not options["times"]:
        stretches = stretches.collapsed()
    rows = entries(stretches)
    response: HttpResponseBase
    if kind == "parquet":
        response = FileResponse(write_parquet(rows, style, about or {}))
    elif kind == "csv":
        response = StreamingHttpResponse(chunks(csv_lines(rows, style)))
    else:
        lines = m3u8_lines(
            rows, style, site=request.build_absolute_uri, times=options["times"], name=name
        )
        try:
            lines = chain([next(lines)], lines)
        except NothingToPlayError as error:
            raise serializers.ValidationError({"selection": [str(error)]}) from error
        response = StreamingHttpResponse(chunks(lines))
    response["Content-Type"] = CONTENT_TYPES[kind]
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{_file_name(name) or 'selection'}.{kind}"
    )
    response["Cache-Control"] = "private, no-cache"
    return response


def _file_name(name: str) -> str:
    """A playlist's name without what some file system refuses in one."""
    return "".join("_" if char in '<>:"/\\|?*' else char for char in name).strip(". ")[:100]


def chunks(lines: Iterator[str]) -> Iterator[str]:
    while block := "".join(islice(lines, LINES)):
        yield block
