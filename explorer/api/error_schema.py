"""The API's errors in the OpenAPI document, beside what views say of their answers themselves.

Which errors an end point can answer follows from what it takes: parameters, an address with a name
in it, a body. A view names what is its own alone: `responses={201: ..., 409: refused("why")}`.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import SAFE_METHODS

from explorer.api.chapters import chapter_of
from explorer.api.permissions import OnlyWorkers
from musicexplore.errors import PROBLEM, error_body

ROOT = "/api/v1/"


class ProblemSerializer(serializers.Serializer[Any]):
    """The one shape of all errors: problem details (RFC 9457)."""

    type = serializers.CharField(help_text="where the site says what such a status means")
    title = serializers.CharField(help_text="the status in words")
    status = serializers.IntegerField(help_text="the same as the answer's")
    code = serializers.CharField(help_text="for programs")
    detail = serializers.CharField(help_text="a sentence for people")
    errors = serializers.DictField(  # type: ignore[assignment]  # as a serializer's own property
        child=serializers.ListField(child=serializers.CharField()),
        help_text="sentences by the parameter or field that is at fault",
    )


# What each standard error says: the description, an example's code, and its detail.
STANDARD = {
    400: (
        "A parameter or the body is malformed.",
        "invalid",
        "limit: A valid integer is required.",
    ),
    401: (
        "The library is served to a network, and asks for a login.",
        "not_authenticated",
        "This library asks for a login. Log in, then repeat the request.",
    ),
    403: (
        "It takes an account that may do this, and a CSRF token with its session.",
        "permission_denied",
        "You do not have permission to perform this action.",
    ),
    404: ("There is nothing of this name, number or page.", "not_found", "Not found."),
    406: (
        "The Accept header takes none of the kinds there are.",
        "not_acceptable",
        "Could not satisfy the request Accept header.",
    ),
    415: (
        "The body is of another media type, or says of none that it is JSON.",
        "unsupported_media_type",
        "Unsupported media type “text/plain” in request.",
    ),
    429: (
        "Too many requests from one address; Retry-After says when it takes more.",
        "throttled",
        "Request was throttled. Expected available in 9 seconds.",
    ),
}
# What the web server answers itself, before the site is asked.
TOO_LONG = {
    "description": "The address is longer than the web server takes, which answers with a page.",
    "content": {"text/html": {"schema": {"type": "string"}}},
}


def refused(description: str) -> OpenApiResponse:
    """An error that a view answers for a reason of its own."""
    return OpenApiResponse(ProblemSerializer, description)


class SchemaWithErrors(AutoSchema):
    """REST framework's DEFAULT_SCHEMA_CLASS."""

    def get_tags(self) -> list[str]:
        return [chapter_of(self.path.removeprefix(ROOT))]

    def get_operation(self, *args: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args)
        if operation is not None:
            standard = {str(status): self._standard(status) for status in self._errors(operation)}
            responses = standard | operation["responses"]
            for status, response in responses.items():
                # Errors have one media type, whatever the view's own answers have.
                if int(status) >= HTTPStatus.BAD_REQUEST and "application/json" in (
                    content := response.get("content", {})
                ):
                    response["content"] = {PROBLEM: content["application/json"]}
            operation["responses"] = dict(sorted(responses.items()))
        return operation

    def _errors(self, operation: dict[str, Any]) -> Iterator[int]:
        """The statuses of the standard errors that an end point can answer."""
        yield HTTPStatus.UNAUTHORIZED
        places = {parameter["in"] for parameter in operation.get("parameters", ())}
        if "query" in places or "requestBody" in operation:
            yield HTTPStatus.BAD_REQUEST
        if "query" in places:
            yield HTTPStatus.REQUEST_URI_TOO_LONG
        if self.method not in SAFE_METHODS or OnlyWorkers in self.view.permission_classes:
            yield HTTPStatus.FORBIDDEN
        if "path" in places or (self._is_list_view() and self._get_paginator()):
            yield HTTPStatus.NOT_FOUND
        if self.view.content_negotiation_class is DefaultContentNegotiation:
            yield HTTPStatus.NOT_ACCEPTABLE
        if self.method in ("POST", "PUT", "PATCH"):
            yield HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        if self.view.throttle_classes:
            yield HTTPStatus.TOO_MANY_REQUESTS

    def _standard(self, status: int) -> dict[str, Any]:
        """A reference to what the document says of an error once."""
        phrase = HTTPStatus(status).phrase
        component = ResolvedComponent(
            name=phrase.replace(" ", ""), type=ResolvedComponent.RESPONSE, object=STANDARD
        )
        if component not in self.registry:
            too_long = status == HTTPStatus.REQUEST_URI_TOO_LONG
            component.schema = TOO_LONG if too_long else self._in_one_shape(status)
            self.registry.register(component)
        reference: dict[str, Any] = component.ref
        return reference

    def _in_one_shape(self, status: int) -> dict[str, Any]:
        description, code, detail = STANDARD[status]
        shape = self.resolve_serializer(ProblemSerializer, "response").ref
        example = {"schema": shape, "example": error_body(status, code, detail)}
        return {"description": description, "content": {PROBLEM: example}}
