"""What pages and the API read: the points of maps, and a track's taggrams.

Imported by the web process, so numpy only: nothing that computes maps is imported here.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import (
    BinaryField,
    Count,
    Exists,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce, Length, Substr
from numpy.typing import NDArray
from psycopg import sql

from embeddings.models import Extraction, Layer, Projection, TrackAverage
from embeddings.reduction.quality import NOT_MEASURED
from embeddings.storage import read_layer, table_name
from tracks.models import Track


@dataclass(frozen=True)
class Points:
    """The points of a map, sorted by track and position; all arrays are (n,)."""

    track: NDArray[np.int32]
    position: NDArray[np.int32]
    x: NDArray[np.float32]
    y: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.track)


def layer_version(layer: Layer) -> str:
    """What changes when vectors of the layer are added, replaced or removed."""
    state = Extraction.objects.filter(model=layer.model_id, state=Extraction.State.DONE).aggregate(
        tracks=Count("pk"), segments=Sum("segments"), last=Max("finished_at")
    )
    parts = map(str, [layer.pk, layer.name, *state.values()])
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def chosen_layers(names: Sequence[str] | None = None) -> list[Layer]:
    """The layers named, or else all that are switched on.

    Raises `ValueError` for a name that does not exist; the message lists those that do.
    """
    layers = Layer.objects.select_related("model")
    if names is None:
        return list(layers.filter(enabled=True, model__enabled=True))
    chosen = list(layers.filter(name__in=names))
    if unknown := set(names) - {layer.name for layer in chosen}:
        known = ", ".join(layers.values_list("name", flat=True))
        raise ValueError(f"There is no layer {', '.join(sorted(unknown))}; there are {known}.")
    return chosen


def current_projections(layer: Layer | None = None) -> QuerySet[Projection]:
    """The newest finished version of each recipe, of layers that are not switched off."""
    newer = Projection.objects.filter(
        layer=OuterRef("layer"),
        recipe=OuterRef("recipe"),
        state=Projection.State.DONE,
        version__gt=OuterRef("version"),
    )
    current = Projection.objects.filter(
        ~Exists(newer),
        state=Projection.State.DONE,
        layer__enabled=True,
        layer__model__enabled=True,
    )
    return current if layer is None else current.filter(layer=layer)


def projection_named(pk: int) -> QuerySet[Projection]:
    """The finished version of this number, if any; of one that was replaced, the newest."""
    replaced = Projection.objects.filter(pk=pk, state=Projection.State.REPLACED)
    finished = Projection.objects.filter(state=Projection.State.DONE)
    newest = finished.filter(
        layer__in=replaced.values("layer"), recipe__in=replaced.values("recipe")
    ).order_by("-version")
    return finished.filter(Q(pk=pk) | Q(pk=Subquery(newest.values("pk")[:1])))


def projection_points(projection: Projection, *, x: int = 0, y: int = 1) -> Points:
    """The points of a finished projection in two of its dimensions (from 0).

    Raises `ValueError` for a dimension that the projection does not have.
    """
    _check_dimensions(x, y, projection.dimensions, name=str(projection))
    rows = list(projection.tracks.order_by("track_id").values_list("track_id", "coordinates"))
    # One array for the whole map: a loop over tracks costs a thousand times a segment.
    coordinates = np.frombuffer(b"".join(row[1] for row in rows), "<f4")
    coordinates = coordinates.reshape(-1, projection.dimensions)
    track, position = numbered(rows, bytes_each=4 * projection.dimensions, every=projection.every)
    return Points(
        track=track,
        position=position,
        x=np.ascontiguousarray(coordinates[:, x], np.float32),
        y=np.ascontiguousarray(coordinates[:, y], np.float32),
    )


@dataclass(frozen=True)
class SegmentTrust:
    """How far the places of a map's segments can be trusted, of those that were measured, (n,)."""

    track: NDArray[np.int32]
    position: NDArray[np.int32]
    trust: NDArray[np.uint8]  # 0 worst to 254 best
    segments: int  # on the map, measured or not


def lacks_trust(projection: Projection) -> bool:
    """Whether it was made before the trust of each segment was measured."""
    return projection.tracks.filter(trust=b"").exists()


def projection_trust(projection: Projection) -> SegmentTrust:
    """Of a finished projection, sorted by track and position."""
    rows = list(projection.tracks.order_by("track_id").values_list("track_id", "trust"))
    trust = np.frombuffer(b"".join(row[1] for row in rows), np.uint8)
    track, position = numbered(rows, bytes_each=1, every=projection.every)
    measured = trust != NOT_MEASURED
    return SegmentTrust(
        track[measured], position[measured], trust[measured], segments=projection.segments
    )


