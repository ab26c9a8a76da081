"""What the API says of a library, and what it refuses."""

import json
from http import HTTPStatus

import pyarrow as pa
import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from embeddings.models import Job, TrackAverage
from explorer import media
from tests.explorer.conftest import add_model
from tracks.models import Tag, Track


@pytest.fixture
def track(library) -> Track:
    return library.add_track(1)


class TestTracks:
    def test_one(self, get, track, library):
        found = TrackAverage.objects.get(layer=library.embeddings, track=track)
        artist, album, tag = track.artists.get(), track.album, track.tags.get()
        assert get(f"tracks/{track.pk}/").json() == {
            "id": track.pk,
            "title": "Title 1",
            "path": "1.wav",
            "artists": [{"id": artist.pk, "name": "Artist 1"}],
            "album": {
                "id": album.pk,
                "title": "Album 1",
                "year": None,
                "cover": "/covers/c.jpg",
            },
            "tags": [{"id": tag.pk, "category": "genre", "name": "g1"}],
            "duration": 9.0,
            "number": None,
            "disc": None,
            "year": None,
            "codec": "pcm_s16le",
            "sample_rate": None,
            "channels": None,
            "state": "present",
            "state_reason": "",
            "loudness": -19.0,
            "gain_db": 5.0,
            "audio": f"/tracks/{track.pk}/audio",
            "clip": f"/tracks/{track.pk}/clip",
            "played_from": {"provider": "local", "page": None, "licence": None},
            "previews": {
                "typical": {"position": found.typical, "start": 0, "end": 9},
                "unusual": {"position": found.unusual, "start": 0, "end": 9},
            },
            "extractions": [
                {"model": "toy-net", "state": "done", "reason": "", "segments": 3, "padded": False}
            ],
        }

    @pytest.mark.parametrize(
        ("loudness", "gain"), [(None, 0), (-14, 0), (-9.5, -4.5), (-17, 3), (-20, 6), (-50, 6)]
    )
    def test_levelling(self, get, track, loudness, gain):
        Track.objects.update(loudness=loudness)
        assert get(f"tracks/{track.pk}/").json()["gain_db"] == gain

    def test_what_cannot_be_heard_has_no_address(self, get, track, settings):
        Track.objects.update(state="missing")
        assert get(f"tracks/{track.pk}/").json()["audio"] is None
        Track.objects.update(state="present")
        settings.AUDIO_DIR = ""
        assert get(f"tracks/{track.pk}/").json()["clip"] is None

    def test_a_selection_is_the_same_in_the_list_and_as_arrow(self, get, client, library):
        first, second, third = (library.add_track(number) for number in (1, 2, 3))
        tags = [track.tags.get() for track in (first, second, third)]
        query = {"tags": f"{tags[2].pk}|{tags[0].pk}|99999", "artists": "99999"}
        assert get("tracks/", **query, ordering="-path").json()["count"] == 2
        assert get("tracks/", **query, search="title 3").json()["results"][0]["id"] == third.pk
        assert get("tracks/", first=1, search="title 3").json()["results"][0]["id"] == third.pk
        response = get("tracks/chosen/", **query)
        chosen = pa.ipc.open_stream(response.content).read_all()
        assert str(chosen.schema.field("track").type) == "int32"
        assert chosen["track"].to_pylist() == [first.pk, third.pk]
        about = {key.decode(): json.loads(text) for key, text in chosen.schema.metadata.items()}
        assert about == {
            "total": 3,
            "unknown": {"tags": [99999], "artists": [99999]},
            "names": {
                "tags": {str(tag.pk): tag.name for tag in (tags[0], tags[2])},
                "artists": {},
                "albums": {},
            },
        }
        again = client.get(
            "/api/v1/tracks/chosen/", query, headers={"If-None-Match": response["ETag"]}
        )
        assert again.status_code == 304
        for address in ("tracks/", "tracks/chosen/"):
            error = get(address, 400, tags="1,,2").json()
            assert error["errors"].keys() == {"tags"}

    def test_filters(self, get, library):
        first, second = library.add_track(1), library.add_track(2)
        Track.objects.filter(pk=second.pk).update(state="missing")
        queries = [
            {"search": "title 2"},
            {"search": "ARTIST 2 album"},
            {"artist": second.artists.get().pk},
            {"album": second.album_id},
            {"tag": second.tags.get().pk},
            {"state": "missing"},
            {"ordering": "-title", "page_size": 1},
        ]
        for query in queries:
            found = get("tracks/", **query).json()["results"]
            assert [track["id"] for track in found] == [second.pk], query
        assert get("tracks/", search="nothing like it").json()["count"] == 0
        assert get("tracks/", search="wav", ordering="title").json()["results"][0]["id"] == first.pk

    @pytest.mark.parametrize(
        ("query", "name"),
        [
            ({"artist": "x"}, "artist"),
            ({"album": "1.5"}, "album"),
            ({"search": "\0"}, "search"),
            ({"state": "gone"}, "state"),
            ({"ordering": "password"}, "ordering"),
            ({"page": "0"}, "page"),
            ({"page": "x"}, "page"),
            ({"page_size": "-1"}, "page_size"),
        ],
    )
    def test_malformed_filters_are_refused_by_name(self, get, track, query, name):
        error = get("tracks/", 400, **query).json()
        assert (error["code"], list(error["errors"])) == ("invalid", [name])

    def test_pages(self, get, library):
        for number in range(3):
            library.add_track(number, segments=0)
        page = get("tracks/", page_size=2).json()
        assert (page["count"], page["previous"], len(page["results"])) == (3, None, 2)
        assert "page=2" in page["next"]
        get("tracks/", 404, page=2)

    def test_segments(self, get, track):
        assert get(f"tracks/{track.pk}/segments/", layer="toy-net-embeddings").json() == [
            {"position": 0, "start": 0.0, "end": 3.0},
            {"position": 1, "start": 3.0, "end": 6.0},
            {"position": 2, "start": 6.0, "end": 9.0},
        ]

    def test_taggrams(self, get, track, library):
        from embeddings.queries import track_taggrams

        answer = get(f"tracks/{track.pk}/taggrams/", layer="toy-net-taggrams").json()
        assert answer["tags"] == ["calm", "loud", "odd"]
        assert (answer["segment_seconds"], answer["hop_seconds"]) == (3.0, 3.0)
        stored = track_taggrams(track, library.taggrams).tolist()
        assert answer["values"] == [pytest.approx(row, abs=1e-5) for row in stored]

    @pytest.mark.parametrize(
        ("address", "query", "name"),
        [
            ("segments", {}, "layer"),
            ("segments", {"layer": "none"}, "layer"),
            ("segments", {"layer": "\0"}, "layer"),
            ("tags", {"model": "toy-net", "start": "nan"}, "start"),
            ("taggrams", {"layer": "toy-net-embeddings"}, "layer"),
            ("tags", {}, "model"),
            ("tags", {"model": "toy-net", "start": 5, "end": 4}, "end"),
            ("tags", {"model": "toy-net", "top": 0}, "top"),
        ],
    )
    def test_malformed_parameters_are_refused_by_name(self, get, track, address, query, name):
        error = get(f"tracks/{track.pk}/{address}/", 400, **query).json()
        assert list(error["errors"]) == [name]


