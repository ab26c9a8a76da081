"""Selections as tables, CSV and Parquet: one row a stretch."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any

from explorer.playlists.entries import Entry
from explorer.playlists.paths import PathError, PathStyle

_OF_TRACK = ("track", "path", "title", "artists", "album")
_OF_STRETCH = ("position", "start", "end", "segments")
COLUMNS = _OF_TRACK + _OF_STRETCH
ROWS_PER_GROUP = 50_000
# What makes a spreadsheet take a cell for a formula; some read full-width characters as well.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def csv_lines(entries: Iterable[Entry], style: PathStyle) -> Iterator[str]:
    """The lines of a CSV file (RFC 4180), with a header; several artists are joined by "; ".

    Text that a spreadsheet would run as a formula is preceded by an apostrophe.
    """
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for of_track, of_stretch in _rows(entries, style):
        text = [_harmless(value) for value in of_track]
        yield writer.writerow([*text, *of_stretch])


def write_parquet(
    entries: Iterable[Entry], style: PathStyle, metadata: Mapping[str, object]
) -> IO[bytes]:
    """The same as a Parquet file, unnamed and at its beginning; artists are lists.

    `metadata` is what is true of all rows; values that are not text become JSON.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = pa.string()
    types = (
        pa.int32(), text, text, pa.list_(text), text, pa.int32(), pa.float64(), pa.float64(),
        pa.int32(),
    )  # fmt: skip
    schema = pa.schema(
        list(zip(COLUMNS, types, strict=True)),
        metadata={
            key: value if isinstance(value, str) else json.dumps(value)
            for key, value in metadata.items()
        },
    )
    file = TemporaryFile()  # noqa: SIM115 (the caller closes it)
    rows = (
        dict(zip(COLUMNS, (*of_track, *of_stretch), strict=True))
        for of_track, of_stretch in _rows(entries, style)
    )
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while block := list(islice(rows, ROWS_PER_GROUP)):
            writer.write_table(pa.Table.from_pylist(block, schema))
    file.seek(0)
    return file


def _rows(
    entries: Iterable[Entry], style: PathStyle
) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """For each entry its values of `_OF_TRACK`, worked out once for a track, and `_OF_STRETCH`."""
    track, of_track = None, ()
    for entry in entries:
        if entry.track is not track:
            track, of_track = entry.track, _of_track(entry, style)
        yield of_track, (entry.position, entry.start, entry.end, entry.segments)


def _of_track(entry: Entry, style: PathStyle) -> tuple[Any, ...]:
    track = entry.track
    try:
        path = style.path(bytes(track.path_bytes))
    except PathError:
        path = track.path  # for people: bytes that are not UTF-8 appear as \xNN
    album = track.album.title if track.album else None
    return track.pk, path, track.title, entry.artists, album


def _harmless(value: Any) -> Any:
    """A cell of text that no spreadsheet runs; the values of a list are joined."""
    text = "; ".join(value) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text


class _Echo:
    """A file that gives back what is written to it, for a writer to make lines of."""

    def write(self, text: str) -> str:
        return text
