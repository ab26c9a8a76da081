"""Adding and subtracting moments and tracks, by hand-worked angles and against brute force."""

import numpy as np
import pytest

from embeddings.models import SegmentEmbedding
from embeddings.similarity.blend import (
    BlendError,
    Start,
    blended,
    moments_like_blend,
    tracks_like_blend,
)
from embeddings.similarity.choosing import Wish
from embeddings.similarity.scope import Scope
from embeddings.similarity.tracks import tracks_like_mean
from embeddings.vector_index import index_layer
from tests.embeddings.factories import make_layer, store
from tests.embeddings.test_similarity import SIZE, credit, noise


class TestBlended:
    def test_directions_count_and_not_lengths(self) -> None:
        vectors = np.array([[30, 0, 0], [0, 2, 0]], np.float32)
        point = blended(vectors, [1, 1])
        assert point == pytest.approx(np.array([1, 1, 0]) / np.sqrt(2) * 16, rel=1e-5)
        point = blended(vectors, [1, -0.5])
        assert point[0] / point[1] == pytest.approx(-2)
        assert np.linalg.norm(point) == pytest.approx((30 + 0.5 * 2) / 1.5)

    def test_one_alone_is_itself(self) -> None:
        vector = noise(1, seed=1)
        assert blended(vector, [0.3]) == pytest.approx(vector[0], rel=1e-5)

    def test_silence_adds_nothing(self) -> None:
        vectors = np.array([[3, 4], [0, 0]], np.float32)
        assert blended(vectors, [1, 1]) == pytest.approx([3, 4])

    @pytest.mark.parametrize(
        ("vectors", "weights", "message"),
        [
            ([[1, 2], [2, 4]], [1, -1], "cancel"),
            ([[1, 2], [-2, -4]], [0.5, 0.5], "cancel"),
            ([[1, 2], [2, 1]], [0, 0], "weight 0"),
            ([[0, 0]], [1], "silent"),
        ],
    )
    def test_nothing_is_left(self, vectors, weights, message) -> None:
        with pytest.raises(BlendError, match=message):
            blended(np.array(vectors, np.float32), weights)


@pytest.mark.django_db
class TestBlends:
    def test_moments_are_those_of_brute_force_without_the_starts(self) -> None:
        layer = make_layer(SIZE)
        vectors = {n: noise(20, seed=n) for n in range(6)}
        tracks = store(layer, vectors)
        index_layer(layer)
        starts = [
            Start(tracks[0].pk, 3, 3),
            Start(tracks[1].pk, 5, 8, 0.5),
            Start(tracks[2].pk, weight=-0.7),
        ]
        parts = [vectors[0][3], vectors[1][5:9].mean(axis=0), vectors[2].mean(axis=0)]
        point = sum(
            weight * part / np.linalg.norm(part)
            for weight, part in zip([1, 0.5, -0.7], parts, strict=True)
        )
        true = {}
        for n, rows in vectors.items():
            likeness = rows @ point / np.linalg.norm(rows, axis=1) / np.linalg.norm(point)
            true |= {(tracks[n].pk, place): 1 - value for place, value in enumerate(likeness)}
        gone = {(tracks[0].pk, 3)} | {(tracks[1].pk, place) for place in range(5, 9)}
        left = [each for each in true if each not in gone and each[0] != tracks[2].pk]
        found = moments_like_blend(layer, starts, Scope(), Wish(limit=10))
        assert [(each.track_id, each.position) for each in found] == sorted(left, key=true.get)[:10]
        assert [each.distance for each in found] == pytest.approx(
            sorted(true[each] for each in left)[:10], abs=2e-3
        )
        everything = moments_like_blend(layer, starts, Scope(), Wish(limit=200))
        assert {(each.track_id, each.position) for each in everything} == set(left)

    def test_what_is_subtracted_is_left_behind(self) -> None:
        """Of two directions that were asked for, one; the answer is the other."""
        layer = make_layer(3)
        tracks = store(
            layer,
            {
                0: np.array([[1, 1, 0]], np.float32),
                1: np.array([[1, 0, 0]], np.float32),
                2: np.array([[0.9, 0.1, 0]], np.float32),
                3: np.array([[0, 0.9, 0.1]], np.float32),
            },
        )
        like = Start(tracks[0].pk, 0, 0)
        unlike = Start(tracks[1].pk, 0, 0, -0.7)
        (first, *_) = moments_like_blend(layer, [like, unlike], Scope(), Wish())
        assert first.track_id == tracks[3].pk
        (first, *_) = tracks_like_blend(
            layer, [Start(tracks[0].pk), Start(tracks[1].pk, weight=-0.7)], Scope(), Wish()
        )
        assert first.track_id == tracks[3].pk

    @pytest.mark.parametrize("metric", ["cosine", "euclidean", "inner"])
    def test_one_track_alone_is_as_without_a_blend(self, metric) -> None:
        layer = make_layer(SIZE)
        tracks = store(layer, {n: noise(10, seed=n, centre=n) for n in range(5)})
        plain = tracks_like_mean(layer, tracks[2].pk, Scope(), Wish(), metric=metric)
        found = tracks_like_blend(layer, [Start(tracks[2].pk)], Scope(), Wish(), metric=metric)
        assert [each.track_id for each in found] == [each.track_id for each in plain]

    def test_options(self) -> None:
        layer = make_layer(SIZE)
        tracks = store(layer, {n: noise(4, seed=n, centre=2) for n in range(6)})
        credit("Busy", *tracks[1:4])
        starts = [Start(tracks[0].pk), Start(tracks[5].pk)]
        inside = Scope(tracks=[track.pk for track in tracks[:5]], exact=True)
        found = moments_like_blend(layer, starts, inside, Wish(limit=20, per_artist=1))
        assert [each.track_id in {track.pk for track in tracks[1:4]} for each in found].count(
            True
        ) == 1
        assert tracks[5].pk not in {each.track_id for each in found}

    def test_a_start_that_is_not_there(self) -> None:
        layer = make_layer(SIZE)
        (track,) = store(layer, {0: noise(3, seed=0)})
        for start in (Start(track.pk, 3, 3), Start(track.pk + 1)):
            with pytest.raises(SegmentEmbedding.DoesNotExist):
                moments_like_blend(layer, [start], Scope(), Wish())
