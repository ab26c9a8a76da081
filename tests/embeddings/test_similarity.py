"""Search by sound on a real server, by hand-worked angles and against brute force."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from django.db import connection
from numpy.typing import NDArray

from embeddings.models import Layer, SegmentEmbedding
from embeddings.similarity import moments
from embeddings.similarity import scope as scopes
from embeddings.similarity.choosing import Wish, spread_out
from embeddings.similarity.meanings import MEANINGS, meanings_of
from embeddings.similarity.moments import (
    Moment,
    moment_between,
    moments_like,
    similar_moments,
)
from embeddings.similarity.scope import Scope, scope_of
from embeddings.similarity.tracks import (
    best_places,
    tracks_like_hearings,
    tracks_like_mean,
    tracks_like_passages,
    tracks_like_vector,
)
from embeddings.similarity.why import compared, reasons, standing_among
from embeddings.tag_lists import MSD_TAGS, MTT_TAGS
from embeddings.vector_index import index_layer
from tests.embeddings.factories import make_layer, store
from tracks.models import Album, Artist, Track, TrackArtist
from tracks.selection import TrackSelection

pytestmark = pytest.mark.django_db
SIZE = 16


def credit(artist: str, *tracks: Track) -> None:
    row, _ = Artist.objects.get_or_create(name=artist, key=artist)
    for track in tracks:
        TrackArtist.objects.create(track=track, artist=row)


def noise(rows: int, *, seed: int, centre: float = 0.0) -> NDArray[np.float32]:
    drawn = np.random.default_rng(seed).normal(centre, 1, (rows, SIZE))
    return drawn.astype(np.float32)


def at(found: list[Moment]) -> list[tuple[int, int]]:
    return [(moment.track_id, moment.position) for moment in found]


def cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    one, other = one.astype(np.float64), other.astype(np.float64)
    return float(1 - one @ other / np.linalg.norm(one) / np.linalg.norm(other))


class TestMoments:
    def test_the_nearest_without_itself_and_without_silence(self) -> None:
        layer = make_layer(SIZE)
        vectors = {n: noise(20, seed=n) for n in range(4)}
        vectors[2][5] = 0
        tracks = store(layer, vectors)
        found = similar_moments(layer, Moment(tracks[0].pk, 3, 1, 0), Scope(), Wish(limit=200))
        assert len(found) == 78
        distances = [each.distance for each in found]
        assert distances == sorted(distances)
        number = next(n for n, track in enumerate(tracks) if track.pk == found[0].track_id)
        true = cosine(vectors[0][3], vectors[number][found[0].position])
        assert found[0].distance == pytest.approx(true, abs=2e-3)
        assert similar_moments(layer, Moment(tracks[2].pk, 5, 1, 0), Scope(), Wish()) == []
        with pytest.raises(SegmentEmbedding.DoesNotExist):
            similar_moments(layer, Moment(tracks[0].pk, 20, 1, 0), Scope(), Wish())

    def test_without_the_same_track_artist_or_album(self) -> None:
        layer = make_layer(SIZE)
        tracks = store(layer, {n: noise(3, seed=n) for n in range(4)})
        credit("A", tracks[0], tracks[1])
        album = Album.objects.create(title="L", key="l")
        Track.objects.filter(pk__in=[tracks[0].pk, tracks[2].pk]).update(album=album)

        def left(*without: scopes.Same) -> set[int]:
            scope = scope_of(layer, TrackSelection(), starts=[tracks[0].pk], without=without)
            found = similar_moments(layer, Moment(tracks[0].pk, 0, 1, 0), scope, Wish(limit=50))
            return {tracks.index(Track.objects.get(pk=each.track_id)) for each in found}

        assert left() == {0, 1, 2, 3}
        assert left("track") == {1, 2, 3}
        assert left("artist") == {2, 3}
        assert left("album") == {1, 3}
        assert left("artist", "album") == {3}

    def test_ten_others_beside_a_recording_of_three_hours(self) -> None:
        layer = make_layer(SIZE)
        long = noise(3600, seed=9, centre=3) * 0.1 + 3
        tracks = store(layer, {0: long, **{n: noise(50, seed=n) for n in range(1, 9)}})
        index_layer(layer)
        scope = scope_of(layer, TrackSelection(), starts=[tracks[0].pk], without=["track"])
        asked = Moment(tracks[0].pk, 1800, 1, 0)
        found = similar_moments(layer, asked, scope, Wish(limit=10))
        assert len(found) == 10
        assert tracks[0].pk not in {each.track_id for each in found}
        stretch = Moment(tracks[0].pk, 1800, 3, 0)
        assert len(similar_moments(layer, stretch, scope, Wish(limit=10))) == 10

    def test_a_filter_keeps_its_recall_through_the_index(self, monkeypatch) -> None:
        """Tracks far from what is asked: the index gives up among segments of another."""
        layer = make_layer(SIZE)
        crowd = noise(4000, seed=1) * 0.1 + 3
        tracks = store(layer, {0: crowd, 1: noise(40, seed=2) - 3, 2: noise(40, seed=3) - 3})
        index_layer(layer)
        credit("Far", tracks[1], tracks[2])
        selection = TrackSelection(artists=(Artist.objects.get().pk,))
        with connection.cursor() as cursor:  # what a planner does that knows less of the tracks
            cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL hnsw.max_scan_tuples = 500")
        found = []
        for few in (30_000, 0):  # by comparing, and through the index
            monkeypatch.setattr(scopes, "FEW_SEGMENTS", few)
            scope = scope_of(layer, selection, starts=[tracks[0].pk])
            assert scope.exact == (few > 0)
            found.append(
                similar_moments(layer, Moment(tracks[0].pk, 7, 1, 0), scope, Wish(limit=12))
            )
        assert len(found[0]) == 12
        assert at(found[0]) == at(found[1])

    @pytest.mark.parametrize("metric", ["euclidean", "inner"])
    def test_other_metrics_are_exact(self, metric) -> None:
        layer = make_layer(SIZE)
        vectors = noise(300, seed=5) * np.linspace(0.5, 2, 300, dtype=np.float32)[:, None]
        (track,) = store(layer, {0: vectors})
        index_layer(layer)
        halves = vectors.astype(np.float16).astype(np.float64)
        if metric == "euclidean":
            true = np.linalg.norm(halves - halves[4], axis=1)
        else:
            true = -(halves @ halves[4])
        order = [each for each in np.argsort(true) if each != 4][:10]
        scope = scope_of(layer, TrackSelection(), starts=[track.pk], metric=metric)
        asked = Moment(track.pk, 4, 1, 0)
        found = similar_moments(layer, asked, scope, Wish(limit=10), metric=metric)
        assert [each.position for each in found] == order
        assert [each.distance for each in found] == pytest.approx(true[order], rel=1e-3)
        assert scope.sample is None

    def test_too_many_for_a_comparison_are_sampled_by_lot(self, monkeypatch) -> None:
        monkeypatch.setattr(scopes, "MOST_COMPARED", 50)
        layer = make_layer(SIZE)
        tracks = store(layer, {n: noise(20, seed=n) for n in range(5)})

        def scope(metric):
            return scope_of(layer, TrackSelection(), starts=[tracks[0].pk], metric=metric)

        assert scope("cosine").sample is None
        first = scope("euclidean")
        assert (first.sample.segments, first.sample.of) == (40, 100)
        assert len(first.tracks) == 2
        assert scope("inner") == first  # the lot stays the same

    def test_a_stretch_is_found_again_where_it_is_aligned(self, monkeypatch) -> None:
        """Though its first segment is another, and proposes other places."""
        monkeypatch.setattr(moments, "PROPOSALS", 3)
        layer = make_layer(SIZE)
        passage = noise(5, seed=1)
        other = noise(40, seed=2)
        other[20:25] = passage + 0.1 * noise(5, seed=3)
        other[20] = noise(1, seed=6)
        shuffled = noise(40, seed=4)
        shuffled[10:15] = passage[::-1]  # the same segments in another order
        tracks = store(layer, {0: np.vstack([noise(3, seed=5), passage]), 1: other, 2: shuffled})
        index_layer(layer)
        asked = moment_between(layer, tracks[0].pk, 9.0, 24.0)
        assert (asked.position, asked.segments) == (3, 5)
        found = similar_moments(layer, asked, Scope(), Wish(limit=5))
        assert at(found)[0] == (tracks[1].pk, 20)
        true = np.mean([cosine(passage[n], other[20 + n]) for n in range(5)])
        assert found[0].distance == pytest.approx(true, abs=2e-3)
        assert found[1].distance > found[0].distance + 0.2
        for one, two in pairwise(found):
            assert not one.overlaps(two)
        assert not any(each.overlaps(asked) for each in found)
        with pytest.raises(SegmentEmbedding.DoesNotExist):
            moment_between(layer, tracks[0].pk, 90.0, 99.0)

    def test_a_stretch_has_the_segments_whose_edges_are_nearest(self) -> None:
        layer = make_layer(SIZE)
        layer.hop_seconds = layer.segment_seconds = 2.992
        (track,) = store(layer, {0: noise(10, seed=1)})

        def positions(start: float, end: float) -> tuple[int, int]:
            found = moment_between(layer, track.pk, start, end)
            return found.position, found.position + found.segments - 1

        assert positions(11, 24) == (4, 7)  # 11.97 to 23.94 s
        assert positions(8.976, 20.944) == (3, 6)
        assert positions(11, 12) == (3, 3)  # within a segment, though near to its end
        assert positions(0, 1) == (0, 0)
        assert positions(25, 60) == (8, 9)
        assert positions(29, 31) == (9, 9)  # the rest after the last, too
        with pytest.raises(SegmentEmbedding.DoesNotExist):
            positions(30, 31)


class TestChoosing:
    def test_at_most_so_many_by_one_artist_and_none_missed(self) -> None:
        layer = make_layer(SIZE)
        crowd = {n: noise(60, seed=n) * 0.1 + 3 for n in range(4)}
        tracks = store(layer, {**crowd, **{n: noise(2, seed=n) for n in range(4, 8)}})
        credit("Busy", *tracks[1:4])
        index_layer(layer)
        scope = scope_of(layer, TrackSelection(), starts=[tracks[0].pk], without=["track"])
        asked = Moment(tracks[0].pk, 0, 1, 0)
        found = similar_moments(layer, asked, scope, Wish(limit=8, per_artist=2))
        counts = Counter(each.track_id for each in found)
        assert sum(counts.get(track.pk, 0) for track in tracks[1:4]) == 2
        assert all(counts[track.pk] <= 2 for track in tracks[4:])
        assert len(found) == 8
        plain = similar_moments(layer, asked, scope, Wish(limit=8))
        assert {each.track_id for each in plain} <= {track.pk for track in tracks[1:4]}
        assert at(found)[:2] == at(plain)[:2]

    def test_spread_prefers_what_differs_from_what_is_chosen(self) -> None:
        distances = np.array([0.1, 0.11, 0.3])
        alike = -np.array([[0, 0.01, 0.5], [0.01, 0, 0.5], [0.5, 0.5, 0]], np.float32)
        assert spread_out(distances, alike, limit=3, weight=0.0) == [0, 1, 2]
        assert spread_out(distances, alike, limit=3, weight=0.5) == [0, 2, 1]
        assert spread_out(distances, alike, limit=1, weight=0.5) == [0]

    def test_spread_over_a_library(self) -> None:
        layer = make_layer(SIZE)
        copies = np.repeat(noise(1, seed=1), 8, axis=0) + 0.01 * noise(8, seed=2)
        kin = noise(1, seed=1) + 0.5 * noise(8, seed=3)
        tracks = store(layer, {0: noise(1, seed=1), 1: copies, 2: kin})
        asked = Moment(tracks[0].pk, 0, 1, 0)
        near = similar_moments(layer, asked, Scope(), Wish(limit=4))
        wide = similar_moments(layer, asked, Scope(), Wish(limit=4, spread=0.7))
        assert {each.track_id for each in near} == {tracks[1].pk}
        assert sum(each.track_id == tracks[2].pk for each in wide) >= 2
        assert wide[0] == near[0]


class TestTracks:
    @pytest.fixture
    def layer(self) -> Layer:
        return make_layer(SIZE)

    def test_by_mean(self, layer) -> None:
        vectors = {n: noise(10, seed=n, centre=n) for n in range(5)}
        tracks = store(layer, vectors)
        means = [
            rows.astype(np.float16).mean(axis=0, dtype=np.float64) for rows in vectors.values()
        ]
        true = [cosine(means[4], mean) for mean in means]
        found = tracks_like_mean(layer, tracks[4].pk, Scope(), Wish(limit=3))
        order = [n for n in np.argsort(true) if n != 4][:3]
        assert [each.track_id for each in found] == [tracks[n].pk for n in order]
        assert [each.distance for each in found] == pytest.approx(
            [true[n] for n in order], abs=1e-4
        )

    def test_by_passages_finds_what_the_mean_hides(self, layer) -> None:
        """A track that holds the other in twice as much of something else."""
        ours = noise(8, seed=1)
        holding = np.vstack([noise(8, seed=2) * 4, ours, noise(8, seed=3) * 4])
        tracks = store(layer, {0: ours, 1: holding, **{n: noise(20, seed=n) for n in range(4, 9)}})
        index_layer(layer)
        found = tracks_like_passages(layer, tracks[0].pk, Scope(), Wish(limit=3))
        assert found[0].track_id == tracks[1].pk
        assert found[0].distance == pytest.approx(0, abs=1e-3)
        assert found[0].there is not None and found[0].here is not None
        assert found[0].there.position - found[0].here.position == 8
        assert found[1].distance > 0.3

    def test_a_passage_longer_than_the_other_track(self) -> None:
        distances = np.array([[0.5, 0.1], [0.2, 0.3], [0.9, 0.9]], np.float32)
        assert best_places(distances, [(0, 3)]) == [(pytest.approx(0.4), 0)]
        assert best_places(distances, [(1, 1)]) == [(pytest.approx(0.2), 0)]

    def test_at_most_one_by_an_artist(self, layer) -> None:
        tracks = store(layer, {n: noise(5, seed=n, centre=2) for n in range(6)})
        credit("Busy", *tracks[1:4])
        for search in (tracks_like_mean, tracks_like_passages):
            found = search(layer, tracks[0].pk, Scope(), Wish(limit=5, per_artist=1))
            assert len(found) == 3, search


class TestWhy:
    def test_a_library_is_what_tags_are_measured_by(self) -> None:
        """The first tag is strong everywhere, so that it tells nothing."""
        rng = np.random.default_rng(0)
        values = np.stack(
            [rng.uniform(0.8, 0.9, 500), rng.uniform(0, 0.2, 500), rng.uniform(0, 1, 500)], axis=1
        ).astype(np.float32)
        standing = standing_among(values, ["rock", "harp", "loud"])
        pair = standing.place(np.array([[0.85, 0.19, 0.9], [0.85, 0.195, 0.1]], np.float32))
        why = compared(standing, pair[0], pair[1])
        assert why is not None
        assert [each.tag for each in why.shared] == ["harp"]
        assert [each.tag for each in why.differ] == ["loud"]
        assert why.differ[0].here == pytest.approx(0.9, abs=0.05)

    def test_what_is_hardly_there_is_no_reason(self) -> None:
        values = np.random.default_rng(3).random((500, 1)).astype(np.float32) * 0.02
        standing = standing_among(values, ["metal"])
        pair = standing.place(np.array([[0.0199], [0.0198], [0.0001]], np.float32))
        for other in pair[1:]:
            why = compared(standing, pair[0], other)
            assert why is not None
            assert why.shared == why.differ == []

    def test_contraries_speak_of_the_same(self) -> None:
        values = np.random.default_rng(1).random((500, 2)).astype(np.float32)
        values[:, 1] = 1 - values[:, 0]
        standing = standing_among(values, ["vocals", "no vocals"])
        pair = standing.place(np.array([[0.05, 0.95], [0.02, 0.98]], np.float32))
        why = compared(standing, pair[0], pair[1])
        assert why is not None
        assert [each.tag for each in why.shared] == ["no vocals"]
        assert why.differ == []

    def test_between_stretches_of_a_library(self) -> None:
        layer = make_layer(3, key="taggrams", tags=("calm", "loud", "odd"))
        rng = np.random.default_rng(2)
        rows = rng.random((60, 3)).astype(np.float32) * 0.5
        rows[10] = rows[40] = [0.99, 0.1, 0.3]
        tracks = store(layer, {0: rows[:30], 1: rows[30:]})
        same, beyond, whole = reasons(
            layer,
            (tracks[0].pk, 30.0, 33.0),
            [
                (tracks[1].pk, 30.0, 33.0),
                (tracks[1].pk, 900.0, 903.0),
                (tracks[1].pk, 0.0, float("inf")),
            ],
            version="1",
        )
        assert same is not None and whole is not None
        assert "calm" in {each.tag for each in same.shared}
        assert beyond is None

    def test_the_table_speaks_of_tags_that_there_are(self) -> None:
        known = {tag.casefold() for tag in (*MSD_TAGS, *MTT_TAGS)}
        told = [tag for meaning in MEANINGS for tag in (*meaning.present, *meaning.absent)]
        assert len(told) == len(set(told))
        assert set(told) <= known
        voices = dict(meanings_of(MTT_TAGS))[MEANINGS[0]]
        assert {(MTT_TAGS[tag], present) for tag, present in voices} == {
            ("vocal", True), ("vocals", True), ("voice", True), ("singing", True),
            ("no vocals", False), ("no vocal", False), ("no voice", False),
        }  # fmt: skip


class TestVectorsFromElsewhere:
    """What is no track is compared as tracks are."""

    def test_moments(self) -> None:
        layer = make_layer(SIZE)
        tracks = store(layer, {n: noise(20, seed=n) for n in range(4)})
        ours = noise(20, seed=2)[7:10].astype(np.float16).astype(np.float32)
        best = moments_like(layer, ours, Scope(), Wish(limit=3))[0]
        assert at([best]) == [(tracks[2].pk, 7)]
        assert best.segments == 3
        assert best.distance == pytest.approx(0, abs=1e-3)
        asked = Moment(tracks[2].pk, 7, 3, 0)
        known = similar_moments(layer, asked, Scope(), Wish(limit=3))
        assert at(moments_like(layer, ours, Scope(), Wish(limit=3), apart_from=[asked])) == at(
            known
        )
        (single, *_) = moments_like(layer, ours[:1], Scope(), Wish())
        assert at([single]) == [(tracks[2].pk, 7)]

    def test_tracks(self) -> None:
        layer = make_layer(SIZE)
        tracks = store(layer, {n: noise(12, seed=n) for n in range(4)})
        theirs = noise(12, seed=3)
        found = tracks_like_vector(layer, theirs.mean(axis=0), Scope(), Wish())
        assert found[0].track_id == tracks[3].pk
        assert found[0].distance == pytest.approx(0, abs=1e-3)
        # The first hearing is of something else: the second one says where, and which it was.
        hearings = [noise(4, seed=99), theirs[5:9]]
        best = tracks_like_hearings(layer, hearings, Scope(), Wish())[0]
        assert best.track_id == tracks[3].pk
        assert best.there is not None
        assert (best.hearing, best.there.position, best.there.segments) == (1, 5, 4)
        assert best.there.distance == pytest.approx(0, abs=1e-3)

    def test_why(self) -> None:
        layer = make_layer(3, key="taggrams", tags=("calm", "loud", "odd"))
        tracks = store(layer, {n: np.tile([n / 4, 0.5, 1 - n / 4], (3, 1)) for n in range(5)})
        whole = float("inf")
        there = [(track.pk, 0.0, whole) for track in tracks]
        known = reasons(layer, there[4], there[:2], version="t")
        ours = np.array([1.0, 0.5, 0.0], np.float32)
        assert reasons(layer, ours, there[:2], version="t") == known
        assert known[0] is not None
        assert known[0].differ
