"""What a map is made of: a layer's vectors, all or of a subset of the collection."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection

from embeddings.models import Layer
from embeddings.storage import LayerVectors, read_layer, table_name
from tracks.models import Track
from tracks.selection import TrackSelection


@dataclass(frozen=True)
class Subset:
    """Every k-th segment of the selected tracks."""

    selection: TrackSelection = field(default_factory=TrackSelection)
    every: int = 1

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> "Subset":
        """What a projection's row says."""
        selection = TrackSelection.from_query(written.get("filter", {}))
        return cls(selection, written.get("every", 1))

    def as_dict(self) -> dict[str, Any]:
        """For a projection's row: empty for the whole collection."""
        chosen = self.selection.as_dict()
        return {"filter": chosen, "every": self.every} if chosen or self.every > 1 else {}


class Source:
    """The vectors that maps of a layer are made of, read once for all of its maps."""

    def __init__(self, layer: Layer, subset: Subset | None = None) -> None:
        self.layer = layer
        self.subset = subset or Subset()
        # How many segments each track contributes.
        self.counts = _segment_counts(layer, self.subset.every)
        if self.subset.selection.as_dict():
            tracks = self.subset.selection.apply(Track.objects.all())
            chosen = set(tracks.values_list("pk", flat=True))
            self.counts = {pk: count for pk, count in self.counts.items() if pk in chosen}

    @property
    def segments(self) -> int:
        return sum(self.counts.values())

    @cached_property
    def vectors(self) -> LayerVectors:
        tracks = sorted(self.counts) if self.subset.selection.as_dict() else None
        return read_layer(self.layer, tracks, every=self.subset.every)


def has_vectors(layer: Layer) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table_name(layer.pk)})")
        return bool(cursor.fetchone()[0])


def _segment_counts(layer: Layer, every: int) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT track_id, count(*) FROM {table_name(layer.pk)} "
            "WHERE position %% %s = 0 GROUP BY track_id",
            [every],
        )
        return dict(cursor.fetchall())
