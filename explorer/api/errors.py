"""Errors of views in the shape that all of the site's errors have (`musicexplore.errors`)."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from rest_framework import exceptions
from rest_framework.views import exception_handler as framework_handler

from explorer.anonymity import names
from musicexplore.errors import error_response

P = ParamSpec("P")


# What the framework says of an error in headers.
TOLD = ("WWW-Authenticate", "Retry-After")


class ApiError(Exception):
    """What a view of audio (files, clips, waveforms) raises to answer an error."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        errors: dict[str, list[str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.errors = errors
        self.headers = headers or {}


class Conflict(exceptions.APIException):
    """What is asked for does not go together with how things stand."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


def bad_parameters(errors: dict[str, list[str]]) -> ApiError:
    return ApiError(HTTPStatus.BAD_REQUEST, "invalid", _first(errors), errors)


def answers_api_errors(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Gives a plain Django view the API's errors: `ApiError`, bad parameters, other methods."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            response = view(*args, **kwargs)
            refused_method = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
            return _not_allowed(response) if refused_method else response
        except exceptions.ValidationError as error:
            refused = bad_parameters(_by_name(error.detail))
        except ApiError as error:
            refused = error
        return _answer(refused)

    return wrapped


def _answer(error: ApiError) -> HttpResponse:
    return error_response(error.status, error.code, str(error), error.errors, error.headers)


def _not_allowed(response: HttpResponseBase) -> HttpResponseBase:
    message = f"This address answers {response['Allow']} alone."
    return error_response(
        response.status_code, "method_not_allowed", message, headers={"Allow": response["Allow"]}
    )


def handle_exception(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """REST framework's EXCEPTION_HANDLER; None passes unexpected errors on to `server_error`.

    Its answers are the same whatever was asked for, as Arrow: no renderer takes part in them.
    """
    if isinstance(error, ApiError):
        return _answer(error)
    response = framework_handler(error, context)
    if response is None:
        return None
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    assert isinstance(error, exceptions.APIException)  # all that the framework answers
    errors = _by_name(error.detail) if isinstance(error, exceptions.ValidationError) else {}
    code = "invalid" if errors else str(error.get_codes())
    detail = names().withheld(_first(errors) or str(error.detail))
    errors = {
        field: [names().withheld(sentence) for sentence in sentences]
        for field, sentences in errors.items()
    }
    headers = {name: response[name] for name in TOLD if name in response}
    return error_response(response.status_code, code, detail, errors, headers)


def _first(errors: dict[str, list[str]]) -> str:
    """The first sentence of the errors, with the name of what is at fault."""
    for name, sentences in errors.items():
        return f"{name}: {sentences[0]}" if name else sentences[0]
    return ""


def _by_name(detail: Any) -> dict[str, list[str]]:
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
