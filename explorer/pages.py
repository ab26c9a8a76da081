"""The pages people see. Each is a shell; its data comes from the REST API."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """The map of the collection."""
    return render(request, "explore.html")
