"""Takes what audio files say of themselves into the library."""

import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from musicexplore.progress import Progress
from tracks.bulk import update_rows
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
from tracks.files import absolute_path, audio_root, display_path
from tracks.metadata.containers import MetadataError
from tracks.metadata.covers import store_cover
from tracks.metadata.reader import VARIOUS, FileTags, read_tags
from tracks.models import Album, Track, TrackArtist
from tracks.text import fold, readable_title

BATCH = 200
READERS = 4  # threads; most of the time goes into waiting for the disk
GENRE = "genre"

_DISC_FOLDER = re.compile(rb"/(?:cd|dis[ck])[ _-]*\d{1,2}$", re.IGNORECASE)
_FIELDS = ("title", "album", "disc", "number", "year", "musicbrainz_id")


@dataclass
class MetadataSummary:
    """What a run read, in tracks."""

    read: int = 0
    without_tags: int = 0
    covers: int = 0  # albums that got one
    problems: list[tuple[str, str]] = field(default_factory=list)  # path for people, reason

    def __str__(self) -> str:
        return (
            f"{self.read:,} read, {self.without_tags:,} of them without tags, "
            f"{self.covers:,} covers, {len(self.problems):,} could not be read."
        )


def load_metadata(*, force: bool = False, progress: Progress | None = None) -> MetadataSummary:
    """Reads the tags of present files that are new or changed since (all of them with `force`).

    A value that a file does not give leaves the track's as it is. What came from Jamendo is
    better kept than a file's tags: for such tracks they only fill gaps.
    Raises ImproperlyConfigured without a music folder.
    """
    audio_root()
    progress = progress or Progress()
    tracks = Track.objects.filter(state=Track.State.PRESENT).order_by("path_bytes")
    if not force:
        tracks = tracks.filter(Q(metadata_mtime_ns=None) | ~Q(metadata_mtime_ns=F("mtime_ns")))
    ids = list(tracks.values_list("pk", flat=True))
    run = _Run()
    progress.start(len(ids), "tracks")
    with ThreadPoolExecutor(READERS) as pool:
        for start in range(0, len(ids), BATCH):
            batch = list(Track.objects.filter(pk__in=ids[start : start + BATCH]))
            batch.sort(key=lambda track: bytes(track.path_bytes))
            failed = len(run.summary.problems)
            run.take(batch, list(pool.map(_read, batch)))
            progress.advance(len(batch), failed=len(run.summary.problems) - failed)
    settle(run.summary.read)
    progress.finish(str(run.summary))
    return run.summary


def _read(track: Track) -> FileTags | str:
    """The tags of a track's file, or the reason why there are none."""
    try:
        return read_tags(absolute_path(track))
    except MetadataError as error:
        return str(error)
    except OSError as error:
        return error.strerror or str(error)


class _Run:
    """One run: what it counted, and the albums whose cover it has looked for."""

    def __init__(self) -> None:
        self.summary = MetadataSummary()
        self.albums: set[int] = set()

    def take(self, tracks: Sequence[Track], results: Sequence[FileTags | str]) -> None:
        """Stores the tags of a batch in one transaction, by a constant number of queries."""
        found: list[tuple[Track, FileTags]] = []
        read_at = {track.pk: track.mtime_ns for track in tracks}
        for track, result in zip(tracks, results, strict=True):
            if isinstance(result, str):
                self.summary.problems.append((track.path, result))
                read_at[track.pk] = None  # it is tried again
                result = FileTags()
            self.summary.without_tags += result == FileTags()
            found.append((track, result))
        self.summary.read += len(found)
        with transaction.atomic():
            _set_artists(found)
            _set_genres(found)
            _set_fields(found, read_at)
        self._set_covers(tracks)

    def _set_covers(self, tracks: Sequence[Track]) -> None:
        """Looks for the covers of albums met for the first time, in each of their files."""
        covers: dict[int, str] = {}
        for track in tracks:
            album = track.album_id
            if album is None or album in self.albums or covers.get(album):
                continue
            try:
                path = absolute_path(track)
            except OSError:
                continue
            covers[album] = store_cover(path)
        self.albums.update(album for album, cover in covers.items() if cover)
        self.summary.covers += sum(map(bool, covers.values()))
        update_rows(Album, ["cover"], [item for item in covers.items() if item[1]])


