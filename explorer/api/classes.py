"""What points are coloured by: a class for each track, as one small column."""

from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from numpy.typing import NDArray

from tracks.models import Album, Artist, Tag, Track, TrackArtist

NONE = 65535  # the class of tracks that have none, and of those beyond the largest number


@dataclass(frozen=True)
class Classes:
    track: NDArray[np.int32]  # (n,) ascending: all tracks
    labels: list[str]  # by class, most tracks first, then by name
    values: NDArray[np.uint16]  # (n,) index into labels, or NONE


def track_classes(by: str, category: str = "", name: str | None = None) -> Classes:
    """The artist, album, tag of a category, or itself, of each track.

    A track counts for its first artist. Of several tags of the category it takes the one that
    most tracks have; with a `name`, that tag alone counts.
    """
    pairs, names = _sources(by, category, name)
    tracks = _column(Track.objects.order_by("pk").values_list("pk"), 1)[:, 0]
    return _classify(tracks, _column(pairs, 2), dict(names))


def _sources(by: str, category: str, name: str | None) -> tuple[QuerySet, QuerySet]:
    """Rows of (track, key), and of (key, name)."""
    if by == "artist":
        credits = TrackArtist.objects.filter(place=0).order_by()
        return credits.values_list("track", "artist"), Artist.objects.values_list("pk", "name")
    if by == "album":
        albums = Track.objects.filter(album__isnull=False).order_by()
        return albums.values_list("pk", "album"), Album.objects.values_list("pk", "title")
    if by == "tag":
        tags = Tag.objects.filter(category=category)
        if name is not None:
            tags = tags.filter(name=name)
        tagged = Track.tags.through.objects.filter(tag__in=tags)
        return tagged.values_list("track", "tag"), tags.values_list("pk", "name")
    tracks = Track.objects.order_by()
    title = Coalesce(NullIf("title", Value("")), "path")
    return tracks.values_list("pk", "pk"), tracks.values_list("pk", title)


def _column(rows: QuerySet, width: int) -> NDArray[np.int64]:
    return np.array(list(rows), np.int64).reshape(-1, width)


def _classify(
    tracks: NDArray[np.int64], pairs: NDArray[np.int64], names: dict[int, str]
) -> Classes:
    """`tracks` (n,) ascending, `pairs` (m, 2) of track and key."""
    keys, index, counts = np.unique(pairs[:, 1], return_inverse=True, return_counts=True)
    labels = [names[key] for key in keys.tolist()]
    order = sorted(range(len(keys)), key=lambda i: (-counts[i], labels[i].casefold(), labels[i]))
    rank = np.empty(len(keys), np.int64)
    rank[order] = np.arange(len(keys))
    values = np.full(len(tracks), NONE, np.int64)
    np.minimum.at(values, np.searchsorted(tracks, pairs[:, 0]), rank[index])
    return Classes(
        track=tracks.astype(np.int32),
        labels=[labels[i] for i in order[:NONE]],
        values=np.minimum(values, NONE).astype(np.uint16),
    )
