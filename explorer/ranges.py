"""Files over HTTP in parts (RFC 9110, section 14), as players ask for them.

A player asks for the rest of a file, reads a little and pauses, for hours perhaps. Were all of it
sent in answer, each paused player would hold a thread of the server; so the rest is answered with
its first part, which fits the buffers between here and there, and the player asks on (RFC 9110,
15.3.7, lets a server send less than was asked for). "The rest" is `bytes=0-` and, as Chromium
asks every other time, a range that ends with the file.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date_safe

from musicexplore.errors import error_response

PART_BYTES = 512 << 10
_BLOCK_BYTES = 64 << 10  # read and sent at once

_SINGLE_RANGE = re.compile(r"^bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})$", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class ByteRange:
    """Bytes `start` to `stop` of a file, without `stop`."""

    start: int
    stop: int


class UnsatisfiableRange(ValueError):
    """A range that begins beyond the end of the file."""


def parse_range(header: str, size: int) -> ByteRange | None:
    """The part of a file of `size` bytes that a Range header asks for.

    None, which means the whole file, for what may be ignored: other units, malformed headers, and
    several ranges at once. The rest of the file is cut to PART_BYTES. Raises `UnsatisfiableRange`.
    """
    match = _SINGLE_RANGE.match(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:  # the last so many bytes
        start, stop = max(size - int(last), 0), size
    elif last and int(last) < int(first):
        return None
    elif last and int(last) < size - 1:
        start, stop = int(first), int(last) + 1
    else:
        start, stop = int(first), min(int(first) + PART_BYTES, size)
    if start >= size:
        raise UnsatisfiableRange(header)
    return ByteRange(start, stop)


class FilePart:
    """A part of an open file, block by block; closes the file."""

    def __init__(self, file: BinaryIO, part: ByteRange) -> None:
        self._file = file
        self._part = part

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(self._part.start)
        left = self._part.stop - self._part.start
        while left > 0 and (block := self._file.read(min(_BLOCK_BYTES, left))):
            left -= len(block)
            yield block

    def close(self) -> None:
        self._file.close()


def file_response(
    request: HttpRequest,
    open_file: Callable[[], BinaryIO],
    *,
    content_type: str,
    etag: str,
    modified: float | None = None,
    cache_control: str,
) -> HttpResponseBase:
    """Answers GET and HEAD, ranges and conditions for a file, opened if it is to be sent.

    `etag` is a strong tag in quotes, `modified` in seconds since 1970.
    """
    last_modified = None if modified is None else int(modified)
    response: HttpResponseBase | None = get_conditional_response(request, etag, last_modified)
    if response is None:
        response = _content(request, open_file(), etag, last_modified)
        response.headers.setdefault("Content-Type", content_type)
    elif response.status_code == HTTPStatus.PRECONDITION_FAILED:
        message = "The file is not the one that the request is about."
        response = error_response(response.status_code, "precondition_failed", message)
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = cache_control
    if last_modified is not None:
        response.headers["Last-Modified"] = http_date(last_modified)
    return response


def _content(
    request: HttpRequest, file: BinaryIO, etag: str, modified: int | None
) -> HttpResponseBase:
    size = file.seek(0, os.SEEK_END)
    part = None
    # Range means something for GET alone (RFC 9110, 14.2).
    if request.method == "GET" and _if_range_holds(request, etag, modified):
        try:
            part = parse_range(request.headers.get("Range", ""), size)
        except UnsatisfiableRange:
            file.close()
            return error_response(
                HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                "range_not_satisfiable",
                f"The range begins beyond the end of the file, which has {size} bytes.",
                headers={"Content-Range": f"bytes */{size}"},
            )
    sent = part or ByteRange(0, size)
    response = StreamingHttpResponse(FilePart(file, sent))
    del response.headers["Content-Type"]
    response.headers["Content-Length"] = str(sent.stop - sent.start)
    if part:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    return response


def _if_range_holds(request: HttpRequest, etag: str, modified: int | None) -> bool:
    """Whether the file is still the one that the asker has a part of."""
    condition = request.headers.get("If-Range")
    if condition is None:
        return True
    if condition.startswith(('"', "W/")):
        return condition == etag  # a weak tag never equals a strong one
    return modified is not None and parse_http_date_safe(condition) == modified