def numbered(
    rows: Sequence[tuple[int, bytes | memoryview]], *, bytes_each: int, every: int = 1
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Track and position (n,) of all segments in rows of (track, `bytes_each` for a segment)."""
    counts = np.fromiter((len(row[1]) // bytes_each for row in rows), np.int64, len(rows))
    tracks = np.fromiter((row[0] for row in rows), np.int32, len(rows))
    starts = np.cumsum(counts) - counts
    position = (np.arange(counts.sum()) - np.repeat(starts, counts)) * every
    return np.repeat(tracks, counts), position.astype(np.int32)


# A point as the server sends it.
_POINT = np.dtype([("track", ">i4"), ("position", ">i4"), ("x", ">f4"), ("y", ">f4")])


def layer_points(layer: Layer, *, x: int = 0, y: int = 1) -> Points:
    """The map called "original": two dimensions (from 0) of the layer's vectors themselves.

    Raises `ValueError` for a dimension that the layer does not have.
    """
    _check_dimensions(x, y, layer.size, name=layer.name)
    # The server picks the two numbers, for whole vectors would be a hundred times the bytes: by
    # the product with a unit vector, which is quicker than taking a vector apart. It sends all
    # points as one value, for a million rows cost seconds by their number alone, and in any
    # order, for it would sort them with their vectors.
    statement = sql.SQL(
        "COPY (SELECT string_agg(int4send(track_id::int4) || int4send(position) || "
        "float4send({x}) || float4send({y}), '') FROM {table}) TO STDOUT (FORMAT BINARY)"
    ).format(
        table=sql.Identifier(table_name(layer.pk)),
        x=_component(layer.size, x),
        y=_component(layer.size, y),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(["bytea"])
        ((data,),) = copy.rows()
    table = np.frombuffer(data or b"", _POINT)  # null where there are none
    # Long runs are in order, which a stable sort makes use of.
    place = table["track"].astype(np.int64) << 32 | table["position"]
    order = np.argsort(place, kind="stable")
    return Points(
        track=table["track"].astype(np.int32)[order],
        position=table["position"].astype(np.int32)[order],
        x=table["x"].astype(np.float32)[order],
        y=table["y"].astype(np.float32)[order],
    )


def _component(size: int, dimension: int) -> sql.Composed:
    """A number of the column `vector`, exactly: the other products are zeros."""
    unit = ["0"] * size
    unit[dimension] = "1"
    return sql.SQL("(-(vector <#> {}::halfvec))::real").format(sql.Literal(f"[{','.join(unit)}]"))


@dataclass(frozen=True)
class AveragePoints:
    """Tracks as one point each, ascending; all arrays are (n,)."""

    track: NDArray[np.int32]
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    spread: NDArray[np.float32]
    segments: NDArray[np.int32]
    typical: NDArray[np.int32]  # position of the segment that is heard; 0 where it is not known


def lacks_averages(projection: Projection) -> bool:
    """Whether it was made before averages were placed on maps."""
    return projection.tracks.filter(average=None).exists()


def projection_averages(projection: Projection, *, x: int = 0, y: int = 1) -> AveragePoints | None:
    """The averages of tracks in two dimensions of a finished projection.

    None where they are not placed yet, on a map made before there were any. Raises `ValueError`
    for a dimension that the projection does not have.
    """
    _check_dimensions(x, y, projection.dimensions, name=str(projection))
    if lacks_averages(projection):
        return None
    own = TrackAverage.objects.filter(layer=projection.layer_id, track=OuterRef("track"))
    rows = projection.tracks.order_by("track_id").annotate(
        spread=Coalesce(Subquery(own.values("spread")), 0.0),
        typical=Subquery(own.values("typical")),
        segments=Length("coordinates") / (4 * projection.dimensions),
    )
    return _average_points(rows, "average", x, y)


def layer_averages(layer: Layer, *, x: int = 0, y: int = 1) -> AveragePoints:
    """The averages of tracks in two dimensions of the layer's vectors themselves.

    Raises `ValueError` for a dimension that the layer does not have.
    """
    _check_dimensions(x, y, layer.size, name=layer.name)
    return _average_points(layer.averages.order_by("track_id"), "mean", x, y)


def _average_points(rows: QuerySet[Any], field: str, x: int, y: int) -> AveragePoints:
    """Of rows with a spread, a number of segments, and float32 numbers in a field."""
    numbers = [
        Substr(field, 4 * dimension + 1, 4, output_field=BinaryField()) for dimension in (x, y)
    ]
    known = Coalesce("typical", 0)
    found = list(rows.values_list("track_id", *numbers, "spread", "segments", known))
    tracks, xs, ys, spreads, segments, typical = zip(*found, strict=True) if found else [()] * 6
    return AveragePoints(
        track=np.array(tracks, np.int32),
        x=np.frombuffer(b"".join(xs), "<f4"),
        y=np.frombuffer(b"".join(ys), "<f4"),
        spread=np.array(spreads, np.float32),
        segments=np.array(segments, np.int32),
        typical=np.array(typical, np.int32),
    )


def lacks_typical(layer: Layer) -> bool:
    """Whether some averages are those of an earlier release, until `reduce_all` fills them in."""
    return layer.averages.filter(typical=None).exists()


def track_taggrams(track: Track, layer: Layer) -> NDArray[np.float32]:
    """A track's vectors of a layer, (segments, size); no rows where there are none."""
    return read_layer(layer, [track.pk]).vectors


def _check_dimensions(x: int, y: int, dimensions: int, *, name: str) -> None:
    for dimension in (x, y):
        if not 0 <= dimension < dimensions:
            raise ValueError(f"{name} has dimensions 0 to {dimensions - 1}, not {dimension}.")
