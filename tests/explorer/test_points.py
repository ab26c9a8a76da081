"""A map's points: the right numbers, in Arrow, compressed, and asked for once."""

import gzip

import numpy as np
import pyarrow as pa
import pytest

from embeddings.models import Extraction, Projection
from embeddings.reduction.quality import broken_below

ARROW = "application/vnd.apache.arrow.stream"


def table(response) -> pa.Table:
    return pa.ipc.open_stream(response.content).read_all()


@pytest.fixture
def projection(library) -> Projection:
    first, second = library.add_track(1, segments=2), library.add_track(2, segments=3)
    rows = np.arange(15, dtype=np.float32).reshape(5, 3)
    return library.add_projection({second.pk: rows[2:], first.pk: rows[:2]})


def test_stream_holds_the_points_sorted_by_track(get, projection):
    response = get(f"projections/{projection.pk}/points/")
    assert response["Content-Type"] == ARROW
    points = table(response)
    assert [(field.name, str(field.type)) for field in points.schema] == [
        ("track", "int32"),
        ("position", "int32"),
        ("x", "float"),
        ("y", "float"),
    ]
    tracks = sorted(projection.tracks.values_list("track_id", flat=True))
    assert points["track"].to_pylist() == [tracks[0]] * 2 + [tracks[1]] * 3
    assert points["position"].to_pylist() == [0, 1, 0, 1, 2]
    assert points["x"].to_pylist() == [0, 3, 6, 9, 12]
    assert points["y"].to_pylist() == [1, 4, 7, 10, 13]
    assert points.schema.metadata == {
        b"projection": str(projection.pk).encode(),
        b"version": b"1",
        b"layer": b"toy-net-embeddings",
        b"segment_seconds": b"3.0",
        b"hop_seconds": b"3.0",
    }


def test_other_dimensions(get, projection):
    points = table(get(f"projections/{projection.pk}/points/", x=2, y=0))
    assert points["x"].to_pylist() == [2, 5, 8, 11, 14]
    assert points["y"].to_pylist() == [0, 3, 6, 9, 12]


@pytest.mark.parametrize(
    ("query", "name"), [({"x": 3}, "x"), ({"y": -1}, "y"), ({"x": "a"}, "x"), ({"y": "1.5"}, "y")]
)
def test_impossible_dimensions_are_refused_by_name(get, projection, query, name):
    response = get(f"projections/{projection.pk}/points/", 400, **query)
    assert response["Content-Type"] == "application/problem+json"
    error = response.json()
    assert list(error["errors"]) == [name]
    assert error["detail"].startswith(f"{name}: ")


