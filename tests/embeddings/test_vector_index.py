"""Search through the HNSW index of a layer, on the real server: the plan, and exact answers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.errors import DiskFull

from embeddings.models import Job, Layer
from embeddings.neighbours import nearest_segments, statement
from embeddings.storage import read_layer
from embeddings.vector_index import build_memory, index_all, index_layer, index_name
from tests.embeddings.factories import make_layer, store

pytestmark = pytest.mark.django_db
SIZE = 24


@pytest.fixture
def layer(db: None) -> Layer:
    """Forty tracks of 60 segments, and one long track of 1,200 that lie close together."""
    layer = make_layer(SIZE)
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(40, SIZE))
    vectors = {n: (centres[n] + rng.normal(size=(60, SIZE))).astype(np.float32) for n in range(40)}
    vectors[40] = (1 + 0.6 * rng.normal(size=(1200, SIZE))).astype(np.float32)
    store(layer, vectors)
    return layer


def plan(layer: Layer, **options: Any) -> str:
    query = statement(layer, np.ones(SIZE, np.float32), limit=10, **options)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + query.as_string(cursor.connection))
        return "\n".join(row[0] for row in cursor.fetchall())


def test_the_plan_uses_the_index(layer: Layer) -> None:
    assert index_name(layer) not in plan(layer)
    assert index_layer(layer).built
    assert f"Index Scan using {index_name(layer)}" in plan(layer)
    assert f"Index Scan using {index_name(layer)}" in plan(layer, without=[1])


def test_layers_of_several_sizes_have_their_own_index(layer: Layer) -> None:
    other = make_layer(5, key="taggrams")
    store(other, {0: np.eye(5, dtype=np.float32)})
    assert [result.built for result in index_all()] == [True, True]
    assert nearest_segments(other, np.eye(5, dtype=np.float32)[2])[0].position == 2


def test_nearly_all_true_neighbours_are_found(layer: Layer) -> None:
    result = index_layer(layer)
    stored = read_layer(layer)
    unit = stored.vectors / np.linalg.norm(stored.vectors, axis=1, keepdims=True)
    found = 0
    for row in range(0, 2400, 100):
        distances = 1 - unit @ unit[row]
        true = np.sort(distances)[:10]
        near = nearest_segments(layer, stored.vectors[row])
        assert [item.distance for item in near] == sorted(item.distance for item in near)
        found += sum(item.distance <= true[-1] + 1e-5 for item in near)
    assert found / 240 > 0.9
    assert result.recall is not None
    assert result.recall > 0.85


def test_leaving_out_a_long_track_still_finds_others(layer: Layer) -> None:
    monotonous = 3 + 0.01 * np.random.default_rng(1).normal(size=(1200, SIZE))
    (long_track,) = store(layer, {41: monotonous.astype(np.float32)})
    index_layer(layer)
    vector = monotonous[0].astype(np.float32)
    assert f"Index Scan using {index_name(layer)}" in plan(layer, without=[long_track.pk])
    near = nearest_segments(layer, vector, limit=12, without=[long_track.pk])
    assert len(near) == 12
    assert long_track.pk not in {item.track_id for item in near}


def test_an_exact_search_does_not_ask_the_index(layer: Layer) -> None:
    index_layer(layer)
    assert index_name(layer) not in plan(layer, exact=True)
    vector = read_layer(layer).vectors[7]
    assert len(nearest_segments(layer, vector, limit=3000, exact=True)) == 3000


def test_indexing_again_does_nothing_unless_forced(layer: Layer) -> None:
    assert index_layer(layer).built
    with CaptureQueriesContext(connection) as asked:
        again = index_layer(layer)
    assert (again.built, again.recall) == (False, None)
    assert not [query for query in asked if "<=>" in query["sql"]]  # nor measured again
    assert index_layer(layer, force=True).built


def test_new_segments_are_found_without_indexing_again(layer: Layer) -> None:
    index_layer(layer)
    direction = np.zeros((1, SIZE), np.float32)
    direction[0, 3] = -9
    (track,) = store(layer, {50: direction})
    assert nearest_segments(layer, direction[0])[0].track_id == track.pk


def test_little_shared_memory_is_survived(layer: Layer) -> None:
    refused = []

    def full_once(execute: Callable[..., Any], query: Any, *rest: Any) -> Any:
        if "CREATE INDEX" in str(query) and not refused:
            refused.append(query)
            raise OperationalError("could not resize shared memory segment") from DiskFull()
        return execute(query, *rest)

    with connection.execute_wrapper(full_once):
        assert index_layer(layer).built
    assert refused


def test_an_index_is_built_in_what_memory_there_is(layer: Layer) -> None:
    gigabyte = 1 << 30
    assert build_memory(layer, 10, free=64 * gigabyte) == 64 << 20
    assert build_memory(layer, 10**6, free=64 * gigabyte) == 10**6 * (2 * SIZE + 1200)
    assert build_memory(layer, 10**8, free=64 * gigabyte) == 2 * gigabyte
    assert build_memory(layer, 10**8, free=2 * gigabyte) == gigabyte // 2
    assert build_memory(layer, 10**8, free=0) == 64 << 20


def test_an_interrupted_build_leaves_the_old_index(layer: Layer) -> None:
    index_layer(layer)

    def dies(execute: Callable[..., Any], query: Any, *rest: Any) -> Any:
        if "CREATE INDEX" in str(query):
            raise KeyboardInterrupt
        return execute(query, *rest)

    with (
        pytest.raises(KeyboardInterrupt),
        transaction.atomic(),
        connection.execute_wrapper(dies),
    ):
        index_layer(layer, force=True)
    assert index_name(layer) in plan(layer)


def test_vectors_too_long_for_an_index_are_refused() -> None:
    layer = make_layer(5000)
    with pytest.raises(ValueError, match="5000 numbers; an index takes 4000"):
        index_layer(layer)
    store(layer, {0: np.ones((1, 5000), np.float32)})
    assert index_all() == []  # the others would be indexed


def test_the_command_indexes_and_says_how_good_it_is(layer: Layer, capsys) -> None:
    call_command("index_all_embeddings")
    assert f"{layer.name}: 3600 segments, built in" in capsys.readouterr().out
    assert Job.objects.get().kind == Job.Kind.VECTOR_INDEX
    call_command("index_all_embeddings", "--layers", layer.name)
    assert "segments, already there\n" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no layer nonsense"):
        call_command("index_all_embeddings", "--layers", "nonsense")


def test_without_vectors_the_command_says_what_to_do(capsys) -> None:
    call_command("index_all_embeddings")
    assert "run extract_all first" in capsys.readouterr().out