class TestLists:
    def test_artists_albums_tags(self, get, library):
        first, second = library.add_track(1), library.add_track(2)
        second.tags.add(first.tags.get(), Tag.objects.create(category="mood/theme", name="calm"))
        artists = get("artists/").json()["results"]
        assert [(artist["name"], artist["tracks"]) for artist in artists] == [
            ("Artist 1", 1),
            ("Artist 2", 1),
        ]
        (album,) = get("albums/", artist=second.artists.get().pk).json()["results"]
        assert (album["title"], album["artist"]["name"], album["tracks"]) == (
            "Album 2",
            "Artist 2",
            1,
        )
        tags = get("tags/", category="genre", ordering="-tracks").json()["results"]
        assert [(tag["name"], tag["tracks"]) for tag in tags] == [("g1", 2), ("g2", 1)]

    def test_models_and_layers(self, get, library, home):
        library.add_track(1, segments=3)
        library.add_track(2, segments=2)
        (model,) = get("models/").json()
        assert (model["name"], model["weights_present"]) == ("toy-net", False)
        assert model["segment_seconds"] == 3.0
        assert [layer["key"] for layer in model["layers"]] == ["embeddings", "taggrams"]
        assert [layer["segments"] for layer in model["layers"]] == [5, 5]
        (home / "models").mkdir(parents=True)
        (home / "models" / "toy-net.pb").write_bytes(b"graph")
        assert get("models/toy-net/").json()["weights_present"]
        layers = get("layers/").json()
        assert [layer["name"] for layer in layers] == ["toy-net-embeddings", "toy-net-taggrams"]
        assert get("layers/toy-net-taggrams/").json()["tags"] == ["calm", "loud", "odd"]

    def test_projections(self, get, library):
        import numpy as np

        track = library.add_track(1)
        variance = [1 / n for n in range(1, 15)]
        rows = {track.pk: np.zeros((3, 2))}
        library.add_projection(rows, version=1)
        newest = library.add_projection(rows, version=2, explained_variance=variance)
        library.add_projection(rows, recipe="s", method="umap", state="running")
        (row,) = get("projections/").json()
        assert (row["id"], row["version"], row["method"]) == (newest.pk, 2, "pca")
        assert (row["layer"], row["model"]) == ("toy-net-embeddings", "toy-net")
        assert (row["tracks"], row["segments"]) == (1, 3)
        assert row["explained_variance"] == variance[:10]
        assert len(get("projections/", layer="toy-net-embeddings", method="pca").json()) == 1
        assert get("projections/", layer="toy-net-taggrams").json() == []
        get("projections/", 400, method="magic")

    @pytest.mark.parametrize(
        "address",
        ["tracks/", "artists/", "albums/", "tags/", "models/", "layers/", "projections/", "jobs/"],
    )
    def test_query_counts_do_not_grow(self, get, library, address, django_assert_num_queries):
        import numpy as np
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        def add(number: int) -> None:
            track = library.add_track(number)
            library.add_projection({track.pk: np.zeros((3, 2))}, recipe=str(number))
            add_model(f"more-n{number}")
            Job.objects.create(kind=Job.Kind.EXTRACTION, state=Job.State.RUNNING, total=9, done=1)

        add(0)
        with CaptureQueriesContext(
            connection,
        ) as alone:
            get(address)
        for number in range(1, 6):
            add(number)
        with django_assert_num_queries(len(alone)):
            get(address)


