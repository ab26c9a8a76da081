"""Reads the library: what is in it, and who and what is found by a word."""

import unicodedata
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count, F, Func, Max, Min, Prefetch, Q, QuerySet, Sum, TextField
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan

from tracks.models import Album, Artist, Tag, Track, TrackArtist
from tracks.provider import playable

MAX_WORDS = 10  # of a search: each costs a pass through the titles

NamedT = TypeVar("NamedT", Artist, Album, Tag)


@dataclass(frozen=True)
class LibraryCounts:
    """How much there is. Missing tracks count: their points stay on maps made before."""

    tracks: int
    playable: int  # of which the sound can be had
    artists: int  # with a track, as albums and tags
    albums: int
    tags: int
    hours: float  # of the playable tracks


def with_names(tracks: QuerySet[Track]) -> QuerySet[Track]:
    """The tracks with album, artists (in order, as `credits`) and tags, in three more queries."""
    return tracks.select_related("album").prefetch_related(
        Prefetch("credits", TrackArtist.objects.select_related("artist")),
        Prefetch("tags", Tag.objects.order_by("category", "name")),
    )


def library_counts() -> LibraryCounts:
    counts = Track.objects.aggregate(
        tracks=Count("pk"),
        playable=Count("pk", filter=playable()),
        albums=Count("album", distinct=True),
        seconds=Sum("duration", filter=playable()),
    )
    return LibraryCounts(
        tracks=counts["tracks"],
        playable=counts["playable"],
        artists=TrackArtist.objects.aggregate(number=Count("artist", distinct=True))["number"],
        albums=counts["albums"],
        tags=Track.tags.through.objects.aggregate(number=Count("tag", distinct=True))["number"],
        hours=(counts["seconds"] or 0.0) / 3600,
    )


@dataclass(frozen=True)
class Summary:
    """What there is of some tracks."""

    tracks: int
    catalogue: int  # of which the library has no file
    seconds: float  # of all whose duration is known
    artists: int
    albums: int
    first_year: int | None  # a track's own, else its album's
    last_year: int | None


def summary_of(tracks: QuerySet[Track]) -> Summary:
    year = Coalesce("year", "album__year")
    counts = tracks.aggregate(
        tracks=Count("pk"),
        catalogue=Count("pk", filter=Q(state=Track.State.CATALOGUE)),
        seconds=Coalesce(Sum("duration"), 0.0),
        albums=Count("album", distinct=True),
        first_year=Min(year),
        last_year=Max(year),
    )
    credits = TrackArtist.objects.filter(track__in=tracks.values("pk"))
    artists = credits.aggregate(number=Count("artist", distinct=True))["number"]
    return Summary(artists=artists, **counts)


def with_track_counts(rows: QuerySet[NamedT]) -> QuerySet[NamedT]:
    """Artists, albums or tags with `track_count`, the number of their tracks."""
    return rows.annotate(track_count=Count("tracks"))


def used(rows: QuerySet[NamedT]) -> QuerySet[NamedT]:
    """`with_track_counts`, those alone that have a track: names change, and leave empty rows."""
    return with_track_counts(rows).filter(GreaterThan(F("track_count"), 0))


class Folded(Func):
    """Text without case and accents, by PostgreSQL's own means: no extension is needed."""

    # The two letters are those of which Python's case folding makes others than `lower` does.
    template = (
        "replace(replace(lower(regexp_replace("
        "normalize(%(expressions)s, NFKD), '[\\u0300-\\u036f]', '', 'g')), 'ß', 'ss'), 'ς', 'σ')"
    )
    output_field = TextField()


def folded_words(text: str) -> list[str]:
    """The words of a search as `Folded` has them."""
    decomposed = unicodedata.normalize("NFKD", text.replace("\0", " "))
    plain = "".join(char for char in decomposed if not "\u0300" <= char <= "\u036f")
    return plain.casefold().split()[:MAX_WORDS]


def search_tracks(tracks: QuerySet[Track], text: str) -> QuerySet[Track]:
    """The tracks with every word of `text` in their title, path, album, an artist or a tag.

    Blind to case and accents: "sigur ros" finds Sigur Rós.
    """
    tracks = tracks.alias(folded_title=Folded("title"), folded_path=Folded("path"))
    for word in folded_words(text):
        artists = search_named(Artist.objects.all(), "name", word)
        albums = search_named(Album.objects.all(), "title", word)
        tags = search_named(Tag.objects.all(), "name", word)
        tracks = tracks.filter(
            Q(folded_title__contains=word)
            | Q(folded_path__contains=word)
            | Q(album__in=albums.values("pk"))
            | Q(pk__in=TrackArtist.objects.filter(artist__in=artists.values("pk")).values("track"))
            | Q(pk__in=Track.tags.through.objects.filter(tag__in=tags.values("pk")).values("track"))
        )
    return tracks


def search_named(rows: QuerySet[NamedT], field: str, text: str) -> QuerySet[NamedT]:
    """The artists, albums or tags with every word of `text` in the field."""
    rows = rows.alias(folded=Folded(field))
    for word in folded_words(text):
        rows = rows.filter(folded__contains=word)
    return rows
