"""The tracks of a library most like one: as a whole, or by their passages that match best."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from embeddings.averages import Averages, read_averages
from embeddings.models import Layer, TrackAverage
from embeddings.neighbours import Metric
from embeddings.similarity.choosing import Wish, choose, similarities
from embeddings.similarity.means import means_within
from embeddings.similarity.moments import Moment, nearest
from embeddings.similarity.scope import Scope
from embeddings.storage import read_layer, track_slices

PASSAGE = 4  # segments of a passage: about twelve seconds
PASSAGES = 8  # of a track, evenly spread
PROPOSALS = 200  # segments near to each that propose tracks
MOST_TRACKS = 60  # whose every passage is compared
AT_ONCE = 20  # tracks whose vectors are in memory


@dataclass(frozen=True)
class SimilarTrack:
    """A track and its distance; by passages, also the two that match best."""

    track_id: int
    distance: float
    here: Moment | None = None  # in the track that was asked about
    there: Moment | None = None
    hearing: int = 0  # in which of several `here` is


@dataclass(frozen=True)
class Hearing:
    """What was heard of something, and passages of it."""

    vectors: NDArray[np.float32]  # (segments, size)
    passages: list[Moment]
    number: int

    @property
    def probes(self) -> list[NDArray[np.float32]]:
        """The segment in the middle of each passage."""
        return [self.vectors[each.position + each.segments // 2] for each in self.passages]


def tracks_like_mean(
    layer: Layer, track_id: int, scope: Scope, wish: Wish, *, metric: Metric = "cosine"
) -> list[SimilarTrack]:
    """The tracks whose mean vectors are nearest, each compared exactly.

    Raises `TrackAverage.DoesNotExist` for a track that the layer does not have.
    """
    average = TrackAverage.objects.get(layer=layer, track=track_id)
    mean = np.frombuffer(average.mean, "<f4")
    return tracks_like_vector(layer, mean, scope.leaving_out([track_id]), wish, metric=metric)


def tracks_like_vector(
    layer: Layer,
    mean: NDArray[np.float32],
    scope: Scope,
    wish: Wish,
    *,
    metric: Metric = "cosine",
) -> list[SimilarTrack]:
    """The same for a mean (size,) of anything."""
    others = means_within(layer, scope)
    distances = _distances(mean[None], others.means, metric)[0]
    return nearest_tracks(others, distances, wish, metric=metric)


def nearest_tracks(
    tracks: Averages, distances: NDArray[np.float32], wish: Wish, *, metric: Metric = "cosine"
) -> list[SimilarTrack]:
    """Those of the tracks that are wished for by their distances (n,), NaN for nowhere."""
    order = np.argsort(distances, kind="stable")
    order = order[np.isfinite(distances[order])]

    def find(left_out: Sequence[int], limit: int) -> list[SimilarTrack]:
        left = order[~np.isin(tracks.track[order], left_out)][:limit]
        return [SimilarTrack(int(tracks.track[row]), float(distances[row])) for row in left]

    return choose(find, wish, lambda found: _means_of(tracks, found), metric=metric)


def tracks_like_passages(
    layer: Layer, track_id: int, scope: Scope, wish: Wish, *, metric: Metric = "cosine"
) -> list[SimilarTrack]:
    """The tracks in which the passages of a track are found again best.

    The distance is the mean over the passages, each at its best place. Which tracks are compared
    is proposed by the nearest segments. Raises `TrackAverage.DoesNotExist`.
    """
    vectors = read_layer(layer, [track_id]).vectors
    if not len(vectors):
        raise TrackAverage.DoesNotExist
    inside = scope.leaving_out([track_id])
    return tracks_like_hearings(layer, [vectors], inside, wish, metric=metric, heard_in=track_id)


def tracks_like_hearings(
    layer: Layer,
    hearings: Sequence[NDArray[np.float32]],
    scope: Scope,
    wish: Wish,
    *,
    metric: Metric = "cosine",
    heard_in: int = 0,
) -> list[SimilarTrack]:
    """The same for what was heard once or several times, (segments, size) each and not empty.

    Passages of each hearing count alike. `here` says by `hearing` which one matches best, and is
    of the track `heard_in`, if any.
    """
    parts = [
        Hearing(vectors, _passages(heard_in, len(vectors)), number)
        for number, vectors in enumerate(hearings)
    ]

    def find(left_out: Sequence[int], limit: int) -> list[SimilarTrack]:
        inside = scope.leaving_out(left_out)
        best: dict[int, float] = {}
        for vector in (vector for part in parts for vector in part.probes):
            if metric == "cosine" and not vector.any():
                continue
            for near in nearest(layer, vector, inside, limit=PROPOSALS, metric=metric):
                best[near.track_id] = min(near.distance, best.get(near.track_id, np.inf))
        proposed = sorted(best, key=best.__getitem__)[: max(MOST_TRACKS, limit)]
        matches = _matches(layer, parts, proposed, metric)
        return sorted(matches, key=lambda match: match.distance)[:limit]

    def means(found: Sequence[SimilarTrack]) -> NDArray[np.float32]:
        return _means_of(read_averages(layer, [each.track_id for each in found]), found)

    return choose(find, wish, means, metric=metric)


def best_places(
    distances: NDArray[np.float32], passages: Sequence[tuple[int, int]]
) -> list[tuple[float, int]]:
    """Of each passage (first, number of segments) its mean distance where it fits best, and where.

    `distances` are those of a track's segments from another's, (segments, theirs). A passage longer
    than the other track is laid over it as far as it goes.
    """
    places = []
    for first, segments in passages:
        length = min(segments, distances.shape[1])
        rows = distances[first : first + length]
        windows = sliding_window_view(rows, length, axis=1)  # (length, places, length)
        fits = np.einsum("ipi->p", windows) / length
        place = int(np.argmin(np.where(np.isfinite(fits), fits, np.inf)))
        places.append((float(fits[place]), place))
    return places


def _passages(track_id: int, segments: int) -> list[Moment]:
    """Passages evenly spread over a track; fewer of a short one."""
    length = min(PASSAGE, segments)
    number = min(PASSAGES, segments // length)
    starts = np.unique(np.linspace(0, segments - length, number).astype(int))
    return [Moment(track_id, start, length, 0.0) for start in starts.tolist()]


def _matches(
    layer: Layer, parts: Sequence[Hearing], tracks: Sequence[int], metric: Metric
) -> Iterable[SimilarTrack]:
    for begin in range(0, len(tracks), AT_ONCE):
        theirs = read_layer(layer, tracks[begin : begin + AT_ONCE])
        for track_id, start, end in track_slices(theirs.track_ids):
            match = _match(parts, theirs.vectors[start:end], track_id, metric)
            if match:
                yield match


def _match(
    parts: Sequence[Hearing], theirs: NDArray[np.float32], track_id: int, metric: Metric
) -> SimilarTrack | None:
    """How well the passages are found in a track's (segments, size); None in silence."""
    found: list[tuple[float, int, Moment, int]] = []
    for part in parts:
        runs = [(passage.position, passage.segments) for passage in part.passages]
        places = best_places(_distances(part.vectors, theirs, metric), runs)
        found += [
            (fit, place, passage, part.number)
            for (fit, place), passage in zip(places, part.passages, strict=True)
            if np.isfinite(fit)
        ]
    if not found:
        return None
    fit, place, passage, number = min(found, key=lambda each: each[0])
    length = min(passage.segments, len(theirs))
    return SimilarTrack(
        track_id,
        float(np.mean([each[0] for each in found])),
        here=Moment(passage.track_id, passage.position, length, fit),
        there=Moment(track_id, place, length, fit),
        hearing=number,
    )


def _means_of(averages: Averages, found: Sequence[SimilarTrack]) -> NDArray[np.float32]:
    rows = np.searchsorted(averages.track, [each.track_id for each in found])
    return averages.means[rows]


def _distances(
    ours: NDArray[np.float32], theirs: NDArray[np.float32], metric: Metric
) -> NDArray[np.float32]:
    """(n, m) of (n, size) and (m, size) vectors; NaN by cosine for silence."""
    if metric != "cosine":
        together = similarities(np.concatenate([ours, theirs]), metric)
        return -together[: len(ours), len(ours) :]
    with np.errstate(invalid="ignore"):
        unit = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in (ours, theirs)]
    return 1 - unit[0] @ unit[1].T
