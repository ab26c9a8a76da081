"""A track as one vector: the mean of its segments in a layer, and how far they spread around it.

With it is kept which segment lies nearest to all others, and which farthest from them.

Means are taken in the layer's own space. Where they lie on a map is a question of its own, see
`reduction/placing.py`: the mean of places on a map of t-SNE or UMAP means nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from embeddings.models import Layer, TrackAverage
from embeddings.passages import extremes


@dataclass(frozen=True)
class Averages:
    """Tracks as one vector each."""

    track: NDArray[np.int64]  # (n,) ascending
    means: NDArray[np.float32]  # (n, size)

    def only(self, wanted: NDArray[np.bool_]) -> "Averages":
        """Those that are wanted, (n,)."""
        return Averages(self.track[wanted], self.means[wanted])


def average(vectors: NDArray[Any]) -> tuple[NDArray[np.float32], float]:
    """The mean (size,) of (n, size) vectors, and their root mean square distance to it."""
    exact = vectors.astype(np.float64)
    mean = exact.mean(axis=0)
    spread = float(np.sqrt(((exact - mean) ** 2).sum(axis=1).mean()))
    return mean.astype(np.float32), spread


def average_row(layer: Layer, track_id: int, vectors: NDArray[Any]) -> TrackAverage:
    """The row, not saved yet, of a track's (n, size) vectors as they are stored."""
    mean, spread = average(vectors)
    found = extremes(vectors)
    return TrackAverage(
        layer=layer,
        track_id=track_id,
        mean=mean.astype("<f4").tobytes(),
        spread=spread,
        segments=len(vectors),
        typical=found.typical,
        unusual=found.unusual,
    )


def replace_averages(layer_vectors: Mapping[Layer, NDArray[np.float16]], track_id: int) -> None:
    """Put a track's averages in place of those it had; the caller holds the transaction."""
    empty = [layer for layer, vectors in layer_vectors.items() if not len(vectors)]
    if empty:
        TrackAverage.objects.filter(layer__in=empty, track=track_id).delete()
    TrackAverage.objects.bulk_create(
        [
            average_row(layer, track_id, vectors)
            for layer, vectors in layer_vectors.items()
            if len(vectors)
        ],
        update_conflicts=True,
        unique_fields=["layer", "track"],
        update_fields=["mean", "spread", "segments", "typical", "unusual"],
    )


def add_averages(layer: Layer, rows: Sequence[TrackAverage]) -> None:
    """Store averages that there are not, and the extremes of those that have none.

    Whole rows stay as they are: they are those of newer vectors.
    """
    TrackAverage.objects.bulk_create(rows, ignore_conflicts=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TrackAverage._meta.db_table} average "
            "SET typical = found.typical, unusual = found.unusual "
            "FROM unnest(%s::bigint[], %s::int[], %s::int[]) found(track, typical, unusual) "
            "WHERE layer_id = %s AND track_id = found.track AND average.typical IS NULL",
            [
                [row.track_id for row in rows],
                [row.typical for row in rows],
                [row.unusual for row in rows],
                layer.pk,
            ],
        )


def read_averages(
    layer: Layer, track_ids: Sequence[int] | None = None, *, without: Sequence[int] = ()
) -> Averages:
    """The averages that there are of a layer's tracks, or of some, without others."""
    averages = TrackAverage.objects.filter(layer=layer).exclude(track__in=without)
    if track_ids is not None:
        averages = averages.filter(track__in=track_ids)
    rows = list(averages.order_by("track_id").values_list("track_id", "mean"))
    return Averages(
        track=np.array([row[0] for row in rows], np.int64),
        means=np.frombuffer(b"".join(row[1] for row in rows), "<f4").reshape(-1, layer.size),
    )
