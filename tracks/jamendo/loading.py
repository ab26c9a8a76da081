"""Takes files of MTG-Jamendo's form into the library, all at once or not at all."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.db import transaction
from django.utils import timezone

from tracks.bulk import any_of, insert_rows, update_rows
from tracks.catalogue import (
    AlbumMention,
    ArtistMention,
    album_key,
    artist_key,
    ensure_albums,
    ensure_artists,
    ensure_tags,
    set_credits,
    set_tags,
    settle,
)
from tracks.files import display_path
from tracks.jamendo.parsing import BadLine, Metadata, Names, Row, jamendo_id, low_quality_path
from tracks.models import Artist, Track, TrackArtist
from tracks.text import clean, key, readable_title


@dataclass
class JamendoSummary:
    """What a load did, in tracks."""

    rows: int = 0
    created: int = 0  # known by the catalogue alone
    changed: int = 0
    unchanged: int = 0
    not_indexed: int = 0
    changes: Counter[str] = field(default_factory=Counter)  # of changed tracks, by what changed
    bad_lines: list[BadLine] = field(default_factory=list)

    def __str__(self) -> str:
        what = ", ".join(f"{name} {count:,}" for name, count in self.changes.most_common())
        return (
            f"{self.rows:,} rows: {self.created:,} tracks new, {self.changed:,} changed"
            f"{f' ({what})' if what else ''}, "
            f"{self.unchanged:,} as they were, {self.not_indexed:,} not indexed, "
            f"{len(self.bad_lines):,} lines left out."
        )


@dataclass(frozen=True)
class _Known:
    """A track as it is, and what it is called so far, for a source that gives ids alone."""

    id: int
    path: bytes
    state: str
    title: str
    album_id: int | None
    jamendo_id: int | None
    duration: float | None
    album_title: str | None
    album_cover: str | None


@transaction.atomic
def load_jamendo(
    metadata: Metadata, names: Names | None = None, *, create: bool = False
) -> JamendoSummary:
    """Gives indexed tracks their artists, albums, titles and tags, found by path or Jamendo id.

    Tags become exactly those of the file in every category that the file uses; other categories
    stay. With `create`, rows without a file on disk become tracks known by the catalogue alone.
    Names come from `names`, else stay as the tracks have them. Loading twice changes nothing.
    """
    load = _Load(metadata, names or Names(), create)
    load.run()
    settle(len(load.created | load.changed))
    return JamendoSummary(
        rows=len(metadata.rows),
        created=len(load.created),
        changed=len(load.changed - load.created),
        unchanged=len(load.rows) - len(load.changed | load.created),
        not_indexed=len(metadata.rows) - len(load.rows),
        changes=load.changes,
        bad_lines=metadata.bad_lines,
    )


class _Load:
    def __init__(self, metadata: Metadata, names: Names, create: bool) -> None:
        self.names = names
        self.known = _match(metadata.rows)  # by the file's track ids
        self.rows = [row for row in metadata.rows if create or row.track_id in self.known]
        self.categories = {category for row in metadata.rows for category, _ in row.tags}
        self.created: set[int] = set()
        self.changed: set[int] = set()
        self.changes: Counter[str] = Counter()

    def run(self) -> None:
        artists = self._artists()
        albums = self._albums(artists)
        named = {artists[id].key for id in artists.keys() & self.names.artists.keys()}
        artist_ids = ensure_artists(artists.values(), overwrite=named)
        named = {albums[id].key for id in albums.keys() & self.names.albums.keys()}
        album_ids = ensure_albums(albums.values(), overwrite=named)

        ids = self._store({id: album_ids[album.key] for id, album in albums.items()})
        credits = {ids[row.track_id]: [artist_ids[artists[row.artist_id].key]] for row in self.rows}
        self._note("artist", set_credits(credits))
        tags = ensure_tags({tag for row in self.rows for tag in row.tags})
        wanted = {ids[row.track_id]: [tags[tag] for tag in row.tags] for row in self.rows}
        self._note("tags", set_tags(wanted, self.categories))
        Track.objects.filter(any_of("pk", self.changed - self.created)).update(
            updated_at=timezone.now()
        )

    def _note(self, what: str, tracks: Collection[int]) -> None:
        known = set(tracks) - self.created
        self.changed |= known
        self.changes += Counter({what: len(known)})

    def _artists(self) -> dict[str, ArtistMention]:
        """The artists by the file's ids; those it does not name are called as so far."""
        present = self._artist_names()
        mentions: dict[str, ArtistMention] = {}
        for row in self.rows:
            if row.artist_id in mentions:
                continue
            known = self.known.get(row.track_id)
            number = jamendo_id(row.artist_id, "artist")
            name = (
                self.names.artists.get(row.artist_id)
                or (known and present.get(known.id))
                or (f"Jamendo artist {number}" if number else clean(row.artist_id))
            )
            mentions[row.artist_id] = ArtistMention(
                key("jamendo", str(number)) if number else artist_key(name),
                name,
                jamendo_id=number,
            )
        return mentions

    def _artist_names(self) -> dict[int, str]:
        """The names of the tracks' first artists, for rows whose artist has none in the file."""
        unnamed = [row for row in self.rows if row.artist_id not in self.names.artists]
        ids = {self.known[row.track_id].id for row in unnamed if row.track_id in self.known}
        credits = TrackArtist.objects.filter(any_of("track_id", ids), place=0)
        artists = dict(credits.values_list("track_id", "artist_id"))
        names = Artist.objects.filter(any_of("pk", set(artists.values())))
        by_id = dict(names.values_list("pk", "name"))
        return {track: by_id[artist] for track, artist in artists.items()}

    def _albums(self, artists: Mapping[str, ArtistMention]) -> dict[str, AlbumMention]:
        """The albums by the file's ids; one with several artists is a compilation."""
        artists_of: dict[str, set[str]] = defaultdict(set)
        for row in self.rows:
            artists_of[row.album_id].add(row.artist_id)
        mentions: dict[str, AlbumMention] = {}
        for row in self.rows:
            if row.album_id in mentions:
                continue
            known = self.known.get(row.track_id)
            number = jamendo_id(row.album_id, "album")
            title = (
                self.names.albums.get(row.album_id)
                or (known and known.album_title)
                or (f"Jamendo album {number}" if number else clean(row.album_id))
            )
            compilation = len(artists_of[row.album_id]) > 1
            artist = None if compilation else artists[row.artist_id]
            own_key = album_key(title, artist=artist.name if artist else "", folder=row.album_id)
            mentions[row.album_id] = AlbumMention(
                key("jamendo", str(number)) if number else own_key,
                title,
                artist=artist,
                year=self.names.years.get(row.album_id),
                compilation=compilation,
                jamendo_id=number,
                cover=(known and known.album_cover) or "",
            )
        return mentions

    def _store(self, albums: Mapping[str, int]) -> dict[str, int]:
        """Updates and makes tracks, given the albums' ids; returns the tracks' ids."""
        new, changes = [], []
        for row in self.rows:
            known = self.known.get(row.track_id)
            number = jamendo_id(row.track_id, "track")
            title = self.names.tracks.get(row.track_id)
            if known is None:
                title = title or readable_title(row.path.encode())
                new.append((row, title, albums[row.album_id], number))
                continue
            title = title or known.title or readable_title(known.path)
            wanted = (title, albums[row.album_id], number or known.jamendo_id)
            changes.append((known, _corrected(known, row, wanted)))
        self._update([(known, values) for known, values in changes if values != _values(known)])
        # An id is unique: whichever other track had it gives it up first.
        taken = [number for *_, number in new if number]
        Track.objects.filter(any_of("jamendo_id", taken)).update(jamendo_id=None)
        created = _create(new)
        self.created |= set(created.values())
        return {id: known.id for id, known in self.known.items()} | created

    def _update(self, changes: Sequence[tuple[_Known, tuple]]) -> None:
        for index, name in enumerate(_FIELDS):
            if name != "path_bytes":  # which is the path once more
                changed = [
                    known.id for known, new in changes if new[index] != _values(known)[index]
                ]
                self._note(name.replace("_", " "), changed)
        taken = [number for _, (_, _, number, *_) in changes if number]
        Track.objects.filter(any_of("jamendo_id", taken)).update(jamendo_id=None)
        update_rows(Track, _FIELDS, [(known.id, *values) for known, values in changes])


