"""Selections as tables, CSV and Parquet: one row a stretch."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any

from explorer.playlists.entries import Entry
from explorer.playlists.paths import PathError, PathStyle

COLUMNS = (
    "track", "path", "title", "artists", "album", "position", "start", "end", "segments",
)  # fmt: skip
ROWS_PER_GROUP = 50_000
# What makes a spreadsheet take a cell for a formula; some read full-width characters as well.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def csv_lines(entries: Iterable[Entry], style: PathStyle) -> Iterator[str]:
    """The lines of a CSV file (RFC 4180), with a header; several artists are joined by "; ".

    Text that a spreadsheet would run as a formula is preceded by an apostrophe.
    """
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for entry in entries:
        row = _row(entry, style)
        row["artists"] = "; ".join(row["artists"])
        yield writer.writerow([_harmless(value) for value in row.values()])


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
    rows = (_row(entry, style) for entry in entries)
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while block := list(islice(rows, ROWS_PER_GROUP)):
            writer.write_table(pa.Table.from_pylist(block, schema))
    file.seek(0)
    return file


def _row(entry: Entry, style: PathStyle) -> dict[str, Any]:
    track = entry.track
    try:
        path = style.path(bytes(track.path_bytes))
    except PathError:
        path = track.path  # for people: bytes that are not UTF-8 appear as \xNN
    values = (
        track.pk, path, track.title, entry.artists, track.album.title if track.album else None,
        entry.position, entry.start, entry.end, entry.segments,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


class _Echo:
    """A file that gives back what is written to it, for a writer to make lines of."""

    def write(self, text: str) -> str:
        return text
