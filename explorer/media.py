"""Music to the ear: whole files in parts, clips cut to the second, and covers."""

import io
import mimetypes
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.http import require_safe

from embeddings.file_queries import place
from embeddings.file_queries.queries import living
from explorer import clips
from explorer.api.errors import ApiError, answers_api_errors, bad_parameters
from explorer.api.parameters import ClipParameters, checked
from explorer.disk_cache import DiskCache
from explorer.ranges import file_response
from tracks.files import absolute_path, audio_root
from tracks.media import MediaError
from tracks.models import Track
from tracks.provider import Provider, provider_of, stream_address

CLIPS = DiskCache("clips", max_bytes=512 << 20)
_CLIP_FORMAT = 1  # part of the names of cached clips: raise it when the same request sounds new

# Each thread that has ever decoded keeps some 10 MB (of the C library's allocator): few threads
# do it for all requests, as many as can have a processor anyway.
CUTTERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="clips")

# The browser asks each time and is told "not modified": the same address may name another file
# tomorrow, when a library was made anew.
REVALIDATE = "private, no-cache"
NOT_KEPT = "private, no-store"

_CONTENT_TYPES = {
    ".mp3": "audio/mpeg",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".wav": "audio/wav",
    ".aiff": "audio/aiff",
    ".aif": "audio/aiff",
    ".wma": "audio/x-ms-wma",
}
# Containers that hold several codecs, by which browsers tell whether they can play them.
_CODECS = {
    "audio/ogg": {"opus": "opus", "vorbis": "vorbis", "flac": "flac"},
    "audio/mp4": {"aac": "mp4a.40.2", "alac": "alac"},
}


