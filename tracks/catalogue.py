"""Makes the artists, albums and tags that sources mention, and links tracks to them, in bulk."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from tracks.bulk import any_of, insert_rows, refresh_statistics, update_rows
from tracks.models import Album, Artist, Tag, Track, TrackArtist
from tracks.text import fold, key

TrackTag = Track.tags.through
MANY = 1000  # tracks, above which the planner's statistics are made anew


@dataclass(frozen=True)
class ArtistMention:
    """An artist as a source names it; `key` says which mentions are the same artist."""

    key: str
    name: str
    musicbrainz_id: str = ""
    jamendo_id: int | None = None


@dataclass(frozen=True)
class AlbumMention:
    """An album as a source names it; `key` says which mentions are the same album."""

    key: str
    title: str
    artist: ArtistMention | None = None
    year: int | None = None
    compilation: bool = False
    musicbrainz_id: str = ""
    jamendo_id: int | None = None
    cover: str = ""


def artist_key(name: str, musicbrainz_id: str = "") -> str:
    """An artist is its MusicBrainz id, else its name."""
    return key("mbid", musicbrainz_id) if musicbrainz_id else key("name", fold(name))


def album_key(title: str, *, release_id: str = "", artist: str = "", folder: str = "") -> str:
    """An album is its release id, else its title with the album artist or else the folder."""
    if release_id:
        return key("release", release_id)
    if artist:
        return key("artist", fold(artist), fold(title))
    return key("folder", folder, fold(title))


def ensure_artists(
    mentions: Iterable[ArtistMention], *, overwrite: Collection[str] = ()
) -> dict[str, int]:
    """The ids of the artists by key; those not known yet are made.

    Those known get the values they lack, or, with their key in `overwrite`, all that are given.
    """
    return _ensure(Artist, _merged(vars(mention) for mention in mentions), overwrite)


def ensure_albums(
    mentions: Iterable[AlbumMention], *, overwrite: Collection[str] = ()
) -> dict[str, int]:
    """The ids of the albums by key, as `ensure_artists` does it; their artists are made as well."""
    mentions = list(mentions)
    artists = ensure_artists(mention.artist for mention in mentions if mention.artist)
    wanted = []
    for mention in mentions:
        values = dict(vars(mention))
        artist = values.pop("artist")
        wanted.append({**values, "artist_id": artists[artist.key] if artist else None})
    return _ensure(Album, _merged(wanted), overwrite)


def _merged(mentions: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The mentions by key; of several, the first counts, and others give what it lacks."""
    merged: dict[str, dict[str, Any]] = {}
    for values in mentions:
        first = merged.setdefault(values["key"], dict(values))
        if first != values:
            first.update({name: value for name, value in values.items() if not first[name]})
    return merged


def _ensure(
    model: type[models.Model], wanted: Mapping[str, dict[str, Any]], overwrite: Collection[str]
) -> dict[str, int]:
    manager: models.Manager[Any] = model._default_manager
    rows = {row.key: row for row in manager.filter(any_of("key", wanted))}
    missing: list[Any] = [model(**values) for key, values in wanted.items() if key not in rows]
    if missing:
        manager.bulk_create(missing, ignore_conflicts=True)
        rows |= {
            row.key: row for row in manager.filter(any_of("key", (row.key for row in missing)))
        }
    names = [name for name in next(iter(wanted.values()), {}) if name != "key"]
    changed = []
    for row_key, values in wanted.items():
        row = rows[row_key]
        before = [getattr(row, name) for name in names]
        after = [
            values[name] if values[name] and (row_key in overwrite or not now) else now
            for name, now in zip(names, before, strict=True)
        ]
        if after != before:
            changed.append([row.pk, *after])
    update_rows(model, names, changed)
    return {row_key: row.pk for row_key, row in rows.items()}


def ensure_tags(tags: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The ids of tags by category and name; those not known yet are made."""
    categories = {category for category, _ in tags}

    def known() -> dict[tuple[str, str], int]:
        rows = Tag.objects.filter(category__in=categories).values_list("category", "name", "pk")
        return {(category, name): pk for category, name, pk in rows}

    ids = known()
    missing = [Tag(category=tag[0], name=tag[1]) for tag in tags if tag not in ids]
    if missing:
        Tag.objects.bulk_create(missing, ignore_conflicts=True)
        ids = known()
    return {tag: ids[tag] for tag in tags}


def set_credits(credits: Mapping[int, Sequence[int]]) -> set[int]:
    """Gives tracks exactly these artists, in this order; returns the tracks that changed."""
    present: dict[int, list[int]] = defaultdict(list)
    rows = TrackArtist.objects.filter(any_of("track_id", credits)).order_by("track_id", "place")
    for track_id, artist_id in rows.values_list("track_id", "artist_id"):
        present[track_id].append(artist_id)
    changed = {track for track, artists in credits.items() if present[track] != list(artists)}
    if changed:
        TrackArtist.objects.filter(any_of("track_id", changed)).delete()
        insert_rows(
            TrackArtist,
            ["track", "artist", "place"],
            (
                (track, artist, place)
                for track in changed
                for place, artist in enumerate(credits[track])
            ),
        )
    return changed


def set_tags(wanted: Mapping[int, Collection[int]], categories: Collection[str]) -> set[int]:
    """Gives tracks exactly these tags of the categories; returns the tracks that changed.

    Their tags of other categories stay.
    """
    tags = list(Tag.objects.filter(category__in=categories).values_list("pk", flat=True))
    rows = TrackTag.objects.filter(any_of("track_id", wanted), any_of("tag_id", tags))
    present = {(track, tag): pk for track, tag, pk in rows.values_list("track_id", "tag_id", "pk")}
    target = {(track, tag) for track, given in wanted.items() for tag in given}
    added = sorted(target - present.keys())
    removed = present.keys() - target
    if removed:
        TrackTag.objects.filter(any_of("pk", (present[link] for link in removed))).delete()
    if added:
        insert_rows(TrackTag, ["track", "tag"], added)
    return {track for track, _ in added} | {track for track, _ in removed}


def settle(changed: int) -> None:
    """To be called behind an import that made or changed so many tracks."""
    if changed >= MANY:
        refresh_statistics(Track, TrackArtist, TrackTag, Artist, Album, Tag)
