"""Comparisons over the API: asked for, made by the worker, read."""

import numpy as np
import pyarrow as pa
import pytest
from django.contrib.auth import get_user_model

from embeddings.comparison.queries import disagreements
from embeddings.models import Comparison, Job
from embeddings.tasks import run_job

LAYERS = ["toy-net-embeddings", "toy-net-taggrams"]


@pytest.fixture
def post(client, library):
    for number in range(12):
        library.add_track(number, segments=4)
    client.force_login(get_user_model().objects.create_user("person"))

    def send(status: int, layers: object = LAYERS):
        response = client.post("/api/v1/comparisons/", {"layers": layers}, "application/json")
        assert response.status_code == status, response.content
        return response.json()

    return send


@pytest.fixture
def comparison(post) -> Comparison:
    run_job(post(202)["id"])
    return Comparison.objects.get()


def test_asked_for_made_and_there(post, get):
    job = post(202)
    assert (job["kind"], job["state"], job["comparison"]) == ("comparison", "queued", None)
    assert job["parameters"] == {"layers": LAYERS}
    assert post(202, LAYERS[::-1])["id"] == job["id"]  # not a second one
    run_job(job["id"])
    made = get(f"jobs/{job['id']}/").json()
    assert (made["state"], made["fraction"]) == ("done", 1)
    there = post(200)
    assert there["id"] == post(200, LAYERS[::-1])["id"] == made["comparison"]
    assert there == get(f"comparisons/{made['comparison']}/").json()
    assert get("comparisons/").json()["results"] == [there]
    assert there["layers"] == LAYERS
    assert (there["layer"], there["hop_seconds"]) == (LAYERS[0], 3)
    assert (there["segments"], there["measured"]) == (48, 48)
    assert 0 < there["mean"] < 1


def test_a_library_that_grew_makes_a_new_one(post, library, comparison):
    assert post(200)["id"] == comparison.pk
    library.add_track(50)
    job = post(202)
    run_job(job["id"])
    assert post(200)["id"] != comparison.pk


def test_points(get, comparison):
    response = get(f"comparisons/{comparison.pk}/points/")
    table = pa.ipc.open_stream(response.content).read_all()
    assert [(field.name, str(field.type)) for field in table.schema] == [
        ("track", "int32"), ("position", "int32"), ("disagreement", "float"),
    ]  # fmt: skip
    expected = disagreements(comparison)
    assert table["track"].to_pylist() == expected.track.tolist()
    assert table["position"].to_pylist() == [0, 1, 2, 3] * 12
    assert np.array_equal(table["disagreement"], expected.disagreement)
    metadata = table.schema.metadata
    assert (metadata[b"layer"], metadata[b"hop_seconds"]) == (LAYERS[0].encode(), b"3.0")
    assert float(metadata[b"mean"]) == comparison.mean
    assert "immutable" not in response["Cache-Control"]
    address = get(f"comparisons/{comparison.pk}/").json()["points"]
    version = address.partition("?v=")[2]
    kept = get(f"comparisons/{comparison.pk}/points/", v=version)
    assert "immutable" in kept["Cache-Control"]
    get("comparisons/999/points/", 404)


def test_tracks_that_differ_most_first(get, comparison, django_assert_max_num_queries):
    address = f"comparisons/{comparison.pk}/tracks/"
    with django_assert_max_num_queries(7):  # two of them ask who asks
        page = get(address, page_size=5).json()
    assert page["count"] == 12
    rows = page["results"]
    assert [row["disagreement"] for row in rows] == sorted(
        (row["disagreement"] for row in rows), reverse=True
    )
    worst = comparison.tracks.order_by("-mean", "track")[0]
    track = worst.track
    assert rows[0] == {
        "track": {
            "id": track.pk,
            "title": track.title,
            "artists": [{"id": a.pk, "name": a.name} for a in track.artists.all()],
        },
        "disagreement": worst.mean,
        "segments": 4,
    }
    assert len(get(address, page=3, page_size=5).json()["results"]) == 2
    get("comparisons/999/tracks/", 404)
    get(address, 400, page=0)


@pytest.mark.parametrize(
    "layers", [None, "x", [], LAYERS[:1], [*LAYERS, LAYERS[0]], [LAYERS[0], "none"], [1, 2]]
)
def test_what_is_malformed_is_refused_by_name(post, layers):
    assert post(400, layers)["errors"].keys() == {"layers"}
    assert not Job.objects.exists()


def test_who_may_ask(client, library):
    wanted = {"layers": LAYERS}
    assert client.post("/api/v1/comparisons/", wanted, "application/json").status_code == 403
