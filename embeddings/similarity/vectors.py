"""Means of vectors over runs of segments, taken by the database."""

from collections.abc import Sequence

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg import sql

from embeddings.models import Layer
from embeddings.storage import table_name

LAST = 2**31 - 1  # no segment comes after it: a run from 0 to it is the whole track

Runs = Sequence[tuple[int, int, int]]  # track, first and last position


def mean_vectors(layer: Layer, runs: Runs) -> NDArray[np.float32]:
    """(n, size), in half precision; NaN where a layer has no segment of a run."""
    query = sql.SQL(
        "SELECT run.place, avg(vectors.vector)::real[] "
        "FROM unnest({tracks}::bigint[], {first}::int[], {last}::int[]) WITH ORDINALITY "
        "run(track, first, last, place) JOIN {table} vectors ON vectors.track_id = run.track "
        "AND vectors.position BETWEEN run.first AND run.last GROUP BY 1"
    ).format(
        tracks=sql.Literal([track for track, _, _ in runs]),
        first=sql.Literal([first for _, first, _ in runs]),
        last=sql.Literal([last for _, _, last in runs]),
        table=sql.Identifier(table_name(layer.pk)),
    )
    means = np.full((len(runs), layer.size), np.nan, np.float32)
    with connection.cursor() as cursor:
        cursor.execute(query)
        for place, mean in cursor.fetchall():
            means[place - 1] = mean
    return means