def _set_artists(found: Sequence[tuple[Track, FileTags]]) -> None:
    credits = {track.pk: mentions for track, tags in found if (mentions := _credits(tags))}
    gaps_only = [track.pk for track, _ in found if track.jamendo_id and track.pk in credits]
    for track_id in TrackArtist.objects.filter(track__in=gaps_only).values_list(
        "track_id", flat=True
    ):
        credits.pop(track_id, None)
    ids = ensure_artists(mention for mentions in credits.values() for mention in mentions)
    set_credits(
        {
            track: list(dict.fromkeys(ids[mention.key] for mention in mentions))
            for track, mentions in credits.items()
        }
    )


def _credits(tags: FileTags) -> list[ArtistMention]:
    """The track's artists, else the album's; none where nobody knows."""
    if not tags.artists:
        artist = _album_artist(tags)
        return [artist] if artist else []
    # Ids are given in the order of names; where their numbers differ, who is who is unknown.
    matched = len(tags.artist_ids) == len(tags.artists)
    ids = tags.artist_ids if matched else [""] * len(tags.artists)
    return [
        ArtistMention(artist_key(name, id), name, musicbrainz_id=id)
        for name, id in zip(tags.artists, ids, strict=True)
    ]


def _album_artist(tags: FileTags) -> ArtistMention | None:
    if not tags.album_artist or fold(tags.album_artist) in VARIOUS:
        return None
    id = tags.album_artist_id
    return ArtistMention(artist_key(tags.album_artist, id), tags.album_artist, musicbrainz_id=id)


def _set_genres(found: Sequence[tuple[Track, FileTags]]) -> None:
    genres = {track.pk: tags.genres for track, tags in found if tags.genres}
    gaps_only = [track.pk for track, _ in found if track.jamendo_id and track.pk in genres]
    for track_id in (
        Track.tags.through.objects.filter(track__in=gaps_only, tag__category=GENRE)
        .values_list("track_id", flat=True)
        .distinct()
    ):
        genres.pop(track_id, None)
    ids = ensure_tags({(GENRE, name) for names in genres.values() for name in names})
    set_tags(
        {track: [ids[GENRE, name] for name in names] for track, names in genres.items()}, [GENRE]
    )


def _set_fields(found: Sequence[tuple[Track, FileTags]], read_at: Mapping[int, int | None]) -> None:
    """Titles, numbers, years, albums: what a file gives wins, except over Jamendo's."""
    mentions = {track.pk: _album(track, tags) for track, tags in found if tags.album}
    albums = ensure_albums(mentions.values())
    now = timezone.now()
    rows = []
    for track, tags in found:
        mention = mentions.get(track.pk)
        given = {
            "title": tags.title,
            "album_id": albums[mention.key] if mention else None,
            "disc": tags.disc,
            "number": tags.number,
            "year": tags.year,
            "musicbrainz_id": tags.recording_id,
        }
        made_title = readable_title(bytes(track.path_bytes))
        for name, value in given.items():
            present = getattr(track, name)
            is_gap = not present or (name == "title" and present == made_title)
            if value and (is_gap or not track.jamendo_id):
                setattr(track, name, value)
        track.title = track.title or made_title
        rows.append([track.pk, *_values(track), read_at[track.pk], now])
    update_rows(Track, [*_FIELDS, "metadata_mtime_ns", "updated_at"], rows)


def _values(track: Track) -> list[object]:
    return [track.album_id if name == "album" else getattr(track, name) for name in _FIELDS]


def _album(track: Track, tags: FileTags) -> AlbumMention:
    folder = os.path.dirname(bytes(track.path_bytes))  # noqa: PTH120 - paths are bytes
    album_folder = _DISC_FOLDER.sub(b"", folder)  # the discs of an album are one album
    return AlbumMention(
        key=album_key(
            tags.album,
            release_id=tags.release_id,
            artist=tags.album_artist,
            folder=display_path(album_folder),
        ),
        title=tags.album,
        artist=_album_artist(tags),
        year=tags.year,
        compilation=tags.compilation,
        musicbrainz_id=tags.release_id,
    )
