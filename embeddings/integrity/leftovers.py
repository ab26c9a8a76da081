"""Files below MUSICEXPLORE_HOME against the rows that they belong to."""

import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from embeddings.file_queries import sweeping
from embeddings.integrity.findings import Finding, findings
from tracks.files import absolute_path
from tracks.metadata.covers import covers_folder, store_cover
from tracks.models import Album, Track

# Younger files may belong to work that goes on: their row is written after them.
AGE = 3600.0  # seconds
UNFINISHED = ("models/.*-*.pb", "covers/*.part", "cache/*/.new-*", "downloads/*.part")


def missing_covers() -> Iterator[Finding]:
    folder = covers_folder()
    albums = [
        album
        for album in Album.objects.exclude(cover="").order_by("title")
        if not (folder / album.cover).is_file()
    ]
    yield from findings(
        "albums whose cover is gone",
        albums,
        "It is taken from the album's files again; where none has one, the album has none.",
        partial(_find_covers, albums),
    )


def stray_covers() -> Iterator[Finding]:
    known = set(Album.objects.exclude(cover="").values_list("cover", flat=True))
    files = [path for path in _old(covers_folder().glob("*.webp")) if path.name not in known]
    yield from findings("covers of no album", files, "They are deleted.", partial(_delete, files))


def stray_query_files() -> Iterator[Finding]:
    yield from findings(
        "files searched by that nobody asks about any more",
        sweeping.strays(),
        "They are deleted.",
        sweeping.sweep,
    )


def unfinished_files() -> Iterator[Finding]:
    home = Path(settings.MUSICEXPLORE_HOME)
    files = [path for pattern in UNFINISHED for path in _old(home.glob(pattern))]
    yield from findings(
        "files that were never finished", files, "They are deleted.", partial(_delete, files)
    )


def _find_covers(albums: Sequence[Album]) -> None:
    for album in albums:
        present = album.tracks.filter(state=Track.State.PRESENT).order_by("disc", "number", "pk")
        cover = next(filter(None, map(_cover_of, present)), "")
        Album.objects.filter(pk=album.pk).update(cover=cover)


def _cover_of(track: Track) -> str:
    try:
        return store_cover(absolute_path(track))
    except (OSError, ImproperlyConfigured):
        return ""


def _old(paths: Iterator[Path]) -> list[Path]:
    youngest = time.time() - AGE
    return sorted(path for path in paths if path.is_file() and path.stat().st_mtime <= youngest)


def _delete(files: Sequence[Path]) -> None:
    for path in files:
        path.unlink(missing_ok=True)
