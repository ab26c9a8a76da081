"""Search by a file: it is sent, heard, played, placed on maps and compared, and forgotten."""

from http import HTTPStatus
from typing import Any

import numpy as np
from django.conf import settings
from django.http import HttpRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from numpy.typing import NDArray
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from embeddings.audio.waveform import resized
from embeddings.file_queries import queries, rate, service
from embeddings.file_queries.room import NoRoom
from embeddings.models import FileQuery, FileQueryVectors, Upload
from explorer import uploads
from explorer.api import parameters, query_examples
from explorer.api.error_schema import refused
from explorer.api.errors import ApiError, Conflict
from explorer.api.permissions import MayAsk, MayWork, may_work
from explorer.api.query_serializers import (
    NewHearingSerializer,
    QueriesSerializer,
    QuerySerializer,
    limits,
)
from explorer.api.schema import WaveformSerializer
from tracks.media import MediaError

LEVEL_DIGITS = 3
BUSY = refused("Many files wait; Retry-After says when to ask again.")
GONE = "There is no such file here, or no longer: files are forgotten after an hour."


class QueriesView(APIView):
    """Files that somebody searches by. Only those that are kept are listed."""

    permission_classes = [MayAsk]

    @extend_schema(
        operation_id="v1_queries_limits",
        responses=QueriesSerializer,
        examples=[OpenApiExample("Limits", query_examples.LIMITS, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """How large and long a file may be, and the files that are kept."""
        kept = FileQuery.objects.filter(expires_at=None) if may_work(request) else []
        return Response(QueriesSerializer({**limits(), "kept": kept}).data)

    @extend_schema(
        parameters=[parameters.NewQueryParameters],
        request={"application/octet-stream": OpenApiTypes.BINARY, "audio/*": OpenApiTypes.BINARY},
        responses={
            202: QuerySerializer,
            408: refused("The file took too long to arrive."),
            411: refused("The request does not say how long the file is."),
            413: refused("The file is larger than `most_bytes`."),
            415: refused("It is no audio, or of a kind that is not read."),
            422: refused("It is damaged, too long or too short."),
            429: refused("Too many files from one address; Retry-After says when it takes more."),
            503: BUSY,
            507: refused("There is no room for it: the reason and its remedy."),
        },
        examples=[
            OpenApiExample(
                "Queued", query_examples.QUEUED, response_only=True, status_codes=["202"]
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Send an audio file, as the body, to be heard by a network; forgotten after an hour.

        The body is checked at once: 411 without its length, 413 too large, 415 no audio, 422
        damaged, too long or too short, 429 too many from this address, 503 busy, 507 no room.
        Whoever may look may send.
        """
        wanted = parameters.checked(parameters.NewQueryParameters, request.query_params)
        query = _taken(request._request, request, wanted)
        return Response(QuerySerializer(query).data, status=HTTPStatus.ACCEPTED)


class QueryView(APIView):
    """A file that somebody searches by; whoever knows its token may look."""

    permission_classes = [MayAsk]

    @extend_schema(
        responses=QuerySerializer,
        examples=[OpenApiExample("Heard", query_examples.HEARD, response_only=True)],
    )
    def get(self, request: Request, token: str) -> Response:
        """How far each network is with it, and where it can be heard."""
        return Response(QuerySerializer(find(token)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, token: str) -> Response:
        """Forget it at once, and stop whoever listens to it. A kept one asks for an account."""
        query = find(token)
        if query.expires_at is None and not may_work(request):
            self.permission_denied(request, "Whoever kept it may delete it: log in.")
        service.forget(query)
        return Response(status=HTTPStatus.NO_CONTENT)


class QueryHearingsView(APIView):
    """Networks that hear a file."""

    permission_classes = [MayAsk]

    @extend_schema(
        request=NewHearingSerializer,
        responses={202: QuerySerializer, 503: BUSY},
        examples=[
            OpenApiExample("Network", query_examples.NETWORK, request_only=True),
            OpenApiExample(
                "Queued", query_examples.QUEUED, response_only=True, status_codes=["202"]
            ),
        ],
    )
    def post(self, request: Request, token: str) -> Response:
        """Have another network hear the file, or one that failed try again."""
        query = find(token)
        checked = NewHearingSerializer(data=request.data)
        checked.is_valid(raise_exception=True)
        model = checked.validated_data["model"]
        if model not in queries.models_that_heard(query):
            try:
                service.ask(query, model)
            except service.Busy as error:
                raise uploads.too_busy(_WAITING) from error
        return Response(QuerySerializer(query).data, status=HTTPStatus.ACCEPTED)


class QueryKeptView(APIView):
    """Whether a file is kept."""

    permission_classes = [MayWork]

    @extend_schema(
        request=None,
        responses={200: QuerySerializer, 409: refused("It has not been heard yet.")},
        examples=[OpenApiExample("Kept", query_examples.KEPT, response_only=True)],
    )
    def post(self, request: Request, token: str) -> Response:
        """Keep the file and what was heard in it until somebody deletes it."""
        query = find(token)
        if not queries.models_that_heard(query):
            raise Conflict("It has not been heard yet: keep it once it has.")
        service.keep(query)
        return Response(QuerySerializer(query).data)


class QueryWaveformView(APIView):
    @extend_schema(
        parameters=[parameters.WaveformParameters],
        responses=WaveformSerializer,
        examples=[OpenApiExample("Waveform", query_examples.WAVEFORM, response_only=True)],
    )
    def get(self, request: Request, token: str) -> Response:
        """How loud the file is over time."""
        bins = parameters.checked(parameters.WaveformParameters, request.query_params)["bins"]
        query = find(token)
        levels = queries.levels(query)
        if not levels.shape[1]:
            raise NotFound("It has not been heard yet.", code="not_heard")
        peaks, rms = resized(levels, bins).astype(np.float64).round(LEVEL_DIGITS).tolist()
        seconds = round(query.duration or 0, LEVEL_DIGITS)
        return Response({"seconds": seconds, "peaks": peaks, "rms": rms})


def find(token: str) -> FileQuery:
    """The file of a token, while it lives. Raises `NotFound`."""
    query = queries.living().filter(token=token).first()
    if query is None:
        raise NotFound(GONE, code="gone")
    return query


def heard(query: FileQuery, layer: Any) -> queries.Heard:
    """What a layer heard in it. Raises `NotFound`."""
    try:
        return queries.heard(query, layer)
    except FileQueryVectors.DoesNotExist as error:
        raise NotFound(f"{layer.name} has not heard this file.", code="not_heard") from error


def rows_between(layer: Any, vectors: NDArray[np.float32], start: float, end: float) -> slice:
    """The segments that share time with a stretch of the file, in seconds."""
    first = max(int(np.floor((start - layer.segment_seconds) / layer.hop_seconds + 1e-6)) + 1, 0)
    last = int(min(np.ceil(end / layer.hop_seconds - 1e-6), len(vectors)))
    return slice(first, last)


_WAITING = "Many files wait to be heard: try again in a moment."


def _taken(http: HttpRequest, request: Request, wanted: dict[str, Any]) -> FileQuery:
    """The file of a request, checked. Raises `ApiError`."""
    most = limits()["most_bytes"]
    length = uploads.announced_length(http, most=most)
    path = None
    upload = None
    try:
        with uploads.turn():
            path = service.arriving(length)
            # Counted last: one that finds no place costs its sender nothing.
            upload = _counted(request)
            uploads.receive(http, path, most=most)
        return service.take(path, wanted["name"], wanted["model"])[0]
    except MediaError as error:
        kinds = ("not-audio", "unsupported", "empty")
        status = (
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE
            if error.code in kinds
            else HTTPStatus.UNPROCESSABLE_ENTITY
        )
        raise ApiError(status, error.code, str(error)) from error
    except NoRoom as error:
        raise ApiError(HTTPStatus.INSUFFICIENT_STORAGE, "no_room", str(error)) from error
    except service.Busy as error:
        if upload is not None:  # others were faster while it arrived
            rate.give_back(upload)
        raise uploads.too_busy(_WAITING) from error
    finally:
        if path is not None:
            path.unlink(missing_ok=True)


def _counted(request: Request) -> Upload:
    """The note that an address sends a file. Raises `ApiError` where it has sent too many."""
    try:
        return rate.count_upload(BaseThrottle().get_ident(request))
    except rate.TooMany as error:
        message = (
            f"From one address, {settings.FILE_QUERIES_PER_HOUR} files an hour are taken. "
            f"Try again in {max(round(error.seconds / 60), 1)} minutes."
        )
        retry = {"Retry-After": str(error.seconds)}
        raise ApiError(HTTPStatus.TOO_MANY_REQUESTS, "throttled", message, headers=retry) from error