def test_same_bytes_with_and_without_gzip(client, projection):
    address = f"/api/v1/projections/{projection.pk}/points/"
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "br;q=1.0, gzip;q=0.8"})
    refused = client.get(address, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content == refused.content
    assert packed["ETag"] != plain["ETag"] == refused["ETag"]
    assert "Accept-Encoding" in plain["Vary"] and "Accept-Encoding" in packed["Vary"]


def test_not_modified(client, projection):
    address = f"/api/v1/projections/{projection.pk}/points/"
    etag = client.get(address)["ETag"]
    response = client.get(address, headers={"If-None-Match": etag})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_only_the_versioned_address_is_kept_for_ever(client, get, projection):
    (row,) = get("projections/").json()
    assert "immutable" in client.get(row["points"])["Cache-Control"]
    for query in ({}, {"v": "0123"}):
        response = get(f"projections/{projection.pk}/points/", **query)
        assert response["Cache-Control"] == "private, no-cache"


def test_same_number_in_a_database_made_anew_is_another_map(get, library, projection):
    before = get("projections/").json()[0]["points"]
    pk, track = projection.pk, projection.tracks.first().track_id
    projection.delete()
    library.add_projection({track: np.full((2, 3), 9, np.float32)}, pk=pk)
    assert get("projections/").json()[0]["points"] != before
    assert table(get(f"projections/{pk}/points/"))["x"].to_pylist() == [9, 9]


def test_second_request_reads_no_coordinates(get, projection, django_assert_num_queries):
    get(f"projections/{projection.pk}/points/")
    with django_assert_num_queries(1):
        get(f"projections/{projection.pk}/points/")


def test_trust_of_the_places_that_were_measured(client, get, library, projection):
    address = f"projections/{projection.pk}/trust/"
    (row,) = get("projections/").json()
    version = row["points"].partition("?v=")[2]
    unmeasured = get(address, v=version)
    assert "immutable" not in unmeasured["Cache-Control"]
    assert table(unmeasured).num_rows == 0
    for track in projection.tracks.order_by("track_id"):
        segments = len(track.coordinates) // 12
        track.trust = bytes([7, 255, 254][:segments])
        track.save()
    Projection.objects.update(segments=1000)
    version = get("projections/").json()[0]["points"].partition("?v=")[2]
    response = get(address, v=version)
    assert "immutable" in response["Cache-Control"]
    assert "immutable" not in get(address)["Cache-Control"]
    trust = table(response)
    assert [str(field.type) for field in trust.schema] == ["int32", "int32", "uint8"]
    tracks = sorted(projection.tracks.values_list("track_id", flat=True))
    assert trust["track"].to_pylist() == [tracks[0], tracks[1], tracks[1]]
    assert trust["position"].to_pylist() == [0, 0, 2]
    assert trust["trust"].to_pylist() == [7, 7, 254]
    assert trust.schema.metadata == {
        b"threshold": str(broken_below(1000)).encode(),
        b"measured": b"3",
        b"segments": b"1000",
    }
    get("projections/999/trust/", 404)


def test_an_unfinished_map_has_no_points(get, projection):
    Projection.objects.update(state=Projection.State.RUNNING)
    assert get(f"projections/{projection.pk}/points/", 404).json()["code"] == "not_found"


def test_json_is_not_offered(client, projection):
    address = f"/api/v1/projections/{projection.pk}/points/"
    assert client.get(address, headers={"Accept": ARROW}).status_code == 200
    response = client.get(address, headers={"Accept": "application/json"})
    assert response.status_code == 406
    assert response.json()["code"] == "not_acceptable"


def test_original_is_two_dimensions_of_the_vectors(get, library):
    track = library.add_track(1, segments=2)
    points = table(get("layers/toy-net-embeddings/points/", x=3, y=0))
    expected = np.random.default_rng(track.pk)
    expected.random((2, 3))
    vectors = expected.standard_normal((2, 4)).astype(np.float16).astype(np.float32)
    assert points["x"].to_pylist() == vectors[:, 3].tolist()
    assert points["y"].to_pylist() == vectors[:, 0].tolist()
    get("layers/toy-net-embeddings/points/", 400, x=4)
    get("layers/no-such-layer/points/", 404)


def test_original_follows_new_vectors(client, library):
    address = "/api/v1/layers/toy-net-embeddings/points/"
    library.add_track(1, segments=2)
    first = client.get(address)
    assert table(first).num_rows == 2
    library.add_track(2, segments=1)
    second = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert table(second).num_rows == 3
    Extraction.objects.filter(track__title="Title 2").delete()
    assert client.get(address)["ETag"] == first["ETag"]


def test_a_map_of_a_million_points_is_quick(get, library):
    """No loop over points: 0.3 s or so here, and a Python loop would take many seconds."""
    import time

    tracks = [library.add_track(number, segments=0) for number in range(4)]
    rows = np.random.default_rng(0).standard_normal((250_000, 2)).astype(np.float32)
    projection = library.add_projection({track.pk: rows for track in tracks})
    begin = time.process_time()
    points = table(get(f"projections/{projection.pk}/points/"))
    assert points.num_rows == 1_000_000
    assert time.process_time() - begin < 4
