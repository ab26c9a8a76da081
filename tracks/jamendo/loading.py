"""Takes files of MTG-Jamendo's form into the library, all at once or not at all."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from tracks.bulk import insert_rows, update_rows
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
)
from tracks.files import display_path
from tracks.jamendo.parsing import BadLine, Metadata, Names, Row, jamendo_id
from tracks.models import Track, TrackArtist
from tracks.text import clean, key, readable_title


@dataclass
class JamendoSummary:
    """What a load did, in tracks."""

    rows: int = 0
    created: int = 0  # known by the catalogue alone
    changed: int = 0
    unchanged: int = 0
    not_indexed: int = 0
    bad_lines: list[BadLine] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.rows:,} rows: {self.created:,} tracks new, {self.changed:,} changed, "
            f"{self.unchanged:,} as they were, {self.not_indexed:,} not indexed, "
            f"{len(self.bad_lines):,} lines left out."
        )


@dataclass(frozen=True)
class _Known:
    """A track as it is, and what it is called so far, for a source that gives ids alone."""

    id: int
    path: bytes
    title: str
    album_id: int | None
    jamendo_id: int | None
    album_title: str
    album_cover: str


@transaction.atomic
def load_jamendo(
    metadata: Metadata, names: Names | None = None, *, create: bool = False
) -> JamendoSummary:
    """Gives indexed tracks their artists, albums, titles and tags, found by path or Jamendo id.

    Tags become exactly those of the file in every category that the file uses; other categories
    stay. With `create`, rows without a file on disk become tracks known by the catalogue alone.
    Names come from `names`, else stay as the tracks have them. Loading twice changes nothing.
    """
    names = names or Names()
    summary = JamendoSummary(rows=len(metadata.rows), bad_lines=metadata.bad_lines)
    tracks = _match(metadata.rows)
    created: set[int] = set()
    if create:
        missing = [row for row in metadata.rows if row.track_id not in tracks]
        _create(missing)
        new = _match(missing)
        created = {known.id for known in new.values()}
        tracks |= new
    rows = [row for row in metadata.rows if row.track_id in tracks]

    artists = _artists(rows, tracks, names)
    changed = _link_artists(rows, tracks, names, artists)
    changed |= _set_fields(rows, tracks, names, _albums(rows, tracks, names, artists))
    changed |= _link_tags(rows, tracks)
    Track.objects.filter(pk__in=changed).update(updated_at=timezone.now())
    summary.created = len(created)
    summary.changed = len(changed - created)
    summary.not_indexed = len(metadata.rows) - len(rows)
    summary.unchanged = len(rows) - summary.created - summary.changed
    return summary


def _match(rows: Sequence[Row]) -> dict[str, _Known]:
    """The library's tracks by the rows' track ids: by path first, then by Jamendo id.

    The low-quality audio set names `48/948.mp3` as `48/948.low.mp3`.
    """
    values = Track.objects.values_list(
        "id", "path_bytes", "title", "album_id", "jamendo_id", "album__title", "album__cover"
    )
    by_path: dict[bytes, _Known] = {}
    by_jamendo_id: dict[int | None, _Known] = {}
    for id, path, title, album_id, number, album_title, cover in values.iterator(chunk_size=5000):
        known = _Known(id, bytes(path), title, album_id, number, album_title or "", cover or "")
        by_path[known.path] = by_jamendo_id[known.jamendo_id] = known
    del by_jamendo_id[None]

    matched: dict[str, _Known] = {}
    for row in rows:
        path = row.path.encode()
        found = by_path.get(path) or by_path.get(path.removesuffix(b".mp3") + b".low.mp3")
        if found:
            matched[row.track_id] = found
    taken = {known.id for known in matched.values()}
    for row in rows:
        found = by_jamendo_id.get(jamendo_id(row.track_id, "track"))
        if found and row.track_id not in matched and found.id not in taken:
            matched[row.track_id] = found
            taken.add(found.id)
    return matched


def _create(rows: Sequence[Row]) -> None:
    now = timezone.now()
    values = {
        "path": None,
        "path_bytes": None,
        "title": None,
        "duration": None,
        "state": Track.State.CATALOGUE.value,
        "state_reason": "",
        "musicbrainz_id": "",
        "codec": "",
        "audio_hash": "",
        "created_at": now,
        "updated_at": now,
    }
    constants = list(values.values())[4:]
    insert_rows(
        Track,
        list(values),
        (
            [display_path(path), path, readable_title(path), row.duration, *constants]
            for row in rows
            for path in [row.path.encode()]
        ),
    )


def _artists(
    rows: Sequence[Row], tracks: Mapping[str, _Known], names: Names
) -> dict[str, ArtistMention]:
    """The artists by the file's ids."""
    ids = {tracks[row.track_id].id for row in rows if row.artist_id not in names.artists}
    credits = TrackArtist.objects.filter(track__in=ids, place=0)
    present = dict(credits.values_list("track_id", "artist__name"))
    mentions: dict[str, ArtistMention] = {}
    for row in rows:
        if row.artist_id in mentions:
            continue
        number = jamendo_id(row.artist_id, "artist")
        name = names.artists.get(row.artist_id) or present.get(tracks[row.track_id].id)
        name = name or (f"Jamendo artist {number}" if number else clean(row.artist_id))
        mentions[row.artist_id] = ArtistMention(
            key("jamendo", str(number)) if number else artist_key(name), name, jamendo_id=number
        )
    return mentions


