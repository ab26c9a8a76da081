"""Pages, media and the REST API."""

from django.urls import URLPattern, URLResolver, path

from explorer import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.explore, name="explore"),
]
