"""What people select, by tracks, by segments or by areas drawn on a map, as stretches of tracks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from embeddings.areas import Area, inside_areas
from embeddings.models import Extraction, Layer, Projection
from embeddings.queries import Points, layer_points, projection_points
from embeddings.stretches import Stretches, from_runs, parse_ranges, stretches_of, whole_tracks
from tracks.models import Track
from tracks.selection import TrackSelection


@dataclass(frozen=True)
class MapSelection:
    """What is shown of a map, or of it what lies in some areas."""

    layer: Layer
    projection: Projection | None = None  # None: two dimensions of the layer itself
    x: int = 0
    y: int = 1
    log: tuple[bool, bool] = (False, False)
    tracks: TrackSelection = field(default_factory=TrackSelection)
    every: int = 1  # of a track's segments, from its first
    areas: Sequence[Area] = ()


def select_tracks(tracks: Sequence[int]) -> Stretches:
    """Whole tracks in the order given; those that do not exist are left out."""
    known = set(Track.objects.filter(pk__in=tracks).values_list("pk", flat=True))
    return whole_tracks([track for track in tracks if track in known])


def select_segments(layer: Layer, ranges: Mapping[int, str]) -> Stretches:
    """Segments of a layer, as `0-4,7` for each track, in the order of the tracks given.

    Those that do not exist are left out. Raises `ValueError` for malformed ranges.
    """
    parsed = {track: parse_ranges(text) for track, text in ranges.items()}
    extractions = Extraction.objects.filter(
        model=layer.model_id, state=Extraction.State.DONE, track__in=list(parsed)
    )
    counts = dict(extractions.values_list("track", "segments"))
    runs = [
        (track, low, min(high, counts[track] - 1))
        for track, pairs in parsed.items()
        for low, high in pairs
        if low < counts.get(track, 0)
    ]
    track, low, high = np.array(runs, np.int64).reshape(-1, 3).T
    return from_runs(
        track,
        low,
        high - low + 1,
        hop_seconds=layer.hop_seconds,
        segment_seconds=layer.segment_seconds,
    )


def select_on_map(wanted: MapSelection) -> Stretches:
    """What is selected on a map, in the order of the tracks' paths.

    Raises `ValueError` for dimensions that the map does not have, and for corners where it has
    no place.
    """
    points = _points(wanted)
    chosen = inside_areas(points.x, points.y, wanted.areas, log=wanted.log)
    if wanted.every > 1:
        chosen &= points.position % wanted.every == 0
    order = _in_path_order(wanted.tracks)
    chosen &= np.isin(points.track, order)
    stretches = stretches_of(
        points.track[chosen],
        points.position[chosen],
        hop_seconds=wanted.layer.hop_seconds,
        segment_seconds=wanted.layer.segment_seconds,
    )
    return stretches.sorted_like(order)


def _points(wanted: MapSelection) -> Points:
    if wanted.projection is None:
        return layer_points(wanted.layer, x=wanted.x, y=wanted.y)
    return projection_points(wanted.projection, x=wanted.x, y=wanted.y)


def _in_path_order(chosen: TrackSelection) -> NDArray[np.int64]:
    tracks = chosen.apply(Track.objects.all()).order_by("path", "pk")
    return np.array(list(tracks.values_list("pk", flat=True)), np.int64)
