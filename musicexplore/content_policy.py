"""What pages may load: nothing from other sites, and no scripts written into a page.

A second wall behind the escaping of templates, for names and tags come from strangers' files.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


def policy() -> str:
    """The policy, under the settings as they are: sound may also come from Jamendo's streams."""
    return "; ".join(
        [
            "default-src 'self'",
            "img-src 'self' data:",  # thumbnails in the admin, icons of the API's documentation
            f"media-src 'self' blob:{_streams()}",
            "style-src 'self' 'unsafe-inline'",  # as both of these have
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def _streams() -> str:
    if not settings.JAMENDO_CLIENT_ID:
        return ""
    url = urlsplit(settings.JAMENDO_STREAM_URL)
    # It leads on to whichever of Jamendo's servers has the track.
    return f" {url.scheme}://{url.netloc} https://*.jamendo.com"


class ContentPolicyMiddleware:
    """Gives every answer the Content-Security-Policy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._policy = policy()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        response.headers["Content-Security-Policy"] = self._policy
        return response
