"""A file on its way here: straight to the disk, never whole in memory, within its limits."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path

from django.http import HttpRequest, UnreadablePostError

from explorer.api.errors import ApiError

BLOCK_BYTES = 1 << 16
PATIENCE_SECONDS = 30  # and so many more as the file takes at the slowest speed
SLOWEST_SPEED = 200_000  # bytes a second: a hundred megabytes in eight minutes
RETRY_SECONDS = 5
# Each holds one of the server's threads until its last byte: most are left for everybody else.
_ARRIVING = threading.BoundedSemaphore(4)


@contextmanager
def turn() -> Iterator[None]:
    """One of the few places of files on their way. Raises `ApiError` where all are taken."""
    if not _ARRIVING.acquire(blocking=False):
        raise too_busy("Others send their files just now: try again in a moment.")
    try:
        yield
    finally:
        _ARRIVING.release()


def receive(request: HttpRequest, path: Path, *, most: int) -> None:
    """Write a request's body of at most so many bytes to a new file, within `turn`.

    Raises `ApiError`.
    """
    length = announced_length(request, most=most)
    seconds = PATIENCE_SECONDS + length / SLOWEST_SPEED
    with _ended_after(seconds, request) as late, path.open("xb") as file:
        file.truncate(length)  # so that whoever asks for room meanwhile counts all of it
        while length > 0:
            block = _read(request, min(BLOCK_BYTES, length))
            if late.is_set():
                message = f"The file had not arrived after {seconds:.0f} s."
                raise ApiError(HTTPStatus.REQUEST_TIMEOUT, "too_slow", message)
            if not block:
                message = "The file ended before all of it had arrived: send it again."
                raise ApiError(HTTPStatus.BAD_REQUEST, "incomplete", message)
            file.write(block)
            length -= len(block)


def announced_length(request: HttpRequest, *, most: int) -> int:
    """Bytes that a request says it brings. Raises `ApiError` for none, or more than so many."""
    try:
        length = int(request.headers.get("Content-Length", ""))
    except ValueError as error:
        message = "Say how long the file is, in Content-Length."
        raise ApiError(HTTPStatus.LENGTH_REQUIRED, "length_required", message) from error
    if length > most:
        message = (
            f"The file has {length / 1e6:,.0f} MB, and at most {most / 1e6:,.0f} MB are taken."
        )
        raise ApiError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", message)
    return length


def too_busy(message: str) -> ApiError:
    """What to answer where it is worth to ask again in a moment."""
    retry = {"Retry-After": str(RETRY_SECONDS)}
    return ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "busy", message, headers=retry)


def _read(request: HttpRequest, number: int) -> bytes:
    try:
        return request.read(number)
    except UnreadablePostError:
        return b""


@contextmanager
def _ended_after(seconds: float, request: HttpRequest) -> Iterator[threading.Event]:
    """Ends the reading of a request after so many seconds, and tells so by the event.

    Reading waits until a whole block is there, for ever where the sender has stopped: only the
    connection's end wakes it. Answers can still be written.
    """
    late = threading.Event()

    def end() -> None:
        late.set()
        connection = request.META.get("gunicorn.socket")
        if connection is not None:
            with suppress(OSError):  # it is closed already
                connection.shutdown(socket.SHUT_RD)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
