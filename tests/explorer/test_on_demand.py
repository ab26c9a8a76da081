"""Maps on demand: asked for, shared, kept, made anew when the library grows, deleted."""

import numpy as np
import pyarrow as pa
import pytest

from embeddings import locks
from embeddings.models import Extraction, Job, Layer, Projection, ProjectionTrack
from embeddings.reduction.service import reduce_all
from embeddings.tasks import run_job
from tracks.models import Tag, Track

ADDRESS = "/api/v1/projections/"


@pytest.fixture(autouse=True)
def without_login(settings):
    settings.WORK_WITHOUT_LOGIN = True


@pytest.fixture
def tracks(library) -> list[Track]:
    """Five tracks of six segments; the first three are calm."""
    found = [library.add_track(number, segments=6) for number in range(1, 6)]
    calm = Tag.objects.create(category="mood", name="calm")
    for track in found[:3]:
        track.tags.add(calm)
    return found


@pytest.fixture
def post(client):
    def send(status: int, address: str | None = None, **fields):
        wanted = fields if address else {"layer": "toy-net-embeddings", "method": "umap", **fields}
        response = client.post(f"/api/v1/{address or 'projections/'}", wanted, "application/json")
        assert response.status_code == status, response.content
        return response.json()

    return send


def calm() -> str:
    return str(Tag.objects.get(name="calm").pk)


def table(response) -> pa.Table:
    return pa.ipc.open_stream(response.content).read_all()


def test_it_is_made_once_and_has_an_address(get, post, tracks):
    wanted = {
        "parameters": {"n_neighbors": 4, "min_dist": 0.5, "pca_dims": 3},
        "seed": 7,
        "filter": {"tags": calm()},
        "every": 2,
    }
    job = post(202, **wanted)
    assert (job["kind"], job["state"], job["projection"]) == ("projection", "queued", None)
    assert Job.objects.get().for_worker
    run_job(job["id"])
    job = get(f"jobs/{job['id']}/").json()
    assert (job["state"], job["fraction"], job["done"], job["total"]) == ("done", 1, 1, 1)
    row = post(200, **wanted)
    assert row["id"] == job["projection"]
    assert row["parameters"] == wanted["parameters"]
    assert (row["seed"], row["segments"], row["tracks"]) == (7, 9, 3)
    assert row["subset"] == {"filter": {"tags": calm()}, "every": 2}
    assert row["on_demand"] is True
    assert get("projections/").json() == [row]
    points = table(get(f"projections/{row['id']}/points/"))
    assert points["track"].to_pylist() == [track.pk for track in tracks[:3] for _ in range(3)]
    assert points["position"].to_pylist() == [0, 2, 4] * 3
    assert Job.objects.count() == 1


def test_what_means_the_same_shares_a_job_and_a_map(post, tracks):
    pk = tracks[0].tags.get(category="genre").pk
    first = post(202, filter={"tags": f"{calm()}|{pk}", "text": "Title"}, parameters={})
    same = {"filter": {"text": " TÍTLE", "tags": f"{pk}|{calm()}"}, "parameters": {"min_dist": 0.1}}
    assert post(202, **same)["id"] == first["id"]
    assert post(202, **same, seed=1)["id"] != first["id"]
    assert post(202, **same, every=2)["id"] != first["id"]
    run_job(first["id"])
    assert post(200, **same)["id"] == Projection.objects.get().pk


def test_a_job_that_is_being_stopped_or_lost_its_process_is_not_shared(post, tracks):
    first = post(202)
    Job.objects.update(state=Job.State.RUNNING)
    second = post(202)  # nobody works on the first: its process died
    assert second["id"] != first["id"]
    Job.objects.filter(pk=second["id"]).update(state=Job.State.RUNNING)
    locks.take(locks.Kind.JOB, second["id"])
    assert post(202)["id"] == second["id"]
    Job.objects.filter(pk=second["id"]).update(cancel_requested=True)
    assert post(202)["id"] not in (first["id"], second["id"])


def test_a_map_of_the_library_answers_what_asks_for_the_same(post, client, tracks):
    (made,) = reduce_all(layers=["toy-net-embeddings"], methods=["pca"]).made
    row = post(200, method="pca", seed=5)  # which draws no lots
    assert (row["id"], row["on_demand"], row["subset"]) == (made.pk, False, {})
    response = client.delete(f"{ADDRESS}{made.pk}/")
    assert response.status_code == 409
    assert response.json()["code"] == "conflict"
    assert Projection.objects.count() == 1


