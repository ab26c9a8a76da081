"""What lists can be filtered and ordered by; anything malformed is refused by name."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from embeddings import jobs
from embeddings.duplicates.models import DuplicatePair
from embeddings.models import Job, Projection
from explorer.anonymity import names
from explorer.api import parameters
from tracks.models import Album, Artist, Tag, Track
from tracks.queries import search_named, search_tracks


class IdFilter(django_filters.Filter):
    """Whole numbers: the library's own number filter takes 1.5 as well."""

    field_class = forms.IntegerField


def _search_tracks(queryset: QuerySet[Track], _name: str, text: str) -> QuerySet[Track]:
    return search_tracks(queryset, text)


def _search_named(queryset: QuerySet, name: str, text: str) -> QuerySet:
    return search_named(queryset, name, text)


class TrackFilter(django_filters.FilterSet):
    """Besides its own, takes the parameters of a `TrackSelection`, the first and random ones last.

    They stand in `parameters.SelectionParameters`.
    """

    search = django_filters.CharFilter(method=_search_tracks, label="words to look for")
    artist = IdFilter("artists", label="an artist's id")
    album = IdFilter("album", label="an album's id")
    tag = IdFilter("tags", label="a tag's id")
    ordering = django_filters.OrderingFilter(
        fields={
            "id": "id",
            "title": "title",
            "path": "path",
            "duration": "duration",
            "year": "year",
            "loudness": "loudness",
            "album__title": "album",
            "disc": "disc",
            "number": "number",
        }
    )

    class Meta:
        model = Track
        fields = ["state"]

    def filter_queryset(self, queryset: QuerySet[Track]) -> QuerySet[Track]:
        return parameters.selection(self.data).apply(super().filter_queryset(queryset))


class ArtistFilter(django_filters.FilterSet):
    search = django_filters.CharFilter("name", method=_search_named, label="words of the name")
    ordering = django_filters.OrderingFilter(fields={"name": "name", "track_count": "tracks"})

    class Meta:
        model = Artist
        fields: list[str] = []


class AlbumFilter(django_filters.FilterSet):
    search = django_filters.CharFilter("title", method=_search_named, label="words of the title")
    artist = IdFilter(label="an artist's id")
    ordering = django_filters.OrderingFilter(
        fields={"title": "title", "year": "year", "track_count": "tracks"}
    )

    class Meta:
        model = Album
        fields: list[str] = []


class TagFilter(django_filters.FilterSet):
    search = django_filters.CharFilter("name", method=_search_named, label="words of the name")
    category = django_filters.CharFilter(label="mood/theme, genre, instrument, …")
    ordering = django_filters.OrderingFilter(
        fields={"category": "category", "name": "name", "track_count": "tracks"}
    )

    class Meta:
        model = Tag
        fields: list[str] = []


def _methods() -> list[tuple[str, str]]:
    return [
        (names().shown("method", name), names().title("method", name))
        for name in Projection.Method.values
    ]


def _by_method(queryset: QuerySet[Projection], _name: str, shown: str) -> QuerySet[Projection]:
    return queryset.filter(method=names().true("method", shown))


def _by_layer(queryset: QuerySet[Projection], _name: str, shown: str) -> QuerySet[Projection]:
    return queryset.filter(layer__name=names().true("layer", shown))


class ProjectionFilter(django_filters.FilterSet):
    layer = django_filters.CharFilter(method=_by_layer, label="a layer's full name")
    method = django_filters.ChoiceFilter(choices=_methods, method=_by_method)

    class Meta:
        model = Projection
        fields: list[str] = []


@extend_schema_field(OpenApiTypes.INT)
def _of_track(queryset: QuerySet[DuplicatePair], _name: str, pk: int) -> QuerySet[DuplicatePair]:
    return queryset.filter(Q(first=pk) | Q(second=pk))


class DuplicateFilter(django_filters.FilterSet):
    group = IdFilter(label="a group's id")
    track = IdFilter(method=_of_track, label="a track's id, as either")

    class Meta:
        model = DuplicatePair
        fields = ["decision", "kind"]


def _active_jobs(queryset: QuerySet[Job], _name: str, active: str) -> QuerySet[Job]:
    return queryset.filter(jobs.ACTIVE if active == "true" else ~jobs.ACTIVE)


class JobFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter("shown_state", choices=Job.State.choices)
    # A Boolean filter takes whatever it does not understand for "any".
    active = django_filters.ChoiceFilter(
        method=_active_jobs, choices=[("true", "true"), ("false", "false")], label="or ended"
    )

    class Meta:
        model = Job
        fields = ["kind"]
