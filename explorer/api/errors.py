"""Errors of views in the shape that all of the site's errors have (`musicexplore.errors`)."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as framework_handler

from explorer.anonymity import names
from musicexplore.errors import error_body, error_response

P = ParamSpec("P")


class ApiError(Exception):
    """What a view of audio (files, clips, waveforms) raises to answer an error."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: dict[str, list[str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = details
        self.headers = headers or {}


class Conflict(exceptions.APIException):
    """What is asked for does not go together with how things stand."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


def bad_parameters(details: dict[str, list[str]]) -> ApiError:
    return ApiError(HTTPStatus.BAD_REQUEST, "invalid", _message(details), details)


def answers_api_errors(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Gives a plain Django view the API's errors: `ApiError`, bad parameters, other methods."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            response = view(*args, **kwargs)
            refused_method = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
            return _not_allowed(response) if refused_method else response
        except exceptions.ValidationError as error:
            refused = bad_parameters(_details(error.detail))
        except ApiError as error:
            refused = error
        return error_response(
            refused.status, refused.code, str(refused), refused.details, refused.headers
        )

    return wrapped


def _not_allowed(response: HttpResponseBase) -> HttpResponseBase:
    message = f"This address answers {response['Allow']} alone."
    return error_response(
        response.status_code, "method_not_allowed", message, headers={"Allow": response["Allow"]}
    )


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's EXCEPTION_HANDLER; None passes unexpected errors on to `server_error`."""
    if isinstance(error, ApiError):
        body = error_body(error.status, error.code, str(error), error.details)
        return Response(body, status=error.status, headers=error.headers)
    response = framework_handler(error, context)
    if response is None:
        return None
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    assert isinstance(error, exceptions.APIException)  # all that the framework answers
    details = _details(error.detail) if isinstance(error, exceptions.ValidationError) else {}
    code = "invalid" if details else str(error.get_codes())
    message = names().withheld(_message(details) or str(error.detail))
    details = {
        field: [names().withheld(sentence) for sentence in sentences]
        for field, sentences in details.items()
    }
    response.data = error_body(response.status_code, code, message, details)
    return response


def _message(details: dict[str, list[str]]) -> str:
    """The first sentence of the details, with the name of what is at fault."""
    for name, sentences in details.items():
        return f"{name}: {sentences[0]}" if name else sentences[0]
    return ""


def _details(detail: Any) -> dict[str, list[str]]:
    """A validation error's nested detail as {name: sentences}; "" names the request as a whole."""
    if isinstance(detail, dict):
        return {
            "" if name == "non_field_errors" else str(name): _sentences(value)
            for name, value in detail.items()
        }
    return {"": _sentences(detail)}


def _sentences(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{name}: {text}" for name, inner in value.items() for text in _sentences(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _sentences(inner)]
    return [str(value)]
