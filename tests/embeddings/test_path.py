"""Paths between tracks and moments: never worse than the nearest of interpolated points."""

from collections.abc import Collection, Sequence
from itertools import pairwise, permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.models import SegmentEmbedding, TrackAverage
from embeddings.similarity.path import End, PathError, path_between, typical_positions
from embeddings.similarity.pathfinding import (
    Stop,
    TooFewStopsError,
    cosine_distances,
    find_path,
    shortest_steps,
    spherical,
    straight,
)
from embeddings.similarity.scope import Scope
from embeddings.vector_index import index_layer
from tests.embeddings.factories import make_layer, store
from tests.embeddings.test_similarity import SIZE, cosine, credit, noise


class Cloud:
    """Vectors (n, size) of tracks (n,), searched by comparing each."""

    def __init__(self, vectors: NDArray[np.float32], track: NDArray[np.int64]) -> None:
        self.all, self.track = vectors, track
        self.unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def nearest(self, point, used: Collection[int], number: int) -> list[Stop]:
        likeness = self.unit @ point
        likeness[np.isin(self.track, list(used))] = -np.inf
        order = np.argsort(-likeness)[:number]
        return [self.stop(row) for row in order if np.isfinite(likeness[row])]

    def vectors(self, stops: Sequence[Stop]) -> NDArray[np.float32]:
        return self.all[[stop.position for stop in stops]]

    def stop(self, row) -> Stop:
        return Stop(int(self.track[row]), int(row), int(self.track[row]))


def cloud(seed: int, *, tracks: int, per_track: int, size: int = 6) -> Cloud:
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 1, (tracks, size)).repeat(per_track, axis=0)
    vectors = centres + rng.normal(0, rng.uniform(0.1, 1), centres.shape)
    lengths = rng.uniform(0.2, 5, (len(vectors), 1))  # means little to the cosine
    return Cloud((vectors * lengths).astype(np.float32), np.arange(tracks).repeat(per_track))


def interpolated(space: Cloud, start: Stop, end: Stop, number: int, between) -> float:
    """The longest step by the nearest to points in between, written anew."""
    ends = space.vectors([start, end])
    route, used = [start], {start.kin, end.kin}
    for share in np.linspace(0, 1, number)[1:-1]:
        (stop,) = space.nearest(between(*ends, share), used, 1)
        route.append(stop)
        used.add(stop.kin)
    vectors = space.vectors([*route, end])
    return max(cosine(one, other) for one, other in pairwise(vectors))


@pytest.mark.parametrize("seed", range(40))
def test_never_worse_than_the_nearest_of_interpolated_points(seed) -> None:
    rng = np.random.default_rng(seed)
    tracks, number = int(rng.integers(12, 60)), int(rng.integers(3, 13))
    space = cloud(seed, tracks=tracks, per_track=int(rng.integers(1, 8)))
    start, end = space.stop(0), space.stop(len(space.track) - 1)
    path = find_path(space, start, end, number)
    assert (path.stops[0], path.stops[-1]) == (start, end)
    assert len(path.stops) == number == len({stop.track_id for stop in path.stops})
    vectors = space.vectors(path.stops)
    assert path.distances == pytest.approx(
        [cosine(one, other) for one, other in pairwise(vectors)], abs=1e-6
    )
    naive = [interpolated(space, start, end, number, way) for way in (straight, spherical)]
    assert path.interpolated_longest == pytest.approx(min(naive), abs=1e-6)
    assert path.longest <= path.interpolated_longest


def test_the_best_of_all_where_they_can_be_tried() -> None:
    """Eight tracks of one segment: every route of five stops."""
    worse = 0
    for seed in range(20):
        space = cloud(seed, tracks=8, per_track=1, size=3)
        distances = cosine_distances(space.all)
        routes = [[0, *inner, 7] for inner in permutations(range(1, 7), 3)]
        best = min(max(distances[a, b] for a, b in pairwise(route)) for route in routes)
        longest = find_path(space, space.stop(0), space.stop(7), 5).longest
        assert longest >= best - 1e-9
        worse += longest > best + 1e-9
    assert worse <= 2  # each place remembers one way to it