def test_library(get, library, settings):
    empty = get("library/").json()
    assert empty["tracks"] == empty["projections"] == 0
    assert empty["audio_dir_set"] is True
    library.add_track(1)
    Track.objects.filter(pk=library.add_track(2).pk).update(state="missing")
    Job.objects.create(kind=Job.Kind.EXTRACTION)
    Job.objects.create(kind=Job.Kind.EXTRACTION, state=Job.State.DONE)
    assert get("library/").json() == {
        "tracks": 2,
        "playable": 1,
        "artists": 2,
        "albums": 2,
        "tags": 2,
        "hours": 0.0,
        "models_present": 0,
        "projections": 0,
        "jobs_active": 1,
        "audio_dir_set": True,
        "anonymous_models": False,
        "may_work": False,
    }
    settings.AUDIO_DIR = ""
    after = get("library/").json()
    assert (after["playable"], after["audio_dir_set"]) == (0, False)


class TestErrors:
    @pytest.mark.parametrize(
        ("address", "status", "code"),
        [
            ("/api/v1/tracks/999999/", 404, "not_found"),
            ("/api/v1/tracks/99999999999999999999/", 404, "not_found"),
            ("/api/v1/tracks/abc/", 404, "not_found"),
            ("/api/v1/nothing/", 404, "not_found"),
            ("/api/nothing", 404, "not_found"),
            ("/api/v1/tracks/?page=7", 404, "not_found"),
            ("/api/v1/tracks/?state=x", 400, "invalid"),
            ("/tracks/abc/audio", 404, "not_found"),
            ("/tracks/1/nothing", 404, "not_found"),
            ("/covers/a", 404, "not_found"),
        ],
    )
    def test_one_shape(self, client, db, address, status, code):
        response = client.get(address)
        assert response.status_code == status
        assert response["Content-Type"] == "application/problem+json"
        error = response.json()
        page, _, place = error["type"].partition("#")
        assert f'id="{place}"' in client.get(page).content.decode()
        assert error.keys() == {"type", "title", "status", "code", "detail", "errors"}
        assert (error["status"], error["code"]) == (status, code)
        assert error["detail"]

    def test_the_page_of_problems_knows_every_status(self, client, db):
        document = SchemaGenerator().get_schema(request=None, public=True)
        statuses = {
            status
            for methods in document["paths"].values()
            for operation in methods.values()
            for status in operation["responses"]
            if int(status) >= HTTPStatus.BAD_REQUEST
        }
        page = client.get("/api/docs/problems/").content.decode()
        of_the_web_server = {str(int(HTTPStatus.REQUEST_URI_TOO_LONG))}
        assert {status for status in statuses if f'id="{status}"' not in page} == of_the_web_server

    def test_methods_and_malformed_bodies(self, client, db):
        client.force_login(get_user_model().objects.create_user("someone"))
        assert client.put("/api/v1/tracks/").json()["code"] == "method_not_allowed"
        response = client.post("/api/v1/projections/", "{", "application/json")
        assert (response.status_code, response.json()["code"]) == (400, "parse_error")

    def test_the_unexpected(self, client, db, monkeypatch):
        from explorer.api.views import library

        def fail() -> None:
            raise RuntimeError("a secret of the inside")

        monkeypatch.setattr(library, "_library", fail)
        client.raise_request_exception = False
        response = client.get("/api/v1/library/")
        assert response.status_code == 500
        assert response.json()["code"] == "error"
        assert b"secret" not in response.content

    def test_the_unexpected_in_audio(self, client, db, monkeypatch):
        def fail(pk: int) -> None:
            raise RuntimeError("a secret of the inside")

        monkeypatch.setattr(media, "_find_track", fail)
        client.raise_request_exception = False
        response = client.get("/tracks/1/audio")
        assert (response.status_code, response.json()["code"]) == (500, "error")

    @pytest.mark.parametrize("address", ["/tracks/1/audio", "/covers/a.jpg"])
    def test_writing_to_music(self, db, address):
        response = Client(enforce_csrf_checks=True).post(address)
        assert (response.status_code, response.json()["code"]) == (403, "csrf")
        response = Client().post(address)
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
        assert response.json()["code"] == "method_not_allowed"

    @pytest.mark.parametrize("address", ["/api/v1/tracks/", "/tracks/1/audio"])
    def test_a_host_that_is_not_ours(self, client, db, address):
        response = client.get(address, headers={"host": "elsewhere.example"})
        assert (response.status_code, response.json()["code"]) == (400, "bad_request")

    def test_pages_keep_their_own(self, client, db):
        response = client.get("/nothing-here")
        assert response.status_code == 404
        assert response["Content-Type"].startswith("text/html")
        refused = [
            client.get("/", headers={"host": "elsewhere.example"}),
            Client(enforce_csrf_checks=True).post("/login/"),
        ]
        for response in refused:
            assert response["Content-Type"].startswith("text/html")

    def test_only_failures_of_the_server_are_logged(self, client, db, monkeypatch, caplog):
        for address in ("/nothing-here", "/api/v1/tracks/7/", "/api/v1/tracks/?state=x"):
            client.get(address)
        assert caplog.records == []
        monkeypatch.setattr(media, "_find_track", lambda pk: 1 / 0)
        client.raise_request_exception = False
        client.get("/tracks/1/audio")
        assert "ZeroDivisionError" in caplog.text

    def test_a_login_is_asked_for_in_the_same_shape(self, client, db, settings):
        settings.LOGIN_REQUIRED = True
        for address in ("/api/v1/tracks/", "/tracks/1/audio", "/tracks/1/clip?start=0&end=1"):
            response = client.get(address)
            assert response.status_code == 401
            assert response.json()["code"] == "not_authenticated"
        assert client.get("/healthz").status_code == 200
