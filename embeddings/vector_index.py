"""One HNSW index a layer, for search by similarity (Malkov and Yashunin 2018).

On the layer's partition of the table of vectors. New segments enter an index by themselves; it is
built once, after the first extraction, since building is faster than filling.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import psutil
from django.db import OperationalError, connection, transaction
from psycopg import sql
from psycopg.errors import DiskFull

from embeddings.models import Layer
from embeddings.neighbours import indexed_expression, nearest_segments
from embeddings.queries import chosen_layers
from embeddings.storage import count_segments, read_layer, table_name
from musicexplore.progress import Progress

M = 16  # links of a segment in the graph
EF_CONSTRUCTION = 64  # candidates looked at for each link
LARGEST_SIZE = 4000  # numbers of a halfvec that pgvector can index
SAMPLE = 20  # segments whose neighbours are compared with an exact search
GRAPH_BYTES = 1200  # of memory that a segment takes besides its vector
MEGABYTE = 1 << 20
LEAST_MEMORY, MOST_MEMORY = 64 * MEGABYTE, 2048 * MEGABYTE
SHARE_OF_MEMORY = 1 / 4  # of what this machine has free


@dataclass(frozen=True)
class LayerIndex:
    """The index of a layer: whether it was built now, and how good its answers are."""

    layer: Layer
    segments: int
    built: bool
    seconds: float
    recall: float | None  # share of the 10 true nearest that it finds; asked when it is built

    def __str__(self) -> str:
        done = "already there"
        if self.recall is not None:
            done = f"built in {self.seconds:.1f} s, recall@10 {self.recall:.2f}"
        return f"{self.layer.name}: {self.segments} segments, {done}"


def index_all(
    *,
    layers: Sequence[str] | None = None,
    force: bool = False,
    progress: Progress = Progress(),  # noqa: B008 (it has no state)
) -> list[LayerIndex]:
    """Index all layers that have vectors and are switched on, or those named.

    Layers too long for an index are left to exact search. Raises `ValueError` for a layer named
    that does not exist or is too long.
    """
    wanted = [layer for layer in chosen_layers(layers) if layers or layer.size <= LARGEST_SIZE]
    chosen = [(layer, count) for layer in wanted if (count := count_segments(layer))]
    progress.start(sum(count for _, count in chosen), "segments")
    results = []
    for layer, count in chosen:
        progress.advance(0, message=layer.name)
        results.append(index_layer(layer, force=force))
        progress.advance(count)
    progress.finish(f"{sum(result.built for result in results)} indexes built.")
    return results


def index_layer(layer: Layer, *, force: bool = False) -> LayerIndex:
    """Build the index of a layer unless it is there; `force` builds it again.

    Writing to the layer waits meanwhile. All or nothing: an interrupted build leaves no index.
    Raises `ValueError` for vectors too long to be indexed.
    """
    if layer.size > LARGEST_SIZE:
        raise ValueError(
            f"{layer.name} has vectors of {layer.size} numbers; an index takes {LARGEST_SIZE}."
        )
    segments = count_segments(layer)
    begun = time.monotonic()
    with transaction.atomic():
        if force:
            drop_index(layer)
        built = not _exists(layer)
        if built:
            _build(layer, segments)
    seconds = time.monotonic() - begun
    return LayerIndex(layer, segments, built, seconds, _recall(layer) if built else None)


def drop_index(layer: Layer) -> None:
    with connection.cursor() as cursor:
        name = sql.Identifier(index_name(layer))
        cursor.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(name))


def index_name(layer: Layer) -> str:
    return f"{table_name(layer.pk)}_hnsw"


def is_indexed(layer: Layer) -> bool:
    """Whether there is an index, whole and in use."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid AND indisready FROM pg_index WHERE indexrelid = to_regclass(%s)",
            [index_name(layer)],
        )
        row = cursor.fetchone()
        return bool(row and row[0])


def build_memory(layer: Layer, segments: int, *, free: int) -> int:
    """Bytes to build an index in, of which the machine has so many free.

    A graph that outgrows them is built many times slower, but it is built.
    """
    wanted = segments * (2 * layer.size + GRAPH_BYTES)
    return max(min(wanted, MOST_MEMORY, int(free * SHARE_OF_MEMORY)), LEAST_MEMORY)


def _build(layer: Layer, segments: int) -> None:
    create = sql.SQL(
        "CREATE INDEX {name} ON {table} USING hnsw ({indexed} halfvec_cosine_ops) "
        "WITH (m = {m}, ef_construction = {ef})"
    ).format(
        name=sql.Identifier(index_name(layer)),
        table=sql.Identifier(table_name(layer.pk)),
        indexed=indexed_expression(layer),
        m=sql.Literal(M),
        ef=sql.Literal(EF_CONSTRUCTION),
    )
    memory = build_memory(layer, segments, free=psutil.virtual_memory().available)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL maintenance_work_mem = '{memory // 1024}kB'")
        try:
            with transaction.atomic():
                cursor.execute(create)
        except OperationalError as error:
            if not isinstance(error.__cause__, DiskFull):
                raise
            # Several workers share the graph in /dev/shm, which containers keep small.
            cursor.execute("SET LOCAL max_parallel_maintenance_workers = 0")
            cursor.execute(create)
        # Statistics decide whether the planner takes the index.
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table_name(layer.pk))))


def _recall(layer: Layer) -> float:
    """Recall@10 over a few segments, spread evenly over the tracks."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT track_id FROM {table_name(layer.pk)} ORDER BY track_id")
        tracks = [row[0] for row in cursor.fetchall()]
    found = true = 0
    for track in tracks[:: max(len(tracks) // SAMPLE, 1)][:SAMPLE]:
        vector = read_layer(layer, [track]).vectors[0]
        exact = nearest_segments(layer, vector, exact=True)
        # By distance, for segments equally near are equally right.
        furthest = exact[-1].distance + 1e-6
        answers = np.array([near.distance for near in nearest_segments(layer, vector)])
        found += int((answers <= furthest).sum())
        true += len(exact)
    return found / true if true else 1.0


def _exists(layer: Layer) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [index_name(layer)])
        return bool(cursor.fetchone()[0])