def test_a_detour_of_short_steps_is_taken() -> None:
    """Points on the line lead to the far side of a gap; round it there is an arc of tracks."""
    angles = np.radians([0, 15, 30, 45, 60, 75, 90])
    arc = np.stack([np.cos(angles), np.sin(angles), np.zeros(7)], axis=1)
    arc[1:-1] += [0, 0, 0.2]
    lures = np.array([[1, 1, -0.55], [1, 1.1, -0.55], [1.1, 1, -0.55]])
    space = Cloud(np.vstack([arc, lures]).astype(np.float32), np.arange(10))
    path = find_path(space, space.stop(0), space.stop(6), 7)
    assert [stop.track_id for stop in path.stops] == list(range(7))


def test_an_even_chain_wins_over_one_of_the_same_longest_step() -> None:
    distances = np.full((6, 6), 1.0)
    for a, b, d in [(0, 2, 0.5), (2, 3, 0.4), (2, 4, 0.2), (3, 1, 0.5), (4, 1, 0.5), (5, 1, 0.1)]:
        distances[a, b] = distances[b, a] = d
    np.fill_diagonal(distances, 0)
    assert shortest_steps(distances, np.arange(6), [[0, 2, 3, 1], [0, 5, 3, 1]]) == [0, 2, 4, 1]


def test_too_few() -> None:
    space = cloud(1, tracks=6, per_track=3)
    start, end = space.stop(0), space.stop(17)
    assert len(find_path(space, start, end, 6).stops) == 6
    with pytest.raises(TooFewStopsError) as error:
        find_path(space, start, end, 7)
    assert error.value.available == 6


def test_opposite_ends_have_points_between() -> None:
    one = np.array([1, 2, 3], np.float32)
    for between in (straight, spherical):
        assert np.linalg.norm(between(one, -one, 0.5)) > 0.1
    halfway = spherical(np.array([1, 0], np.float32), np.array([0, 9], np.float32), 1 / 3)
    assert halfway == pytest.approx([np.cos(np.pi / 6), np.sin(np.pi / 6)])


