"""What pages may load: nothing from other sites, and no scripts written into a page.

A second wall behind the escaping of templates, for names and tags come from strangers' files.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",  # thumbnails in the admin, icons of the API's documentation
        "media-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",  # as both of these have
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)


class ContentPolicyMiddleware:
    """Gives every answer the Content-Security-Policy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        response.headers["Content-Security-Policy"] = POLICY
        return response
