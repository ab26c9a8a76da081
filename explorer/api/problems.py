"""The page that the `type` of the API's problems leads to."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from explorer.api.error_schema import STANDARD

# What end points answer for reasons of their own: see what each says in the OpenAPI document.
OF_ONE_END_POINT = {
    405: "The address does not take this method; Allow says which it takes.",
    408: "What was sent did not come in time.",
    409: "What is asked for does not go together with how things stand.",
    411: "The request does not say how long its body is.",
    412: "It has changed since, or is not as the request's condition says.",
    413: "What was sent is larger than the library takes.",
    416: "The range lies outside the file.",
    422: "The file cannot be decoded, or holds no sound.",
    500: "Something went wrong here; the server's log says what.",
    503: "The server is busy, or lacks what this takes, as the folder of music.",
    507: "There is no room for it on the server.",
}


def problems(request: HttpRequest) -> HttpResponse:
    meanings = {status: text for status, (text, *_) in STANDARD.items()} | OF_ONE_END_POINT
    rows = [(status, HTTPStatus(status).phrase, meanings[status]) for status in sorted(meanings)]
    return render(request, "problems.html", {"problems": rows})