_FIELDS = ("title", "album", "jamendo_id", "duration", "path", "path_bytes")


def _values(known: _Known) -> tuple:
    """What a track has in `_FIELDS`."""
    place = (known.duration, display_path(known.path), known.path)
    return (known.title, known.album_id, known.jamendo_id, *place)


def _corrected(known: _Known, row: Row, names: tuple) -> tuple:
    """What a track is to have; of one in the catalogue alone, the file says where and how long."""
    if known.state != Track.State.CATALOGUE:
        return (*names, *_values(known)[3:])
    # No other track has the path: the row would have been matched with that one.
    path = row.path.encode()
    return (*names, row.duration, display_path(path), path)


def _match(rows: Sequence[Row]) -> dict[str, _Known]:
    """The library's tracks by the rows' track ids: by path first, then by Jamendo id."""
    values = Track.objects.values_list(
        "id", "path_bytes", "state", "title", "album_id", "jamendo_id", "duration",
        "album__title", "album__cover",
    )  # fmt: skip
    by_path: dict[bytes, _Known] = {}
    by_jamendo_id: dict[int, _Known] = {}
    for id, path, *rest in cast(Iterable[tuple[Any, ...]], values.iterator(chunk_size=5000)):
        known = _Known(id, bytes(path), *rest)
        by_path[known.path] = known
        if known.jamendo_id is not None:
            by_jamendo_id[known.jamendo_id] = known

    matched: dict[str, _Known] = {}
    for row in rows:
        path = row.path.encode()
        found = by_path.get(path) or by_path.get(low_quality_path(path))
        if found:
            matched[row.track_id] = found
    taken = {known.id for known in matched.values()}
    for row in rows:
        found = by_jamendo_id.get(jamendo_id(row.track_id, "track") or 0)
        if found and row.track_id not in matched and found.id not in taken:
            matched[row.track_id] = found
            taken.add(found.id)
    return matched


def _create(rows: Sequence[tuple[Row, str, int, int | None]]) -> dict[str, int]:
    """Makes tracks of the catalogue, given titles, albums and Jamendo ids; returns their ids."""
    now = timezone.now()
    same = {
        "state": Track.State.CATALOGUE.value,
        "state_reason": "",
        "musicbrainz_id": "",
        "codec": "",
        "audio_hash": "",
        "created_at": now,
        "updated_at": now,
    }
    paths = {row.path.encode(): row for row, *_ in rows}
    insert_rows(
        Track,
        ["path", "path_bytes", "duration", "title", "album", "jamendo_id", *same],
        (
            [display_path(path), path, row.duration, *values, *same.values()]
            for path, (row, *values) in zip(paths, rows, strict=True)
        ),
    )
    stored = Track.objects.filter(any_of("path_bytes", paths)).values_list("path_bytes", "id")
    return {paths[bytes(path)].track_id: id for path, id in stored}
