"""A path between two tracks or moments of a library, all of its stops of different tracks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from embeddings.averages import Averages, read_averages
from embeddings.models import Layer, SegmentEmbedding, TrackAverage
from embeddings.passages import extremes
from embeddings.similarity.choosing import artists_of, tracks_by
from embeddings.similarity.means import means_within
from embeddings.similarity.moments import nearest
from embeddings.similarity.pathfinding import Path, Stop, TooFewStopsError, Vectors, find_path
from embeddings.similarity.scope import Scope
from embeddings.similarity.vectors import mean_vectors
from embeddings.storage import read_layer, track_slices

Different = Literal["track", "artist"]

OF_ONE_TRACK = 4  # segments near to a point, at most
TRACKS = 6  # near to a point, at least, for a path has one segment of each


@dataclass(frozen=True)
class End:
    """Where a path starts or ends: a segment of a track, or the whole of it."""

    track_id: int
    position: int | None = None


class PathError(ValueError):
    """There is no such path; the message says why."""


class TooFewError(PathError):
    """There are fewer stops than were asked for."""


def path_between(
    layer: Layer,
    start: End,
    end: End,
    scope: Scope,
    *,
    steps: int,
    different: Different = "track",
) -> Path:
    """A path of `steps` stops, both ends among them, by cosine distance.

    From track to track through the means of tracks; each stop's position is then of its most
    typical segment. With a moment at either end through segments, and a track stands there by its
    most typical one. `different="artist"`: no two stops by one artist, unless they are the ends.

    Raises `PathError` for ends of one track or of silence; `TooFewError` where there are too few;
    `SegmentEmbedding.DoesNotExist` for ends that the layer does not have.
    """
    if start.track_id == end.track_id:
        raise PathError("A path leads from one track to another: these are the same.")
    whole = start.position is None and end.position is None
    kin = _Kin(different)
    if whole:
        space: _Tracks | _Segments = _Tracks(layer, scope, kin, [start.track_id, end.track_id])
    else:
        start, end = _as_segments(layer, [start, end])
        space = _Segments(layer, scope, kin)
    first, last = kin.stops([(each.track_id, each.position) for each in (start, end)])
    ends = space.vectors([first, last])
    if np.isnan(ends).any():
        raise SegmentEmbedding.DoesNotExist
    if not ends.any(axis=1).all():
        raise PathError("One of the two is silent, so that nothing is near to it.")
    try:
        path = find_path(space, first, last, steps)
    except TooFewStopsError as error:
        apart = ", and each by another artist," if kin.by_artist else ","
        raise TooFewError(
            f"Only {error.available} stops, both ends among them{apart} can be on this path, "
            f"not {steps}. Ask for fewer stops, or choose among more tracks."
        ) from error
    return _with_typical(layer, path) if whole else path


def typical_positions(layer: Layer, tracks: Sequence[int]) -> dict[int, int]:
    """The most typical segment of each track, as its preview has it; of no track without sound.

    Averages of older libraries may not tell it yet: it is then found now.
    """
    averages = TrackAverage.objects.filter(layer=layer, track__in=tracks)
    kept = list(averages.values_list("track", "typical", "mean"))
    silent = {track for track, _, mean in kept if not any(bytes(mean))}
    found = {
        track: typical for track, typical, _ in kept if typical is not None and track not in silent
    }
    data = read_layer(layer, sorted(set(tracks) - found.keys() - silent))
    for track, begin, end in track_slices(data.track_ids):
        vectors = data.vectors[begin:end]
        if vectors.any():
            found[track] = int(data.positions[begin + extremes(vectors).typical])
    return found


class _Kin:
    """What the stops of a path have to differ in: their tracks, or those tracks' first artists."""

    def __init__(self, different: Different) -> None:
        self.by_artist = different == "artist"

    def stops(self, places: Sequence[tuple[int, int | None]]) -> list[Stop]:
        tracks = [track for track, _ in places]
        kin = artists_of(tracks) if self.by_artist else tracks
        return [Stop(*place, own) for place, own in zip(places, kin, strict=True)]

    def tracks(self, used: Collection[int]) -> Collection[int]:
        """The tracks of some kin."""
        return tracks_by(used) if self.by_artist else used


