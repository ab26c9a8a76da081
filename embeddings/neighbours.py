"""The segments of a layer nearest to a vector: by cosine distance through the layer's index.

The index knows that one metric; by others, each segment is compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg import sql

from embeddings.models import Layer, SegmentEmbedding
from embeddings.storage import table_name

# `benchmark search` measures these: see docs/search.md.
CANDIDATES = 100  # ef_search
FILTERED_CANDIDATES = 200  # where only some tracks count, most candidates do not
MOST_CANDIDATES = 1000  # that pgvector accepts
# So many that no filter wants, in as long as 25,000 are compared: the filter lies far away.
FILTERED_SCAN = 2000
UNFILTERED_SCAN = 20_000  # pgvector's own measure
SPARE = 10  # the index's order is that of rounded vectors: those beyond the last may be nearer

Metric = Literal["cosine", "euclidean", "inner"]
# Each is less where segments are nearer: the inner product is negated.
OPERATORS: dict[Metric, str] = {"cosine": "<=>", "euclidean": "<->", "inner": "<#>"}


@dataclass(frozen=True)
class Neighbour:
    """A segment and its distance; by cosine, from 0 (same direction) to 2."""

    track_id: int
    position: int
    distance: float


def nearest_segments(
    layer: Layer,
    vector: NDArray[np.float32],
    *,
    limit: int = 10,
    without: Sequence[int] = (),
    tracks: Sequence[int] | None = None,
    every: int = 1,
    exact: bool = False,
    metric: Metric = "cosine",
) -> list[Neighbour]:
    """The `limit` segments nearest to a vector (size,), nearest first.

    `without` leaves out tracks, such as the one that the vector comes from; `tracks` asks among
    these alone, and `every` among every k-th segment; `exact` compares with each segment instead
    of asking the index.
    """
    query = statement(
        layer,
        vector,
        limit=limit if exact else limit + SPARE,
        without=without,
        tracks=tracks,
        every=every,
        exact=exact,
        metric=metric,
    )
    with connection.cursor() as cursor:
        # Sent together, they are one transaction and wait for the server once.
        cursor.execute(sql.SQL("; ").join([*_scan(limit, filtered=tracks is not None), query]))
        while cursor.nextset():
            pass
        neighbours = [Neighbour(*row) for row in cursor.fetchall()]
    # The index orders by unit vectors rounded to half precision; distances are of the originals.
    return sorted(neighbours, key=lambda neighbour: neighbour.distance)[:limit]


def nearest_to_segment(
    layer: Layer,
    track_id: int,
    position: int,
    *,
    limit: int,
    tracks: Sequence[int] | None = None,
    every: int = 1,
) -> list[Neighbour]:
    """The `limit` other segments nearest to one of the layer, nearest first; see above.

    None of a segment of zeros, which has no direction. Raises `SegmentEmbedding.DoesNotExist`.
    """
    row = SegmentEmbedding.objects.get(layer=layer, track=track_id, position=position)
    vector = np.asarray(row.vector, np.float32)
    if not vector.any():
        return []

    def others(*, exact: bool) -> list[Neighbour]:
        near = nearest_segments(
            layer, vector, limit=limit + 1, tracks=tracks, every=every, exact=exact
        )
        # Segments of zeros are at no distance at all: neither near nor far.
        return [
            each
            for each in near
            if (each.track_id, each.position) != (track_id, position) and np.isfinite(each.distance)
        ][:limit]

    found = others(exact=False)
    # An index stops looking before it finds a few tracks among very many.
    return found if len(found) == limit or tracks is None else others(exact=True)


def _scan(limit: int, *, filtered: bool) -> Iterator[sql.SQL]:
    """How the index is scanned, for this query alone."""
    # Without iterative scans, a long track that is left out could be all the index brings.
    yield sql.SQL("SET LOCAL hnsw.iterative_scan = strict_order")
    candidates = max(FILTERED_CANDIDATES if filtered else CANDIDATES, limit + SPARE)
    yield sql.SQL(f"SET LOCAL hnsw.ef_search = {min(candidates, MOST_CANDIDATES)}")
    # Always said: an earlier query of the same transaction may have said something else.
    scanned = FILTERED_SCAN if filtered else UNFILTERED_SCAN
    yield sql.SQL(f"SET LOCAL hnsw.max_scan_tuples = {scanned}")


def statement(
    layer: Layer,
    vector: NDArray[np.float32],
    *,
    limit: int,
    without: Sequence[int] = (),
    tracks: Sequence[int] | None = None,
    every: int = 1,
    exact: bool = False,
    metric: Metric = "cosine",
) -> sql.Composed:
    """The query. It orders by the very expression of the index, or the index is of no use."""
    distance = sql.SQL("({indexed} {operator} {vector}::halfvec({size}))").format(
        indexed=indexed_expression(layer),
        operator=sql.SQL(OPERATORS[metric]),
        vector=sql.Literal(HalfVector(vector.astype(np.float16)).to_text()),
        size=sql.Literal(layer.size),
    )
    conditions: list[sql.Composable] = [sql.SQL("TRUE")]
    if without:
        conditions.append(sql.SQL("track_id <> ALL({})").format(sql.Literal(list(without))))
    if tracks is not None:
        conditions.append(sql.SQL("track_id = ANY({})").format(sql.Literal(list(tracks))))
    if every > 1:
        conditions.append(sql.SQL("position % {} = 0").format(sql.Literal(every)))
    return sql.SQL(
        "SELECT track_id, position, {distance} FROM {table} WHERE {condition} "
        "ORDER BY {order} LIMIT {limit}"
    ).format(
        distance=distance,
        table=sql.Identifier(table_name(layer.pk)),
        condition=sql.SQL(" AND ").join(conditions),
        order=distance + sql.SQL(" + 0") if exact else distance,  # no index holds the sum
        limit=sql.Literal(limit),
    )


def indexed_expression(layer: Layer) -> sql.Composed:
    """What the index of a layer holds: the column is untyped, since layers differ in size."""
    return sql.SQL("(vector::halfvec({}))").format(sql.Literal(layer.size))
