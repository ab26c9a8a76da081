"""True neighbours of a segment, by hand-worked angles on a real server."""

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from embeddings.storage import replace_vectors
from embeddings.vector_index import index_layer, index_name

ADDRESS = "layers/toy-net-embeddings/neighbours/"


def on_circle(*degrees: float) -> np.ndarray:
    """Vectors of 4 numbers at these angles in their first two, of differing lengths."""
    angles = np.radians(degrees)
    flat = np.zeros((len(angles), 4))
    flat[:, 0], flat[:, 1] = np.cos(angles), np.sin(angles)
    return flat * np.arange(1, len(angles) + 1)[:, None]


@pytest.fixture
def tracks(library):
    first, second = library.add_track(1, segments=0), library.add_track(2, segments=0)
    replace_vectors({library.embeddings: on_circle(0, 90, 10)}, first.pk)
    replace_vectors(
        {library.embeddings: np.vstack([on_circle(5, 40), np.zeros((1, 4))])}, second.pk
    )
    return first, second


def found(response) -> list[tuple[int, int]]:
    return [(row["track"], row["position"]) for row in response.json()]


def test_nearest_first_without_itself_and_without_silence(get, tracks):
    first, second = tracks
    response = get(ADDRESS, track=first.pk, position=0)
    assert found(response) == [(second.pk, 0), (first.pk, 2), (second.pk, 1), (first.pk, 1)]
    nearest = response.json()[0]
    assert (nearest["start"], nearest["end"]) == (0, 3)
    assert nearest["distance"] == pytest.approx(1 - np.cos(np.radians(5)), abs=1e-3)
    assert len(get(ADDRESS, track=first.pk, position=0, limit=2).json()) == 2


def test_silence_has_no_neighbours(get, tracks):
    assert get(ADDRESS, track=tracks[1].pk, position=2).json() == []


def test_only_tracks_of_the_map(get, library, tracks):
    first, second = tracks
    projection = library.add_projection({first.pk: np.zeros((3, 2))})
    response = get(ADDRESS, track=second.pk, position=0, projection=projection.pk)
    assert found(response) == [(first.pk, 2), (first.pk, 0), (first.pk, 1)]
    subset = {"filter": {}, "every": 2}
    sparse = library.add_projection({first.pk: np.zeros((2, 2))}, recipe="s", subset=subset)
    response = get(ADDRESS, track=first.pk, position=1, projection=sparse.pk)
    assert found(response) == [(first.pk, 2), (first.pk, 0)]


def test_a_few_tracks_among_many_are_found_despite_the_index(get, library):
    """The index gives up after some thousand segments, none of which is of the map."""
    near, far, asked = (library.add_track(number, segments=0) for number in range(3))
    rng = np.random.default_rng(0)
    crowd = rng.normal([3, 0, 0, 0], 0.1, (25_000, 4))
    replace_vectors({library.embeddings: crowd}, near.pk)
    replace_vectors({library.embeddings: rng.normal([0, 3, 0, 0], 0.1, (20, 4))}, far.pk)
    replace_vectors({library.embeddings: on_circle(0)}, asked.pk)
    index_layer(library.embeddings)
    projection = library.add_projection({far.pk: np.zeros((20, 2))})
    query = {"track": asked.pk, "position": 0, "projection": projection.pk}
    assert len(found(get(ADDRESS, **query))) == 12
    with CaptureQueriesContext(
        connection,
    ) as queries:
        get(ADDRESS, track=asked.pk, position=0)
    (sent,) = [query["sql"] for query in queries if "<=>" in query["sql"]]
    *_, search = sent.split("; ")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {search}")
        assert index_name(library.embeddings) in "".join(row[0] for row in cursor.fetchall())


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"track": 1}, "position"),
        ({"position": 1}, "track"),
        ({"track": "x", "position": 0}, "track"),
        ({"track": 2**40, "position": 0}, "track"),
        ({"track": 1, "position": -1}, "position"),
        ({"track": 1, "position": 0, "limit": 0}, "limit"),
        ({"track": 1, "position": 0, "projection": 99}, "projection"),
    ],
)
def test_what_is_malformed_is_refused_by_name(get, tracks, query, name):
    assert name in get(ADDRESS, 400, **query).json()["errors"]


def test_what_is_not_there_is_named(get, library, tracks):
    get("layers/none/neighbours/", 404, track=1, position=0)
    error = get(ADDRESS, 404, track=tracks[0].pk, position=7).json()
    assert error["detail"] == f"toy-net-embeddings has no segment 7 of track {tracks[0].pk}."
    other = library.add_projection({tracks[0].pk: np.zeros((3, 2))}, layer=library.taggrams)
    query = {"track": tracks[0].pk, "position": 0, "projection": other.pk}
    assert "not one of" in get(ADDRESS, 400, **query).json()["detail"]
