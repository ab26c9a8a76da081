"""Static files as they are at the moment of the request."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import MissingFileError, Response


class CurrentFile:
    """A file whose size and date are asked for anew each time."""

    def __init__(self, look: partial[Any]) -> None:
        self._look = look

    def get_response(self, method: str, headers: Mapping[str, Any]) -> Response:
        try:
            return self._look().get_response(method, headers)
        except (MissingFileError, FileNotFoundError):
            return Response(HTTPStatus.NOT_FOUND, [], None)


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise, which otherwise sends files with the lengths that they had when it started.

    The front end may be built anew under a running site. Which files there are is settled at the
    start, so that no address from outside is looked for on the disk.
    """

    def get_static_file(
        self, path: str, url: str, stat_cache: Mapping[str, Any] | None = None
    ) -> CurrentFile:
        return CurrentFile(partial(super().get_static_file, path, url))
