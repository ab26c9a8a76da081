"""How long a catalogue of MTG-Jamendo's size takes to load, and to load again."""

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from embeddings.benchmarks.common import BenchmarkError, processor
from explorer.benchmarks.database import own_database
from musicexplore.progress import Progress
from tracks.jamendo.loading import JamendoSummary, load_jamendo
from tracks.jamendo.parsing import HEADER, Metadata, Row, WrongFile, read_metadata
from tracks.models import Album

ALBUMS = 10_000
TARGETS = {"first_seconds": 10.0, "again_seconds": 6.0}  # of 50,000 rows, at most


def measure(file: Path, rows: int, *, progress: Progress | None = None) -> dict[str, Any]:
    """Seconds and queries of two loads of `file`, repeated to so many `rows` of 10,000 albums.

    In a database of its own. Raises `BenchmarkError`.
    """
    progress = progress or Progress()
    try:
        metadata = read_metadata(file)
    except (OSError, WrongFile) as error:
        raise BenchmarkError(str(error)) from error
    progress.start(3, "steps")
    with TemporaryDirectory(prefix="musicexplore-benchmark-") as folder, own_database():
        extended = Path(folder) / "extended.tsv"
        _write(extended, islice(_repeated(metadata), rows))
        call_command("migrate", verbosity=0)
        progress.advance(message="loading")
        first_seconds, first_queries, first = _load(extended)
        progress.advance(message="loading again")
        again_seconds, again_queries, again = _load(extended)
        progress.advance()
        albums = Album.objects.count()
    progress.finish()
    return {
        "rows": first.rows,
        "albums": albums,
        "created": first.created,
        "unchanged_again": again.unchanged,
        "first_seconds": round(first_seconds, 2),
        "first_queries": first_queries,
        "again_seconds": round(again_seconds, 2),
        "again_queries": again_queries,
        "cpu": processor(),
        "targets": TARGETS,
    }


def _repeated(metadata: Metadata) -> Iterator[Row]:
    """The rows over and over, each time with numbers and paths that are new."""
    for number, row in enumerate(cycle(metadata.rows), start=1):
        yield replace(
            row,
            track_id=f"track_{number:07}",
            album_id=f"album_{number % ALBUMS + 1:06}",
            artist_id=f"artist_{number % ALBUMS // 3 + 1:06}",
            path=f"{number % 100:02}/{number}.mp3",
        )


def _write(file: Path, rows: Iterator[Row]) -> None:
    with file.open("w", encoding="utf-8") as out:
        out.write("\t".join(HEADER) + "\n")
        for row in rows:
            tags = (f"{category}---{name}" for category, name in row.tags)
            given = (row.track_id, row.artist_id, row.album_id, row.path, str(row.duration))
            out.write("\t".join((*given, *tags)) + "\n")


def _load(file: Path) -> tuple[float, int, JamendoSummary]:
    """Reading and writing, as the command does it."""
    with CaptureQueriesContext(connection) as queries:
        began = time.perf_counter()
        summary = load_jamendo(read_metadata(file), create=True)
        seconds = time.perf_counter() - began
    return seconds, len(queries), summary