@answers_api_errors
@require_safe
def audio(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A track's file as it is, whole or in parts; or the way to where it is streamed from."""
    track = _find_track(pk)
    if provider_of(track) == Provider.JAMENDO:
        return _to_stream(track)
    path = _find_file(track)
    if settings.X_ACCEL_PREFIX:
        return _by_nginx(track, path)
    return _whole_file(request, path, content_type(track))


@answers_api_errors
@require_safe
def clip(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A stretch of a track, as FLAC: what hovering plays, and formats that browsers cannot."""
    wanted = checked(ClipParameters, request.GET)
    return clip_response(request, pk, wanted["start"], wanted["end"])


def clip_response(
    request: HttpRequest, pk: int, start: float, end: float, *, etag: str = ""
) -> HttpResponseBase:
    """A stretch of a track (seconds); its `etag` names the track unless another is given.

    Raises `ApiError`.
    """
    track, path = find_audio(pk)
    # In whole milliseconds, so that requests that sound the same share a file.
    name = f"{track.pk}-{file_version(path)}-{start:.3f}-{end:.3f}-{_CLIP_FORMAT}"
    return file_response(
        request,
        lambda: CLIPS.get_or_make(f"{name}.flac", lambda: _make_clip(path, start, end)),
        content_type=clips.CONTENT_TYPE,
        etag=f'"{etag or name}"',
        cache_control=REVALIDATE,
    )


@answers_api_errors
@require_safe
def query_audio(request: HttpRequest, token: str) -> HttpResponseBase:
    """The audio of a file that somebody searches by, as FLAC."""
    return _whole_file(request, _query_copy(token), clips.CONTENT_TYPE, NOT_KEPT)


@answers_api_errors
@require_safe
def query_clip(request: HttpRequest, token: str) -> HttpResponseBase:
    """A stretch of it. It is not cached: nothing of the file is to be left behind."""
    wanted = checked(ClipParameters, request.GET)
    path = _query_copy(token)
    name = f"{file_version(path)}-{wanted['start']:.3f}-{wanted['end']:.3f}-{_CLIP_FORMAT}"
    return file_response(
        request,
        lambda: io.BytesIO(_make_clip(path, wanted["start"], wanted["end"])),
        content_type=clips.CONTENT_TYPE,
        etag=f'"{name}"',
        cache_control=NOT_KEPT,
    )


@answers_api_errors
@require_safe
def cover(request: HttpRequest, name: str) -> HttpResponseBase:
    """An album's thumbnail; the address admits plain file names only."""
    path = os.fsencode(Path(settings.MUSICEXPLORE_HOME) / "covers" / name)
    return _whole_file(request, path, mimetypes.guess_type(name)[0] or "")


def content_type(track: Track) -> str:
    """The media type of a track's file, with the codec where that decides who can play it."""
    kind = _CONTENT_TYPES.get(Path(track.path).suffix.lower(), "application/octet-stream")
    codec = _CODECS.get(kind, {}).get(track.codec)
    return f"{kind}; codecs={codec}" if codec else kind


def find_audio(pk: int) -> tuple[Track, bytes]:
    """A track and its file, with links resolved. Raises `ApiError`."""
    track = _find_track(pk)
    return track, _find_file(track)


def _find_track(pk: int) -> Track:
    track = Track.objects.filter(pk=pk).first()
    if track is None:
        raise ApiError(HTTPStatus.NOT_FOUND, "not_found", "There is no such track.")
    return track


def _to_stream(track: Track) -> HttpResponseBase:
    """The stream's address is in no page, for it holds the client id."""
    response = HttpResponseRedirect(stream_address(track))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _by_nginx(track: Track, path: bytes) -> HttpResponseBase:
    """Has the server in front send the file: it knows of ranges, ETags and dates itself."""
    _status(path)
    below = os.path.relpath(path, os.fsencode(audio_root()))
    response = HttpResponse(content_type=content_type(track))
    response.headers["X-Accel-Redirect"] = f"{settings.X_ACCEL_PREFIX.rstrip('/')}/{quote(below)}"
    response.headers["Cache-Control"] = REVALIDATE
    return response


def _find_file(track: Track) -> bytes:
    if track.state != Track.State.PRESENT:
        reason = track.state_reason or f"The track is {track.get_state_display()}."
        raise ApiError(HTTPStatus.NOT_FOUND, track.state, reason)
    try:
        return absolute_path(track)
    except OSError as error:  # gone, or outside AUDIO_DIR: either way nothing is to be heard here
        raise _missing() from error
    except ImproperlyConfigured as error:
        raise ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "no-audio-dir", str(error)) from error


def _query_copy(token: str) -> bytes:
    """A file of our own: what was sent is opened by nothing here. Raises `ApiError`."""
    query = living().filter(token=token).first()
    if query is None:
        message = "There is no such file here, or no longer: files are forgotten after an hour."
        raise ApiError(HTTPStatus.NOT_FOUND, "gone", message)
    return os.fsencode(place.copy(query))


def _whole_file(
    request: HttpRequest, path: bytes, kind: str, cache_control: str = REVALIDATE
) -> HttpResponseBase:
    status = _status(path)
    return file_response(
        request,
        lambda: _open(path),
        content_type=kind,
        etag=f'"{_version(status)}"',
        modified=status.st_mtime,
        cache_control=cache_control,
    )


def _status(path: bytes) -> os.stat_result:
    """Of a regular file: a pipe would block whoever opens it. Raises `ApiError`."""
    try:
        status = os.lstat(path)
    except OSError as error:
        raise _missing() from error
    if not stat.S_ISREG(status.st_mode):
        raise _missing()
    return status


def _open(path: bytes) -> BinaryIO:
    try:
        # Links are resolved by now: one put in the file's place meanwhile is not followed.
        return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")
    except OSError as error:
        raise _missing() from error


def file_version(path: bytes) -> str:
    """What changes when a file does. Raises `ApiError`."""
    return _version(_status(path))


def refused(error: MediaError) -> ApiError:
    """What to answer where audio cannot be decoded."""
    gone = error.code in {"missing", "no-permission"}
    status = HTTPStatus.NOT_FOUND if gone else HTTPStatus.UNPROCESSABLE_ENTITY
    return ApiError(status, error.code, str(error))


def _version(status: os.stat_result) -> str:
    return f"{status.st_ino:x}-{status.st_size:x}-{status.st_mtime_ns:x}"


def _missing() -> ApiError:
    return ApiError(HTTPStatus.NOT_FOUND, "missing", "The file is not there, or not to be read.")


def _make_clip(path: bytes, start: float, end: float) -> bytes:
    try:
        return CUTTERS.submit(clips.make_clip, path, start=start, end=end).result()
    except clips.BeyondEnd as error:
        raise bad_parameters({"start": [str(error)]}) from error
    except MediaError as error:
        raise refused(error) from error