@pytest.mark.django_db
class TestOfALibrary:
    def check(self, path, vectors, tracks) -> None:
        """Its distances are those of the vectors themselves."""
        numbers = {track.pk: number for number, track in enumerate(tracks)}
        at = [vectors[numbers[stop.track_id]][stop.position] for stop in path.stops]
        assert path.distances == pytest.approx(
            [cosine(one, other) for one, other in pairwise(at)], abs=2e-3
        )

    def test_of_moments(self) -> None:
        layer = make_layer(SIZE)
        vectors = {n: noise(12, seed=n) for n in range(20)}
        vectors[4][:] = 0  # silence is on no path
        tracks = store(layer, vectors)
        index_layer(layer)
        ends = End(tracks[0].pk, 3), End(tracks[1].pk, 7)
        path = path_between(layer, *ends, Scope(), steps=19)
        self.check(path, vectors, tracks)
        assert len({stop.track_id for stop in path.stops}) == 19
        assert (path.stops[0].position, path.stops[-1].position) == (3, 7)
        assert path.longest <= path.interpolated_longest
        with pytest.raises(PathError, match="Only 19 stops"):
            path_between(layer, *ends, Scope(), steps=20)
        inside = Scope(tracks=[track.pk for track in tracks[2:8]], exact=True)
        path = path_between(layer, *ends, inside, steps=7)
        assert {stop.track_id for stop in path.stops[1:-1]} <= {*inside.tracks}

    def test_a_long_recording_near_every_point_does_not_block_it(self) -> None:
        layer = make_layer(SIZE)
        vectors = {0: noise(3, seed=0, centre=2), 1: noise(3, seed=1, centre=2)}
        vectors[2] = noise(2000, seed=2, centre=2) * 0.2 + 1.6
        vectors |= {n: noise(3, seed=n) for n in range(3, 12)}
        tracks = store(layer, vectors)
        index_layer(layer)
        path = path_between(layer, End(tracks[0].pk, 0), End(tracks[1].pk, 0), Scope(), steps=8)
        self.check(path, vectors, tracks)
        assert len({stop.track_id for stop in path.stops}) == 8

    def test_of_whole_tracks(self) -> None:
        layer = make_layer(SIZE)
        vectors = {n: noise(6, seed=n, centre=n / 6) for n in range(9)}
        tracks = store(layer, vectors)
        path = path_between(layer, End(tracks[0].pk), End(tracks[8].pk), Scope(), steps=5)
        numbers = {track.pk: number for number, track in enumerate(tracks)}
        means = [vectors[numbers[stop.track_id]].mean(axis=0) for stop in path.stops]
        assert path.distances == pytest.approx(
            [cosine(one, other) for one, other in pairwise(means)], abs=2e-3
        )
        typical = typical_positions(layer, [track.pk for track in tracks])
        assert [stop.position for stop in path.stops] == [
            typical[stop.track_id] for stop in path.stops
        ]
        inside = Scope(tracks=[track.pk for track in tracks[3:6]])
        path = path_between(layer, End(tracks[0].pk), End(tracks[8].pk), inside, steps=5)
        assert {stop.track_id for stop in path.stops[1:-1]} == {*inside.tracks}

    def test_a_track_and_a_moment(self) -> None:
        layer = make_layer(SIZE)
        vectors = {n: noise(6, seed=n) for n in range(6)}
        tracks = store(layer, vectors)
        path = path_between(layer, End(tracks[0].pk), End(tracks[1].pk, 2), Scope(), steps=4)
        self.check(path, vectors, tracks)
        rows = vectors[0]
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        typical = np.argmin([cosine(row, unit.mean(axis=0)) for row in rows])
        assert path.stops[0].position == typical

    def test_each_by_another_artist(self) -> None:
        layer = make_layer(SIZE)
        vectors = {n: noise(4, seed=n, centre=1) for n in range(12)}
        tracks = store(layer, vectors)
        credit("Busy", tracks[0], *tracks[4:8])
        credit("Pair", tracks[8], tracks[9])
        for ends in (
            (End(tracks[0].pk), End(tracks[1].pk)),
            (
                End(tracks[0].pk, 0),
                End(tracks[1].pk, 0),
            ),
        ):
            path = path_between(layer, *ends, Scope(), steps=7, different="artist")
            chosen = {stop.track_id for stop in path.stops}
            assert not chosen & {track.pk for track in tracks[4:8]}
            assert len(chosen & {tracks[8].pk, tracks[9].pk}) == 1
            with pytest.raises(PathError, match=r"Only 7 stops.*another artist"):
                path_between(layer, *ends, Scope(), steps=8, different="artist")

    def test_what_leads_nowhere(self) -> None:
        layer = make_layer(SIZE)
        silent = noise(2, seed=3)
        silent[0] = 0
        tracks = store(layer, {0: noise(2, seed=0), 1: noise(2, seed=1), 2: silent})
        with pytest.raises(PathError, match="same"):
            path_between(layer, End(tracks[0].pk, 0), End(tracks[0].pk, 1), Scope(), steps=3)
        with pytest.raises(PathError, match="silent"):
            path_between(layer, End(tracks[0].pk, 0), End(tracks[2].pk, 0), Scope(), steps=3)
        for ends in [
            (End(tracks[0].pk), End(999)),
            (End(999), End(tracks[0].pk, 0)),
            (End(tracks[0].pk, 0), End(tracks[1].pk, 9)),
        ]:
            with pytest.raises((SegmentEmbedding.DoesNotExist, TrackAverage.DoesNotExist)):
                path_between(layer, *ends, Scope(), steps=3)
