"""Artists, albums and tags: the lists of them, and a page for each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from explorer.facts import clock, count, years
from tracks.models import Album, Artist, Tag, Track
from tracks.queries import library_counts, search_named, summary_of, used, with_track_counts
from tracks.selection import TrackSelection

PAGE_SIZE = 60
MOST_TAGS = 12  # of those that the tracks of an artist or an album have
ORDERS = {"name": "by name", "tracks": "most tracks first"}


@dataclass(frozen=True)
class Kind:
    """What a list is of. Its name is the condition of a `TrackSelection`, and the address."""

    name: str
    rows: QuerySet[Any]
    name_field: str
    order: tuple[str, ...]

    def ordered(self, order: str) -> tuple[str, ...]:
        return ("-track_count", *self.order) if order == "tracks" else self.order


KINDS = (
    Kind("artists", Artist.objects.all(), "name", ("name", "pk")),
    Kind("albums", Album.objects.select_related("artist"), "title", ("title", "pk")),
    Kind("tags", Tag.objects.all(), "name", ("category", "name")),
)


def index_of(kind: Kind) -> Callable[[HttpRequest], HttpResponse]:
    """The list of all that have a track, to be searched."""

    @require_safe
    def index(request: HttpRequest) -> HttpResponse:
        text = request.GET.get("search", "").strip()
        order = request.GET.get("order", "")
        order = order if order in ORDERS else "name"
        rows = used(search_named(kind.rows, kind.name_field, text))
        page = Paginator(rows.order_by(*kind.ordered(order)), PAGE_SIZE).get_page(
            request.GET.get("page")
        )
        counts = library_counts()
        context = {
            "kind": kind.name,
            "kinds": [(each.name, getattr(counts, each.name)) for each in KINDS],
            "page": page,
            "search": text,
            "order": order,
            "orders": ORDERS.items(),
        }
        return render(request, "library.html", context)

    return index


artists, albums, tags = (index_of(kind) for kind in KINDS)


@require_safe
def artist(request: HttpRequest, pk: int) -> HttpResponse:
    """What there is by an artist, and what sounds like it."""
    artist = get_object_or_404(Artist, pk=pk)
    tracks = _tracks("artists", pk)
    albums = with_track_counts(Album.objects.filter(pk__in=tracks.values("album")))
    more = {
        "title": artist.name,
        "albums": albums.order_by("year", "title", "pk"),
        "tags": _tags_of(tracks),
        "ordering": "year,album,disc,number,path",
    }
    return _group(request, "artist", artist, tracks, more)


@require_safe
def album(request: HttpRequest, pk: int) -> HttpResponse:
    """What there is of an album, and what sounds like it."""
    album = get_object_or_404(Album.objects.select_related("artist"), pk=pk)
    tracks = _tracks("albums", pk)
    more = {
        "title": album.title,
        "album": album,
        "cover": album.cover,
        "tags": _tags_of(tracks),
        "ordering": "disc,number,path",
    }
    return _group(request, "album", album, tracks, more)


@require_safe
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """The tracks with a tag, and those without it that sound like them."""
    tag = get_object_or_404(Tag, pk=pk)
    more = {"title": tag.name, "category": tag.category, "ordering": "title,path"}
    return _group(request, "tag", tag, _tracks("tags", pk), more)


def _group(
    request: HttpRequest,
    kind: str,
    row: Artist | Album | Tag,
    tracks: QuerySet[Track],
    more: dict[str, Any],
) -> HttpResponse:
    summary = summary_of(tracks)
    facts = [
        count(summary.tracks, "track"),
        count(summary.albums, "album") if kind != "album" and summary.albums else "",
        count(summary.artists, "artist") if kind == "tag" and summary.artists else "",
        clock(summary.seconds) if summary.seconds else "",
        years(summary.first_year, summary.last_year),
    ]
    context = {
        **more,
        "kind": kind,
        "condition": f"{kind}s",
        "row": row,
        "summary": summary,
        "facts": [fact for fact in facts if fact],
    }
    return render(request, "group.html", context)


def _tracks(condition: str, pk: int) -> QuerySet[Track]:
    """Those that the map shows by the condition."""
    return TrackSelection.from_query({condition: pk}).apply(Track.objects.all())


def _tags_of(tracks: QuerySet[Track]) -> QuerySet[Tag]:
    """The tags that most of the tracks have."""
    tagged = Tag.objects.filter(tracks__in=tracks.values("pk")).annotate(here=Count("tracks"))
    return tagged.order_by("-here", "category", "name")[:MOST_TAGS]
