"""Vectors in and out of pgvector by binary COPY, parsed and built by numpy, never row by row.

The table is partitioned by layer. All vectors of a layer have the same size, so all rows of a
binary COPY have the same width, and a block of rows is one structured array.
Formats: PostgreSQL's manual, "COPY, Binary Format"; pgvector's `halfvec_send` and `halfvec_recv`
(two 16-bit integers, dimensions and zero, then the halves). All numbers are big-endian.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import BigIntegerField, Expression, F, Func, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from numpy.typing import NDArray
from psycopg import sql

from embeddings.averages import add_averages, average_row, replace_averages
from embeddings.models import Layer, SegmentEmbedding, TrackAverage
from musicexplore.progress import Progress

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # signature; no flags, no extension
TRAILER = b"\xff\xff"
TRACKS_AT_ONCE = 500  # whose averages are taken: 50 MB of vectors or so
BLOCK_BYTES = 8 << 20  # parsed or sent at once: bounds memory and hides the cost of a call


class VectorError(ValueError):
    """Vectors that cannot be stored; the message says why."""


@dataclass(frozen=True)
class LayerVectors:
    """Vectors of a layer, sorted by track and position."""

    track_ids: NDArray[np.int64]  # (n,)
    positions: NDArray[np.int32]  # (n,)
    vectors: NDArray[np.float32]  # (n, size)

    def __len__(self) -> int:
        return len(self.track_ids)


def table_name(layer_id: int) -> str:
    """The partition that holds a layer's vectors."""
    return f"{SegmentEmbedding._meta.db_table}_{int(layer_id)}"


def ensure_partition(layer_id: int) -> None:
    """Create the layer's partition where there is none; two callers at once do no harm."""
    parent, table = SegmentEmbedding._meta.db_table, table_name(layer_id)
    with transaction.atomic(), connection.cursor() as cursor:
        # `IF NOT EXISTS` alone races: both callers may look before either creates.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [table])
        cursor.execute("SELECT to_regclass(%s) IS NULL", [table])
        if cursor.fetchone()[0]:
            cursor.execute(
                f"CREATE TABLE {table} PARTITION OF {parent} FOR VALUES IN ({int(layer_id)})"
            )