class _Segments:
    """Paths through segments, of which the layer's index finds the nearest."""

    def __init__(self, layer: Layer, scope: Scope, kin: _Kin) -> None:
        self.layer, self.scope, self.kin = layer, scope, kin

    def nearest(self, point: Vectors, used: Collection[int], number: int) -> Sequence[Stop]:
        """Of at least `TRACKS` tracks: all that is nearest may be of one long recording."""
        inside = self.scope.leaving_out(self.kin.tracks(used))
        found: list[tuple[int, int]] = []
        of_track: dict[int, int] = {}
        while len(of_track) < min(TRACKS, number):
            near = nearest(self.layer, point, inside, limit=number, metric="cosine")
            for each in near:
                of_track[each.track_id] = of_track.get(each.track_id, 0) + 1
                if of_track[each.track_id] <= OF_ONE_TRACK:
                    found.append((each.track_id, each.position))
            if len(near) < number:
                break
            inside = inside.leaving_out(of_track)
        return self.kin.stops(found)

    def vectors(self, stops: Sequence[Stop]) -> Vectors:
        places = [(stop.track_id, stop.position or 0, stop.position or 0) for stop in stops]
        return mean_vectors(self.layer, places)


class _Tracks:
    """Paths through tracks as their means, all of which are compared."""

    def __init__(self, layer: Layer, scope: Scope, kin: _Kin, ends: Sequence[int]) -> None:
        self.kin = kin
        inside = means_within(layer, scope.leaving_out(ends))
        outside = read_averages(layer, ends)  # a filter chooses what lies between them
        averages = _joined(inside, outside)
        self.track, self.means = averages.track, averages.means
        self.row = {int(track): row for row, track in enumerate(self.track)}
        lengths = np.linalg.norm(self.means, axis=1, keepdims=True)
        with np.errstate(invalid="ignore"):
            self.unit = self.means / lengths  # NaN of silence

    def nearest(self, point: Vectors, used: Collection[int], number: int) -> Sequence[Stop]:
        likeness = np.nan_to_num(self.unit @ point, nan=-np.inf)
        likeness[np.isin(self.track, list(self.kin.tracks(used)))] = -np.inf
        order = np.argsort(-likeness, kind="stable")[:number]
        return self.kin.stops(
            [(int(self.track[row]), None) for row in order if np.isfinite(likeness[row])]
        )

    def vectors(self, stops: Sequence[Stop]) -> Vectors:
        missing = [stop.track_id for stop in stops if stop.track_id not in self.row]
        if missing:
            raise TrackAverage.DoesNotExist
        return self.means[[self.row[stop.track_id] for stop in stops]]


def _joined(one: Averages, other: Averages) -> Averages:
    return Averages(
        np.concatenate([one.track, other.track]), np.concatenate([one.means, other.means])
    )


def _as_segments(layer: Layer, ends: Sequence[End]) -> list[End]:
    """Whole tracks by their most typical segments."""
    typical = typical_positions(layer, [end.track_id for end in ends if end.position is None])
    return [
        end if end.position is not None else End(end.track_id, _known(typical, end.track_id))
        for end in ends
    ]


def _known(typical: dict[int, int], track: int) -> int:
    if track not in typical:
        raise SegmentEmbedding.DoesNotExist
    return typical[track]


def _with_typical(layer: Layer, path: Path) -> Path:
    typical = typical_positions(layer, [stop.track_id for stop in path.stops])
    stops = [Stop(stop.track_id, typical.get(stop.track_id), stop.kin) for stop in path.stops]
    return Path(stops, path.distances, path.interpolated_longest)