def test_it_grows_with_the_library_from_where_it_was(get, post, library, tracks):
    wanted = {"filter": {"tags": calm()}, "method": "pca", "parameters": {"pca_dims": 2}}
    run_job(post(202, **wanted)["id"])
    first = Projection.objects.get()
    for row in first.tracks.all():  # from scratch, it would lie the other way
        ProjectionTrack.objects.filter(pk=row.pk).update(
            coordinates=(-np.frombuffer(row.coordinates, "<f4")).tobytes()
        )
    before = table(get(f"projections/{first.pk}/points/"))["x"].to_numpy()
    library.add_track(6, segments=6)
    assert reduce_all(layers=["toy-net-embeddings"], methods=["pca"]).unchanged == [first]
    new = library.add_track(7, segments=6)
    new.tags.add(Tag.objects.get(name="calm"))
    made = reduce_all(layers=["toy-net-embeddings"], methods=["pca"]).made
    second = next(projection for projection in made if projection.on_demand)
    assert (second.version, second.segments, second.recipe) == (2, 24, first.recipe)
    assert [row["id"] for row in get("projections/").json() if row["on_demand"]] == [second.pk]
    after = table(get(f"projections/{second.pk}/points/"))["x"].to_numpy()[: len(before)]
    assert np.corrcoef(before, after)[0, 1] > 0
    assert post(200, **wanted)["id"] == second.pk


def test_it_is_out_of_date_once_the_library_has_grown(post, library, tracks):
    run_job(post(202, method="pca", every=2)["id"])
    assert post(200, method="pca", every=2)["version"] == 1
    library.add_track(6, segments=6)
    run_job(post(202, method="pca", every=2)["id"])
    assert post(200, method="pca", every=2)["version"] == 2


def test_what_its_filter_names_may_go(post, tracks):
    run_job(post(202, filter={"tags": calm()}, method="pca")["id"])
    Tag.objects.filter(name="calm").delete()
    summary = reduce_all(layers=["toy-net-embeddings"], methods=["std-pca"])
    assert (len(summary.made), summary.failed) == (1, [])
    summary = reduce_all(layers=["toy-net-embeddings"], methods=["pca"])
    assert (len(summary.made), summary.failed) == (1, [])
    assert Projection.objects.get(on_demand=True).segments == 18


def test_methods_say_what_they_take(get, post, settings, tracks):
    settings.PCA_DIMS = 3
    methods = {row["name"]: row["parameters"] for row in get("projections/methods/").json()}
    assert methods.keys() == {"pca", "std-pca", "tsne", "umap"}
    distance = {"name": "min_dist", "default": 0.1, "least": 0, "most": 0.99, "whole": False}
    assert distance in methods["umap"]
    components = {"name": "pca_dims", "default": 3, "least": 0, "most": 500, "whole": True}
    assert components in methods["tsne"]
    for name, parameters in methods.items():
        usual = {parameter["name"]: parameter["default"] for parameter in parameters}
        assert post(202, method=name)["id"] == post(202, method=name, parameters=usual)["id"]
    settings.ANONYMOUS_MODELS = True
    assert all(row["parameters"] == [] for row in get("projections/methods/").json())


def test_the_librarys_own_maps_are_told_from_others(get, post, tracks):
    run_job(post(202, method="pca")["id"])
    (asked,) = get("projections/").json()
    assert (asked["on_demand"], asked["usual"]) == (True, False)
    reduce_all(methods=["pca"], layers=["toy-net-embeddings"])
    (own,) = get("projections/").json()
    assert own["id"] == asked["id"]
    assert (own["on_demand"], own["usual"]) == (False, True)
    assert post(200, method="pca")["usual"] is True
    reduce_all(methods=["pca"], layers=["toy-net-embeddings"], parameters={"pca_dims": 2})
    assert [row["usual"] for row in get("projections/").json()] == [True, False]


def test_an_address_of_a_map_leads_to_its_newest_version(get, post, library, tracks):
    def made() -> int:
        run_job(post(202, method="pca", every=2)["id"])
        return post(200, method="pca", every=2)["id"]

    first = made()
    areas = [{"op": "add", "polygon": [[-99, -99], [99, -99], [99, 99], [-99, 99]]}]
    drawn = {"layer": "toy-net-embeddings", "projection": first, "every": 2, "areas": areas}
    for number in (6, 7):
        library.add_track(number, segments=6)
        newest = made()
    assert get(f"projections/{first}/").json() == get(f"projections/{newest}/").json()
    assert get(f"projections/{first}/").json()["id"] == newest
    for part in ("points", "trust", "averages"):
        old, new = (get(f"projections/{pk}/{part}/") for pk in (first, newest))
        assert table(old).equals(table(new))
        assert table(new).num_rows or part == "trust"  # so small a map is not measured
    near = {"track": tracks[0].pk, "position": 0, "projection": first}
    assert get("layers/toy-net-embeddings/neighbours/", **near).json()
    playlist = post(201, "playlists/", name="drawn", selection=drawn)
    assert len(playlist["items"]) == 7 * 3
    assert [row["id"] for row in get("projections/").json()] == [newest]
    assert get("library/").json()["projections"] == 1


def test_deleting_takes_all_versions(client, get, post, library, tracks):
    run_job(post(202, method="pca", every=2)["id"])
    library.add_track(6, segments=6)
    job = post(202, method="pca", every=2)["id"]
    run_job(job)
    first, second = Projection.objects.order_by("version")
    assert client.delete(f"{ADDRESS}{second.pk}/").status_code == 204
    assert get("projections/").json() == []
    assert get(f"jobs/{job}/").json()["projection"] is None
    assert client.delete(f"{ADDRESS}{first.pk}/").status_code == 404
    run_job(post(202, method="pca", every=2)["id"])