def partitions() -> set[str]:
    """The tables that there are for layers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid "
            "WHERE inhparent = %s::regclass",
            [SegmentEmbedding._meta.db_table],
        )
        return {row[0] for row in cursor.fetchall()}


def as_halves(vectors: NDArray[Any], *, size: int, name: str) -> NDArray[np.float16]:
    """Round (n, size) vectors to half precision.

    Raises `VectorError` for another shape, for NaN or infinity, and for numbers beyond half
    precision's 65504: PostgreSQL would refuse them as well, but not say of which layer.
    """
    array = np.asarray(vectors)
    if array.ndim != 2 or array.shape[1] != size:
        raise VectorError(f"{name} takes vectors of {size} numbers, not an array {array.shape}.")
    if not np.isfinite(array).all():
        raise VectorError(f"{name} has values that are not numbers (NaN or infinity).")
    with np.errstate(over="ignore"):
        halves = array.astype(np.float16)
    if not np.isfinite(halves).all():
        largest = float(np.abs(array).max())
        raise VectorError(f"{name} has {largest:.6g}, beyond half precision's largest, 65504.")
    return halves


def replace_vectors(layer_vectors: Mapping[Layer, NDArray[Any]], track_id: int) -> None:
    """Put a track's vectors, (segments, size) per layer, and averages in place of those it had.

    The caller holds the transaction, so that the status row changes together with them.
    Raises `VectorError` before anything is written.
    """
    checked = {
        layer: as_halves(vectors, size=layer.size, name=layer.name)
        for layer, vectors in layer_vectors.items()
    }
    for layer, halves in checked.items():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table_name(layer.pk)} WHERE track_id = %s", [track_id])
        _copy_in(layer, [(track_id, halves)])
    replace_averages(checked, track_id)


def add_vectors(layer: Layer, track_vectors: Iterable[tuple[int, NDArray[Any]]]) -> None:
    """Store (segments, size) vectors of many tracks that have none in the layer, in one stream.

    Their averages are left to `fill_averages`. Raises `VectorError`, and then stores nothing.
    """
    _copy_in(
        layer,
        (
            (track_id, as_halves(vectors, size=layer.size, name=layer.name))
            for track_id, vectors in track_vectors
        ),
    )


def fill_averages(layer: Layer, progress: Progress = Progress()) -> int:  # noqa: B008
    """Take the averages of vectors that have none, or none with the extremes; returns how many.

    So it is with those stored by an earlier release. What is done is kept: interrupted, it goes on
    from there. A track whose vectors are replaced meanwhile gets its average from whoever replaces
    them.
    """
    statement = sql.SQL(
        "SELECT DISTINCT track_id FROM {table} vectors WHERE NOT EXISTS (SELECT FROM {averages} "
        "WHERE layer_id = {layer} AND track_id = vectors.track_id AND typical IS NOT NULL) "
        "ORDER BY track_id"
    ).format(
        table=sql.Identifier(table_name(layer.pk)),
        averages=sql.Identifier(TrackAverage._meta.db_table),
        layer=sql.Literal(layer.pk),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        missing = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(missing), TRACKS_AT_ONCE):
        progress.advance(0, message=f"{layer.name}: averages {start / len(missing):.0%}")
        data = read_layer(layer, missing[start : start + TRACKS_AT_ONCE])
        rows = [
            average_row(layer, track_id, data.vectors[begin:end])
            for track_id, begin, end in track_slices(data.track_ids)
        ]
        add_averages(layer, rows)
    return len(missing)


def track_slices(track_ids: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """(track, start, end) of each run in sorted track ids."""
    starts = np.flatnonzero(np.diff(track_ids, prepend=-1))
    ends = np.append(starts, len(track_ids))[1:]
    return list(zip(track_ids[starts].tolist(), starts.tolist(), ends.tolist(), strict=True))


def iter_layer(
    layer: Layer, track_ids: Sequence[int] | None = None, *, every: int = 1
) -> Iterator[LayerVectors]:
    """Like `read_layer`, in blocks of bounded size, for what need not be in memory at once.

    The connection is busy until the iterator is exhausted or closed.
    """
    row = _row_out_type(layer.size)
    rows_per_block = max(BLOCK_BYTES // row.itemsize, 1)
    statement = sql.SQL(
        "COPY (SELECT track_id, position, vector FROM {table} {where} "
        "ORDER BY layer_id, track_id, position) TO STDOUT (FORMAT BINARY)"
    ).format(table=sql.Identifier(table_name(layer.pk)), where=_where(track_ids, every))
    buffer = bytearray()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        start = len(HEADER)
        for message in copy:
            buffer += message
            if len(buffer) - start >= rows_per_block * row.itemsize:
                yield _parse(buffer, start, rows_per_block, row, layer)
                buffer = buffer[start + rows_per_block * row.itemsize :]
                start = 0
        rows = (len(buffer) - start - len(TRAILER)) // row.itemsize
        if rows > 0:
            yield _parse(buffer, start, rows, row, layer)


def read_layer(
    layer: Layer, track_ids: Sequence[int] | None = None, *, every: int = 1
) -> LayerVectors:
    """All vectors of a layer, or of some of its tracks, sorted by track and position.

    `every` takes those at positions 0, k, 2k … of each track alone. Memory: the result and a block.
    """
    # Reading and counting are two statements: rows added in between make the arrays grow.
    rows = count_segments(layer, track_ids, every=every)
    tracks = np.empty(rows, np.int64)
    positions = np.empty(rows, np.int32)
    vectors = np.empty((rows, layer.size), np.float32)
    end = 0
    for block in iter_layer(layer, track_ids, every=every):
        start, end = end, end + len(block)
        if end > len(tracks):
            tracks.resize(end, refcheck=False)
            positions.resize(end, refcheck=False)
            vectors.resize((end, layer.size), refcheck=False)
        tracks[start:end] = block.track_ids
        positions[start:end] = block.positions
        vectors[start:end] = block.vectors
    return LayerVectors(tracks[:end], positions[:end], vectors[:end])


def count_segments(layer: Layer, track_ids: Sequence[int] | None = None, *, every: int = 1) -> int:
    """How many vectors a layer has, or some of its tracks, as `read_layer` reads them."""
    statement = sql.SQL("SELECT count(*) FROM {table} {where}").format(
        table=sql.Identifier(table_name(layer.pk)), where=_where(track_ids, every)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])


def segment_counts(layer: Layer) -> dict[int, int]:
    """How many vectors of a layer each track has, in ascending order of tracks."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT track_id, count(*) FROM {table_name(layer.pk)} GROUP BY 1 ORDER BY 1"
        )
        return dict(cursor.fetchall())


