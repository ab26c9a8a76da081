"""One shape for every error of the API: problem details (RFC 9457), `application/problem+json`.

`code` is for programs, `detail` is a sentence for people, `errors` names the parameters or fields
at fault, each with a list of sentences; `type` leads to what the API's page of problems says of
the status, and `title` is the same for all of its problems. Audio, clips and covers count as the
API, whose answers they are found in; all other addresses are pages, whose errors are pages.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views import csrf, defaults

PROBLEM = "application/problem+json"

# What lies below a track's page, or a file's, is its audio.
_API = re.compile(r"/(api|covers|(tracks|queries)/[^/]*)/")


def error_body(
    status: int, code: str, detail: str, errors: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    return {
        "type": f"{reverse('api-problems')}#{int(status)}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
        "errors": errors or {},
    }


def error_response(
    status: int,
    code: str,
    detail: str,
    errors: dict[str, list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JsonResponse:
    body = error_body(status, code, detail, errors)
    return JsonResponse(body, status=status, headers=dict(headers or {}), content_type=PROBLEM)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The site's answer to what Django refuses, as a host that is not its own; the log says why."""
    if _of_api(request):
        message = "The request is malformed, or asks for a host that is not in ALLOWED_HOSTS."
        return error_response(HTTPStatus.BAD_REQUEST, "bad_request", message)
    return defaults.bad_request(request, exception)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The site's answer to a form that another site may have sent."""
    if _of_api(request):
        return error_response(HTTPStatus.FORBIDDEN, "csrf", reason)
    return csrf.csrf_failure(request, reason)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The site's answer to addresses that do not exist."""
    if _of_api(request):
        message = f"There is nothing at {request.path}."
        return error_response(HTTPStatus.NOT_FOUND, "not_found", message)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """The site's answer when a view fails unexpectedly; the log has the reason."""
    if _of_api(request):
        message = "Something went wrong here; the server's log says what."
        return error_response(HTTPStatus.INTERNAL_SERVER_ERROR, "error", message)
    return defaults.server_error(request)


def _of_api(request: HttpRequest) -> bool:
    return _API.match(request.path) is not None