def _albums(
    rows: Sequence[Row],
    tracks: Mapping[str, _Known],
    names: Names,
    artists: Mapping[str, ArtistMention],
) -> dict[str, AlbumMention]:
    """The albums by the file's ids; one with several artists is a compilation."""
    artists_of: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        artists_of[row.album_id].add(row.artist_id)
    mentions: dict[str, AlbumMention] = {}
    for row in rows:
        if row.album_id in mentions:
            continue
        known = tracks[row.track_id]
        number = jamendo_id(row.album_id, "album")
        title = names.albums.get(row.album_id) or known.album_title
        title = title or (f"Jamendo album {number}" if number else clean(row.album_id))
        compilation = len(artists_of[row.album_id]) > 1
        artist = None if compilation else artists[row.artist_id]
        mentions[row.album_id] = AlbumMention(
            key("jamendo", str(number))
            if number
            else album_key(title, artist=artist.name if artist else "", folder=row.album_id),
            title,
            artist=artist,
            year=names.years.get(row.album_id),
            compilation=compilation,
            jamendo_id=number,
            cover=known.album_cover,
        )
    return mentions


def _link_artists(
    rows: Sequence[Row],
    tracks: Mapping[str, _Known],
    names: Names,
    artists: Mapping[str, ArtistMention],
) -> set[int]:
    named = {artists[id].key for id in artists.keys() & names.artists.keys()}
    ids = ensure_artists(artists.values(), overwrite=named)
    return set_credits({tracks[row.track_id].id: [ids[artists[row.artist_id].key]] for row in rows})


def _set_fields(
    rows: Sequence[Row],
    tracks: Mapping[str, _Known],
    names: Names,
    albums: Mapping[str, AlbumMention],
) -> set[int]:
    named = {albums[id].key for id in albums.keys() & names.albums.keys()}
    album_ids = ensure_albums(albums.values(), overwrite=named)
    changes = []
    for row in rows:
        known = tracks[row.track_id]
        title = names.tracks.get(row.track_id) or known.title or readable_title(known.path)
        number = jamendo_id(row.track_id, "track") or known.jamendo_id
        values = (title, album_ids[albums[row.album_id].key], number)
        if values != (known.title, known.album_id, known.jamendo_id):
            changes.append((known.id, *values))
    # An id is unique: whichever other track had it gives it up first.
    Track.objects.filter(jamendo_id__in=[change[3] for change in changes if change[3]]).update(
        jamendo_id=None
    )
    update_rows(Track, ["title", "album", "jamendo_id"], changes)
    return {change[0] for change in changes}


def _link_tags(rows: Sequence[Row], tracks: Mapping[str, _Known]) -> set[int]:
    ids = ensure_tags({tag for row in rows for tag in row.tags})
    wanted = {tracks[row.track_id].id: [ids[tag] for tag in row.tags] for row in rows}
    return set_tags(wanted, {category for category, _ in ids})