def disk_bytes(layer_id: Expression | F) -> Func:
    """A query's expression for the size on disk of a layer's vectors with their indexes."""
    table = Concat(Value(f"{SegmentEmbedding._meta.db_table}_"), Cast(layer_id, TextField()))
    size = Func(Func(table, function="to_regclass"), function="pg_total_relation_size")
    return Coalesce(size, 0, output_field=BigIntegerField())


def _where(track_ids: Sequence[int] | None, every: int) -> sql.Composable:
    conditions: list[sql.Composable] = []
    if track_ids is not None:
        ids = sql.Literal([int(pk) for pk in track_ids])
        conditions.append(sql.SQL("track_id = ANY({})").format(ids))
    if every > 1:
        conditions.append(sql.SQL("position % {} = 0").format(sql.Literal(every)))
    return (
        sql.SQL("WHERE {}").format(sql.SQL(" AND ").join(conditions)) if conditions else sql.SQL("")
    )


def _vector_fields(size: int) -> list[tuple[Any, ...]]:
    return [
        ("vector_bytes", ">i4"),
        ("dimensions", ">i2"),
        ("unused", ">i2"),
        ("vector", ">f2", (size,)),
    ]


def _row_out_type(size: int) -> np.dtype[np.void]:
    """One row of (track, position, vector) as COPY sends it."""
    return np.dtype(
        [
            ("fields", ">i2"),
            ("track_bytes", ">i4"),
            ("track", ">i8"),
            ("position_bytes", ">i4"),
            ("position", ">i4"),
            *_vector_fields(size),
        ]
    )


def _row_in_type(size: int) -> np.dtype[np.void]:
    """One row of (layer, track, position, vector) as COPY takes it."""
    return np.dtype(
        [
            ("fields", ">i2"),
            ("layer_bytes", ">i4"),
            ("layer", ">i8"),
            ("track_bytes", ">i4"),
            ("track", ">i8"),
            ("position_bytes", ">i4"),
            ("position", ">i4"),
            *_vector_fields(size),
        ]
    )


def _copy_in(layer: Layer, tracks: Iterable[tuple[int, NDArray[np.float16]]]) -> None:
    statement = (
        f"COPY {table_name(layer.pk)} (layer_id, track_id, position, vector) "
        "FROM STDIN (FORMAT BINARY)"
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(HEADER)
        for track_id, halves in tracks:
            for block in _rows_in(layer, track_id, halves):
                copy.write(block)
        copy.write(TRAILER)


def _rows_in(layer: Layer, track_id: int, halves: NDArray[np.float16]) -> Iterator[bytes]:
    row_type = _row_in_type(layer.size)
    step = max(BLOCK_BYTES // row_type.itemsize, 1)
    for start in range(0, len(halves), step):
        part = halves[start : start + step]
        rows = np.zeros(len(part), row_type)
        rows["fields"] = 4
        rows["layer_bytes"] = rows["track_bytes"] = 8
        rows["position_bytes"] = 4
        rows["vector_bytes"] = 4 + 2 * layer.size
        rows["layer"], rows["track"] = layer.pk, track_id
        rows["position"] = np.arange(start, start + len(part))
        rows["dimensions"] = layer.size
        rows["vector"] = part
        yield rows.tobytes()


def _parse(
    buffer: bytearray, start: int, rows: int, row_type: np.dtype[np.void], layer: Layer
) -> LayerVectors:
    table = np.frombuffer(buffer, row_type, count=rows, offset=start)
    # A vector of another size would shift everything after it.
    if (table["fields"] != 3).any() or (table["dimensions"] != layer.size).any():
        raise VectorError(
            f"{layer.name} holds vectors of another size than {layer.size}. "
            "Extract or import this layer again."
        )
    return LayerVectors(
        track_ids=table["track"].astype(np.int64),
        positions=table["position"].astype(np.int32),
        vectors=table["vector"].astype(np.float32),
    )
