"""Vectors through PostgreSQL and back, against numpy's own rounding."""

import threading

import numpy as np
import pytest
from django.db import connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from embeddings import storage
from embeddings.models import EmbeddingModel, Layer, SegmentEmbedding
from tracks.models import Track

pytestmark = pytest.mark.django_db


def make_layer(size: int, name: str = "test-net") -> Layer:
    model, _ = EmbeddingModel.objects.get_or_create(name=name, defaults={"display_name": name})
    layer = Layer.objects.create(
        model=model,
        name=f"{name}-layer{size}",
        key=f"layer{size}",
        kind=Layer.Kind.EMBEDDING,
        size=size,
        segment_seconds=3,
        hop_seconds=3,
        display_name="Test",
    )
    storage.ensure_partition(layer.pk)
    return layer


def make_track(number: int = 0) -> Track:
    return Track.objects.create(path=f"{number}.wav", path_bytes=b"%d.wav" % number)


@given(
    vectors=hnp.arrays(
        np.float32,
        st.tuples(st.integers(0, 40), st.integers(1, 20)),
        elements=st.floats(-65504, 65504, width=32),
    )
)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_round_trip_is_rounding_to_half_precision(vectors: np.ndarray) -> None:
    with transaction.atomic():
        layer, track = make_layer(vectors.shape[1]), make_track()
        storage.replace_vectors({layer: vectors}, track.pk)
        read = storage.read_layer(layer)
        transaction.set_rollback(True)
    assert read.vectors.dtype == np.float32
    np.testing.assert_array_equal(read.vectors, vectors.astype(np.float16).astype(np.float32))
    np.testing.assert_array_equal(read.positions, np.arange(len(vectors)))
    assert set(read.track_ids) == ({track.pk} if len(vectors) else set())


def test_what_is_written_reads_the_same_through_the_orm() -> None:
    """The second route: pgvector's own text format."""
    layer, track = make_layer(3), make_track()
    storage.replace_vectors({layer: np.array([[1, -2.5, 65504], [0.1, 0, 6e-8]])}, track.pk)
    rows = SegmentEmbedding.objects.filter(layer=layer).order_by("position")
    assert [row.position for row in rows] == [0, 1]
    assert rows[0].vector == [1, -2.5, 65504]
    np.testing.assert_array_equal(np.float16(rows[1].vector), np.float16([0.1, 0, 6e-8]))


def test_blocks_join_seamlessly_sorted_by_track(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "BLOCK_BYTES", 200)  # a handful of rows a block
    layer, tracks = make_layer(7), [make_track(n) for n in range(5)]
    random = np.random.default_rng(0)
    expected = {
        track.pk: random.normal(size=(13, 7)).astype(np.float16).astype(np.float32)
        for track in tracks
    }
    for track in reversed(tracks):
        storage.replace_vectors({layer: expected[track.pk]}, track.pk)
    assert len(list(storage.iter_layer(layer))) > 5
    read = storage.read_layer(layer)
    np.testing.assert_array_equal(read.track_ids, np.repeat(sorted(expected), 13))
    np.testing.assert_array_equal(read.positions, np.tile(np.arange(13), 5))
    np.testing.assert_array_equal(
        read.vectors, np.concatenate([expected[pk] for pk in sorted(expected)])
    )
    some = storage.read_layer(layer, [tracks[3].pk, tracks[1].pk])
    assert sorted(set(some.track_ids)) == sorted([tracks[1].pk, tracks[3].pk])
    np.testing.assert_array_equal(some.vectors[:13], expected[tracks[1].pk])


def test_replacing_leaves_nothing_of_the_old_and_no_other_layer_changes() -> None:
    a, b, track = make_layer(2), make_layer(3), make_track()
    storage.replace_vectors({a: np.ones((9, 2)), b: np.ones((9, 3))}, track.pk)
    storage.replace_vectors({a: np.zeros((4, 2))}, track.pk)
    assert storage.read_layer(a).vectors.tolist() == [[0, 0]] * 4
    assert len(storage.read_layer(b)) == 9
    assert len(storage.read_layer(b, [])) == 0


@pytest.mark.parametrize(
    ("vectors", "reason"),
    [
        (np.array([[1.0, np.nan]]), "not numbers"),
        (np.array([[1.0, -np.inf]]), "not numbers"),
        (np.array([[1.0, 65520.0]]), "65520"),
        (np.ones((2, 3)), "vectors of 2 numbers"),
        (np.ones(2), "vectors of 2 numbers"),
    ],
)
def test_what_cannot_be_stored_is_refused_before_anything_changes(
    vectors: np.ndarray, reason: str
) -> None:
    good, bad, track = make_layer(1), make_layer(2), make_track()
    storage.replace_vectors({good: np.ones((1, 1)), bad: np.ones((1, 2))}, track.pk)
    with pytest.raises(storage.VectorError, match=reason):
        storage.replace_vectors({good: np.zeros((1, 1)), bad: vectors}, track.pk)
    assert storage.read_layer(good).vectors.tolist() == [[1]]


def test_a_vector_of_another_size_is_noticed() -> None:
    layer, track = make_layer(2), make_track()
    storage.replace_vectors({layer: np.ones((2, 2))}, track.pk)
    SegmentEmbedding.objects.filter(layer=layer, position=0).update(vector=[1, 2, 3])
    with pytest.raises(storage.VectorError, match="another size"):
        storage.read_layer(layer)


def test_sizes_on_disk_are_part_of_a_query() -> None:
    layer, bare = make_layer(2), make_layer(3)
    storage.replace_vectors({layer: np.ones((1000, 2))}, make_track().pk)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {storage.table_name(bare.pk)}")
    sizes = dict(
        Layer.objects.filter(pk__in=[layer.pk, bare.pk])
        .annotate(size_on_disk=storage.disk_bytes(F("pk")))
        .values_list("pk", "size_on_disk")
    )
    assert sizes[layer.pk] > 1000 * 2 * 2
    assert sizes[bare.pk] == 0


@pytest.mark.django_db(transaction=True)
def test_two_callers_may_make_the_same_partition_at_once() -> None:
    layer = make_layer(4)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {storage.table_name(layer.pk)}")
    errors: list[Exception] = []

    def ensure() -> None:
        try:
            storage.ensure_partition(layer.pk)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ensure) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    track = make_track()
    storage.replace_vectors({layer: np.ones((1, 4))}, track.pk)
    assert len(storage.read_layer(layer)) == 1


def test_vectors_of_many_tracks_are_stored_in_one_stream_or_not_at_all() -> None:
    layer, tracks = make_layer(3), [make_track(number) for number in range(3)]
    numbers = np.random.default_rng(0)
    vectors = [numbers.random((count, 3)).astype(np.float16) for count in (4, 0, 2)]
    broken = [*vectors[:2], np.full((1, 3), np.nan)]
    with pytest.raises(storage.VectorError), transaction.atomic():
        storage.add_vectors(layer, zip([track.pk for track in tracks], broken, strict=True))
    assert storage.count_segments(layer) == 0
    storage.add_vectors(layer, zip([track.pk for track in tracks], vectors, strict=True))
    read = storage.read_layer(layer)
    np.testing.assert_array_equal(read.vectors, np.concatenate(vectors).astype(np.float32))
    assert read.track_ids.tolist() == [tracks[0].pk] * 4 + [tracks[2].pk] * 2
    assert read.positions.tolist() == [0, 1, 2, 3, 0, 1]