def test_deleting_needs_leave_to_work(client, post, settings, tracks):
    run_job(post(202, method="pca", every=2)["id"])
    settings.WORK_WITHOUT_LOGIN = False
    assert client.delete(f"{ADDRESS}{Projection.objects.get().pk}/").status_code == 403


@pytest.mark.parametrize(
    ("fields", "name", "complaint"),
    [
        ({"filter": {"tags": "1,,2"}}, "filter", "tags: "),
        ({"filter": {"genre": "1"}}, "filter", "no genre"),
        ({"filter": ["1"]}, "filter", "object"),
        ({"filter": {"tags": "99999"}}, "filter", "do not exist: tags 99999"),
        ({"filter": {"text": "nothing like it"}}, "filter", "0 segments are chosen"),
        ({"filter": {"first": 1}}, "filter", "6 segments are chosen; a map takes 8"),
        ({"every": 0}, "every", "1"),
        ({"every": 1001}, "every", "1000"),
        ({"seed": -1}, "seed", "0"),
        ({"seed": 2**31}, "seed", ""),
        ({"parameters": {"perplexity": 30}}, "parameters", "no parameter 'perplexity'"),
        ({"parameters": {"n_neighbors": 1}}, "parameters", "2 to 200"),
        ({"parameters": {"min_dist": 2}}, "parameters", "0 to 0.99"),
        ({"method": "original"}, "method", "original"),
        ({"layer": "off-net-embeddings"}, "layer", "off-net"),
    ],
)
def test_impossible_requests_are_refused_by_name(post, tracks, fields, name, complaint):
    details = post(400, **fields)["errors"]
    assert list(details) == [name]
    assert complaint in details[name][0]
    assert not Job.objects.exists()


def test_a_layer_that_is_switched_off_makes_no_maps(post, tracks):
    Layer.objects.filter(name="toy-net-embeddings").update(enabled=False)
    assert list(post(400)["errors"]) == ["layer"]


def test_one_with_many_segments_can_be_stopped(get, client, post, library, tracks):
    job = post(202)["id"]
    client.post(f"/api/v1/jobs/{job}/cancel/", content_type="application/json")
    run_job(job)
    assert get(f"jobs/{job}/").json()["state"] == "cancelled"
    assert not Projection.objects.exists()


class TestAverages:
    def test_on_a_map(self, get, client, post, tracks):
        run_job(post(202, filter={"tags": calm()}, every=2)["id"])
        (row,) = get("projections/").json()
        response = client.get(row["averages"])
        assert "immutable" in response["Cache-Control"]
        averages = table(response)
        assert [(field.name, str(field.type)) for field in averages.schema] == [
            ("track", "int32"),
            ("x", "float"),
            ("y", "float"),
            ("spread", "float"),
            ("segments", "int32"),
            ("typical", "int32"),
        ]
        assert averages["track"].to_pylist() == [track.pk for track in tracks[:3]]
        assert averages["segments"].to_pylist() == [3, 3, 3]
        assert averages.schema.metadata[b"projection"] == str(row["id"]).encode()
        get(f"projections/{row['id']}/averages/", 400, x=2)

    def test_they_are_asked_for_once(self, get, post, tracks, django_assert_num_queries):
        run_job(post(202)["id"])
        address = f"projections/{Projection.objects.get().pk}/averages/"
        get(address)
        with django_assert_num_queries(3):  # the map, and whether it and its layer lack anything
            get(address)

    def test_a_map_of_an_earlier_release_says_that_it_has_none(self, get, post, tracks):
        run_job(post(202, method="pca")["id"])
        ProjectionTrack.objects.update(average=None)
        pk = Projection.objects.get().pk
        error = get(f"projections/{pk}/averages/", 404).json()
        assert error["code"] == "no_averages"
        reduce_all(layers=["toy-net-embeddings"], methods=["pca"])
        assert table(get(f"projections/{pk}/averages/")).num_rows == 5

    def test_of_dimensions_themselves(self, get, client, library, tracks):
        address = "layers/toy-net-embeddings/averages/"
        first = get(address, x=3, y=0)
        numbers = np.random.default_rng(tracks[0].pk)
        numbers.random((6, 3))
        vectors = numbers.standard_normal((6, 4)).astype(np.float16).astype(np.float64)
        assert table(first)["x"].to_pylist()[0] == pytest.approx(vectors[:, 3].mean())
        assert table(first)["y"].to_pylist()[0] == pytest.approx(vectors[:, 0].mean())
        get(address, 400, x=4)
        get("layers/no-such-layer/averages/", 404)
        library.add_track(6, segments=2)
        second = client.get(f"/api/v1/{address}?x=3&y=0", headers={"If-None-Match": first["ETag"]})
        assert table(second)["segments"].to_pylist() == [6] * 5 + [2]
        Extraction.objects.all().delete()
        get(address)
