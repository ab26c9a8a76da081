"""Search by a file over HTTP: what is refused, what is heard, where it lies, what is like it."""

import re
from contextlib import ExitStack
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from django.utils import timezone

from embeddings import jobs, tasks
from embeddings.file_queries import place, queries, room, service
from embeddings.file_queries.sweeping import sweep
from embeddings.models import FileQuery, FileQueryVectors, Job, Upload
from explorer import uploads
from tests.embeddings import bad_files
from tests.explorer.conftest import add_model

QUERIES = "/api/v1/queries/"
RATE = 44_100


@pytest.fixture
def network(library, home, settings):
    """A network whose weights are said to be here, and an open site."""
    settings.WORK_WITHOUT_LOGIN = True
    (home / "models").mkdir(parents=True)
    (home / "models" / "toy-net.pb").touch()
    return library


@pytest.fixture
def sound(tmp_path: Path) -> bytes:
    return bad_files.write_wav(tmp_path / "sound.wav", bad_files.noise(7, seed=1)).read_bytes()


@pytest.fixture
def send(client):
    """POST a file, and expect a status."""

    def post(content: bytes, status: int = 202, *, name: str = "My song.wav", **options):
        response = client.post(
            f"{QUERIES}?model=toy-net&name={name}",
            content,
            content_type=options.pop("content_type", "application/octet-stream"),
            **options,
        )
        assert response.status_code == status, response.content
        return response

    return post


def store(query: FileQuery, layer, vectors: np.ndarray, *, offset: float = 0.0) -> None:
    FileQueryVectors.objects.create(
        query=query, layer=layer, offset=offset, vectors=vectors.astype("<f2").tobytes()
    )


@pytest.fixture
def heard(library) -> FileQuery:
    """A file of three segments, near those of no track."""
    query = FileQuery.objects.create(
        name="Mine.mp3",
        format="mp3",
        duration=9.0,
        levels=np.ones((2, 8), "<f4").tobytes(),
        expires_at=timezone.now() + timedelta(minutes=30),
    )
    store(query, library.embeddings, np.random.default_rng(5).standard_normal((3, 4)))
    store(query, library.taggrams, np.tile([0.9, 0.5, 0.1], (3, 1)))
    return query


class Unreadable(BytesIO):
    """The body of what must be refused before a byte of it is read."""

    def read(self, size: int | None = -1) -> bytes:
        raise AssertionError("It was read.")


class Usage(NamedTuple):
    free: int


def error(response) -> str:
    return response.json()["code"]


class TestSending:
    def test_a_file_is_checked_named_by_us_and_queued(self, network, send, sound):
        answer = send(sound, name="../../etc/My%20song.wav").json()
        assert answer["name"] == "My song.wav"
        assert answer["duration"] == pytest.approx(7, abs=0.01)
        assert (answer["audio"], answer["clip"]) == (None, None)
        (hearing,) = answer["hearings"]
        assert (hearing["model"], hearing["state"]) == ("toy-net", "queued")
        query = FileQuery.objects.get(token=answer["token"])
        (path,) = place.folder().iterdir()
        assert path == place.original(query)
        assert path.read_bytes() == sound
        assert answer["token"] not in path.name
        assert "song" not in path.name
        job = Job.objects.get()
        assert job.kind == Job.Kind.FILE_QUERY
        # Jobs are listed to all: they say nothing by which the file could be found.
        assert job.parameters == {"query": query.pk, "model": "toy-net"}

    def test_the_same_address_is_answered_until_it_expires(self, client, network, send, sound):
        address = f"{QUERIES}{send(sound).json()['token']}/"
        assert client.get(address).status_code == 200
        FileQuery.objects.update(expires_at=timezone.now())
        assert error(client.get(address)) == "gone"
        assert client.get(address).status_code == 404

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("words.txt", b"These are words and no sound. " * 200),
            ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(500)),
            ("archive.zip", b"PK\x03\x04" + bytes(500)),
            ("list.mp3", b"#EXTM3U\n#EXTINF:7,x\nfile:///etc/passwd\n"),
            ("concat.mp3", b"ffconcat version 1.0\nfile /etc/passwd\n"),
            ("page.mp3", b"<html><script>alert(1)</script></html>"),
            ("tag.mp3", b"ID3\x04\x00\x00\x00\x00\x00\x0a" + b"#EXTM3U\nfile:///etc/passwd\n" * 9),
            ("wav.mp3", b"RIFF\x00\x00\x00\x00WAVE" + b"words " * 100),
        ],
    )
    def test_what_is_no_audio_is_refused_and_not_kept(self, network, send, name, content):
        response = send(content, 415, name=name)
        assert error(response) == "not-audio"
        assert list(place.folder().iterdir()) == []
        assert not Job.objects.exists()

    def test_nothing_at_all(self, network, send):
        usual = {"CONTENT_TYPE": "application/octet-stream", "CONTENT_LENGTH": "0"}
        assert error(send(b"", 415, **usual)) == "empty"

    def test_what_is_damaged_too_long_or_too_short(self, settings, network, send, sound, tmp_path):
        mp3 = bad_files.encode(
            tmp_path / "a.mp3", "libmp3lame", bad_files.noise(3, seed=1), RATE, "mono"
        )
        good = mp3.read_bytes()
        send(good[: len(good) * 2 // 3 + 7])  # truncated: what there is of it is heard
        broken = bytearray(sound)
        broken[44:] = b""
        assert error(send(bytes(broken), 422)) == "damaged"
        blip = bad_files.write_wav(tmp_path / "b.wav", bad_files.noise(0.2, seed=1))
        assert error(send(blip.read_bytes(), 422)) == "too-short"
        settings.FILE_QUERY_MINUTES = 0.05
        response = send(sound, 422)
        assert error(response) == "too-long"
        assert "0.05 minutes" in response.json()["detail"]
        assert len(list(place.folder().iterdir())) == 1

    def test_too_large_is_refused_before_it_is_read(self, settings, network, send, client):
        settings.FILE_QUERY_MEGABYTES = 1
        response = send(b"RIFF", 413, CONTENT_LENGTH=str(2_000_000))
        assert error(response) == "too_large"
        assert "2 MB, and at most 1 MB" in response.json()["detail"]
        assert error(send(b"RIFF", 411, CONTENT_LENGTH="")) == "length_required"
        assert not Upload.objects.exists()

    def test_what_ends_early_is_refused_and_not_kept(self, network, send, sound):
        # As a server gives the body of a connection that broke.
        cut = {"wsgi.input": BytesIO(sound[:5000]), "CONTENT_LENGTH": "9000"}
        response = send(b"", 400, CONTENT_TYPE="application/octet-stream", **cut)
        assert error(response) == "incomplete"
        assert list(place.folder().iterdir()) == []

    def test_so_many_an_hour_from_an_address(self, settings, network, send, sound):
        settings.FILE_QUERIES_PER_HOUR = 2
        send(sound)
        send(b"no sound", 415)
        response = send(sound, 429)
        assert 3500 < int(response["Retry-After"]) <= 3600
        assert error(response) == "throttled"
        send(sound, REMOTE_ADDR="192.0.2.7")
        Upload.objects.update(at=timezone.now() - timedelta(hours=1))
        send(sound)
        assert not Upload.objects.filter(sender__contains="127.0.0.1").exists()
        settings.FILE_QUERIES_PER_HOUR = 0
        send(sound, 429, REMOTE_ADDR="192.0.2.8")

    def test_one_refused_because_others_send_or_wait_costs_its_sender_nothing(
        self, settings, network, send, sound, monkeypatch
    ):
        settings.FILE_QUERIES_PER_HOUR = 1
        with ExitStack() as others:
            for _ in range(4):
                others.enter_context(uploads.turn())
            assert error(send(sound, 503)) == "busy"
        monkeypatch.setattr(service, "MOST_WAITING", 0)
        unread = {"wsgi.input": Unreadable(), "CONTENT_LENGTH": "9000"}
        response = send(b"", 503, CONTENT_TYPE="application/octet-stream", **unread)
        assert error(response) == "busy"
        assert not Upload.objects.exists()
        monkeypatch.undo()
        send(sound)
        send(sound, 429)

    def test_one_that_others_overtake_while_it_arrives_costs_nothing(
        self, network, send, sound, monkeypatch
    ):
        receive = uploads.receive

        def overtaken(*arguments, **options):
            receive(*arguments, **options)
            monkeypatch.setattr(service, "MOST_WAITING", 0)

        monkeypatch.setattr(uploads, "receive", overtaken)
        assert error(send(sound, 503)) == "busy"
        assert not Upload.objects.exists()
        assert list(place.folder().iterdir()) == []

    def test_files_to_be_forgotten_fill_no_more_than_their_bound(
        self, settings, network, send, sound
    ):
        settings.FILE_QUERIES_TOTAL_MEGABYTES = 1.5 * len(sound) / 1e6
        send(sound)
        response = send(sound, 507)
        assert error(response) == "no_room"
        assert "forgotten after an hour" in response.json()["detail"]
        assert Upload.objects.count() == 1
        FileQuery.objects.update(expires_at=None)  # kept: of another's choice
        send(sound)

    def test_a_disk_that_is_nearly_full_takes_none(self, network, send, sound, monkeypatch):
        free = room.SPARE_BYTES + len(sound)
        monkeypatch.setattr(room.shutil, "disk_usage", lambda _: Usage(free=free - 1))
        response = send(sound, 507)
        assert error(response) == "no_room"
        assert "Whoever runs it has to make room" in response.json()["detail"]
        assert not Upload.objects.exists()
        monkeypatch.setattr(room.shutil, "disk_usage", lambda _: Usage(free=free))
        send(sound)

    def test_whom_a_proxy_names_counts_only_where_there_is_one(
        self, settings, network, send, sound
    ):
        settings.FILE_QUERIES_PER_HOUR = 1
        send(sound, HTTP_X_FORWARDED_FOR="192.0.2.1")
        send(sound, 429, HTTP_X_FORWARDED_FOR="192.0.2.2")

    @pytest.mark.parametrize(
        "kind",
        ["", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"],
    )
    def test_no_form_of_another_site_sends_one(self, network, send, sound, kind):
        send(sound, 415, content_type=kind)
        assert not FileQuery.objects.exists()

    def test_whoever_may_look_may_ask(self, settings, network, send, sound):
        settings.WORK_WITHOUT_LOGIN = False
        send(sound)
        settings.LOGIN_REQUIRED = True
        send(sound, 401)

    def test_which_network(self, client, network, sound, home):
        for model in ("nonsense", ""):
            response = client.post(
                f"{QUERIES}?model={model}", sound, content_type="application/octet-stream"
            )
            assert "model" in response.json()["errors"]
        (home / "models" / "toy-net.pb").unlink()
        response = client.post(
            f"{QUERIES}?model=toy-net", sound, content_type="application/octet-stream"
        )
        assert "fetch_models" in response.json()["detail"]

    def test_limits_are_told(self, get, settings, network):
        settings.FILE_QUERY_MEGABYTES = 5
        assert get("queries/").json() == {
            "most_bytes": 5_000_000, "most_seconds": 900, "per_hour": 60, "kept": [],
        }  # fmt: skip


class TestLife:
    def test_states_of_a_hearing(self, get, network, send, sound):
        token = send(sound).json()["token"]

        def hearing():
            (row,) = get(f"queries/{token}/").json()["hearings"]
            return row

        job = Job.objects.get()
        jobs.claim(job.pk)
        Job.objects.update(total=8, done=2)
        assert (hearing()["state"], hearing()["fraction"]) == ("running", 0.25)
        assert hearing()["seconds_left"] > 0
        jobs._end(job.pk, Job.State.FAILED, "toy-net cannot read it")
        assert (hearing()["state"], hearing()["message"]) == ("failed", "toy-net cannot read it")
        Job.objects.all().delete()  # the newest 200 alone are kept
        assert get(f"queries/{token}/").json()["hearings"] == []

    def test_one_that_is_done_between_two_questions_is_not_lost(
        self, get, network, send, sound, monkeypatch
    ):
        token = send(sound).json()["token"]
        jobs_of = queries.jobs_of

        def done_meanwhile(query):
            FileQueryVectors.objects.all().delete()
            store(query, network.embeddings, np.ones((2, 4)))
            Job.objects.update(state=Job.State.DONE)
            return jobs_of(query)

        monkeypatch.setattr(queries, "jobs_of", done_meanwhile)
        (row,) = get(f"queries/{token}/").json()["hearings"]
        assert (row["state"], row["message"]) == ("done", "")

    def test_a_job_whose_process_died_is_told_and_tried_again(
        self, client, get, network, send, sound
    ):
        token = send(sound).json()["token"]
        Job.objects.update(state=Job.State.RUNNING)  # and nobody holds its lock
        (row,) = get(f"queries/{token}/").json()["hearings"]
        assert row["state"] == "failed"
        assert "process ended" in row["message"]
        response = client.post(
            f"{QUERIES}{token}/hearings/", {"model": "toy-net"}, content_type="application/json"
        )
        assert response.status_code == 202
        assert [each["state"] for each in response.json()["hearings"]] == ["queued"]

    def test_another_network(self, client, network, home, heard):
        add_model("other-net")
        (home / "models" / "other-net.pb").touch()
        address = f"{QUERIES}{heard.token}/hearings/"
        for _ in range(2):
            answer = client.post(address, {"model": "other-net"}, content_type="application/json")
            states = {row["model"]: row["state"] for row in answer.json()["hearings"]}
            assert states == {"other-net": "queued", "toy-net": "done"}
        assert Job.objects.count() == 1

    def test_forgetting(self, client, network, send, sound):
        token = send(sound).json()["token"]
        assert client.delete(f"{QUERIES}{token}/").status_code == 204
        assert client.get(f"{QUERIES}{token}/").status_code == 404
        assert list(place.folder().iterdir()) == []
        assert Job.objects.get().state == Job.State.CANCELLED

    def test_keeping(self, client, get, settings, network, heard):
        settings.WORK_WITHOUT_LOGIN = False
        address = f"{QUERIES}{heard.token}/"
        keep = lambda: client.post(f"{address}kept/", content_type="application/json")  # noqa: E731
        assert keep().status_code == 403
        settings.WORK_WITHOUT_LOGIN = True
        assert keep().json()["expires_at"] is None
        FileQuery.objects.update(created_at=timezone.now() - timedelta(days=9))
        sweep()
        assert client.get(address).status_code == 200
        assert [each["token"] for each in get("queries/").json()["kept"]] == [heard.token]
        settings.WORK_WITHOUT_LOGIN = False
        assert get("queries/").json()["kept"] == []
        assert client.delete(address).status_code == 403
        settings.WORK_WITHOUT_LOGIN = True
        assert client.delete(address).status_code == 204

    def test_one_that_nobody_heard_is_not_kept(self, client, network, send, sound):
        token = send(sound).json()["token"]
        response = client.post(f"{QUERIES}{token}/kept/", content_type="application/json")
        assert response.status_code == 409


class TestHearing:
    def test_the_audio_is_played_from_a_copy(self, client, heard, tmp_path):
        address = f"/queries/{heard.token}/"
        assert client.get(f"{address}audio").status_code == 404
        samples = bad_files.noise(7, seed=1)
        bad_files.encode(place.copy(heard), "flac", samples, RATE, "mono")
        answer = client.get(f"{QUERIES}{heard.token}/").json()
        assert answer["audio"] == f"{address}audio"
        response = client.get(f"{address}audio", headers={"Range": "bytes=0-99"})
        assert (response.status_code, response["Content-Type"]) == (206, "audio/flac")
        assert response["Cache-Control"] == "private, no-store"
        clip = client.get(f"{address}clip", {"start": 1, "end": 3})
        assert b"".join(clip)[:4] == b"fLaC"
        assert not (place.folder().parent / "cache" / "clips").exists()
        heard.expires_at = timezone.now()
        heard.save()
        for kind in ("audio", "clip?start=0&end=1"):
            assert error(client.get(address + kind)) == "gone"

    def test_the_waveform(self, get, heard):
        answer = get(f"queries/{heard.token}/waveform/", bins=4).json()
        assert answer == {"seconds": 9.0, "peaks": [1.0] * 4, "rms": [1.0] * 4}
        FileQuery.objects.update(levels=b"")
        assert error(get(f"queries/{heard.token}/waveform/", 404)) == "not_heard"


class TestAnswers:
    def test_tracks_and_moments_like_it(self, get, library, heard):
        tracks = [library.add_track(number, segments=5) for number in range(4)]
        theirs = np.random.default_rng(tracks[2].pk)
        theirs.random((5, 3))
        vectors = theirs.standard_normal((5, 4))
        FileQueryVectors.objects.all().delete()
        store(heard, library.embeddings, vectors[1:4])
        store(heard, library.taggrams, np.tile([0.9, 0.5, 0.1], (3, 1)))
        query = {"layer": "toy-net-embeddings", "why": "true"}
        answer = get(f"queries/{heard.token}/similar/", **query).json()
        best = answer["results"][0]
        assert best["track"]["id"] == tracks[2].pk
        assert (best["here"]["start"], best["there"]["start"]) == (0, 3)
        assert best["distance"] == pytest.approx(0, abs=1e-3)
        assert (answer["by"], answer["taggrams"]) == ("stretches", "toy-net-taggrams")
        assert best["why"] is not None
        whole = get(f"queries/{heard.token}/similar/", by="mean", limit=1, **query).json()
        assert len(whole["results"]) == 1
        address = f"queries/{heard.token}/segments/similar/"
        moments = get(address, position=1, **query).json()
        near = moments["results"][0]
        assert (near["track"]["id"], near["position"]) == (tracks[2].pk, 2)
        assert moments["asked"] == {"position": 1, "segments": 1, "start": 3, "end": 6}
        stretch = get(address, start=0, end=9, **query).json()["results"][0]
        assert (stretch["position"], stretch["segments"]) == (1, 3)
        album = tracks[2].album_id
        assert get(address, position=1, albums=album, **query).json()["results"]
        assert error(get(address, 404, position=3, **query)) == "no_segments"
        assert error(get(address, 404, position=0, layer=add_other())) == "not_heard"

    def test_a_second_hearing_is_told_by_its_time(self, get, library, heard):
        (track,) = [library.add_track(number, segments=6) for number in range(1)]
        numbers = np.random.default_rng(track.pk)
        numbers.random((6, 3))
        store(heard, library.embeddings, numbers.standard_normal((6, 4))[2:5], offset=1.5)
        answer = get(f"queries/{heard.token}/similar/", layer="toy-net-embeddings").json()
        best = answer["results"][0]
        assert (best["here"]["start"], best["there"]["start"]) == (1.5, 6)

    def test_places_on_maps(self, get, library, heard):
        tracks = [library.add_track(number, segments=5) for number in range(4)]
        vectors = {}
        for track in tracks:
            numbers = np.random.default_rng(track.pk)
            numbers.random((5, 3))
            vectors[track.pk] = numbers.standard_normal((5, 4)).astype(np.float16)
        matrix = np.random.default_rng(0).standard_normal((4, 2))
        linear = library.add_projection(
            {pk: rows.astype(np.float64) @ matrix + 7 for pk, rows in vectors.items()}
        )
        ours = np.random.default_rng(5).standard_normal((3, 4)).astype("<f2").astype(np.float64)
        answer = get(f"queries/{heard.token}/projections/{linear.pk}/points/").json()
        assert answer["exact"] is True
        places = [[point["x"], point["y"]] for point in answer["points"]]
        np.testing.assert_allclose(places, ours @ matrix + 7, atol=1e-4)
        average = [answer["average"]["x"], answer["average"]["y"]]
        np.testing.assert_allclose(average, ours.mean(axis=0) @ matrix + 7, atol=1e-4)
        assert answer["points"][1]["start"] == 3
        turned = get(f"queries/{heard.token}/projections/{linear.pk}/points/", x=1, y=0).json()
        assert turned["points"][0]["x"] == pytest.approx(places[0][1], abs=1e-5)
        get(f"queries/{heard.token}/projections/{linear.pk}/points/", 400, x=2)
        original = get(f"queries/{heard.token}/layers/toy-net-embeddings/points/", x=2, y=3).json()
        assert original["points"][2]["y"] == pytest.approx(ours[2, 3])

    def test_a_map_of_other_vectors_says_so(self, get, library, heard):
        tracks = [library.add_track(number, segments=5) for number in range(4)]
        numbers = np.random.default_rng(1)
        odd = library.add_projection({each.pk: numbers.random((5, 2)) for each in tracks})
        response = get(f"queries/{heard.token}/projections/{odd.pk}/points/", 404)
        assert error(response) == "not_placed"


def add_other() -> str:
    return f"{add_model('third-net').name}-embeddings"


def test_tokens_are_not_to_be_guessed(network, send, sound):
    tokens = {send(sound).json()["token"] for _ in range(3)}
    assert len(tokens) == 3
    assert all(re.fullmatch(r"[\w-]{22}", token) for token in tokens)


def test_work_on_a_file_that_is_gone_fails_in_words(network, send, sound):
    send(sound)
    FileQuery.objects.update(expires_at=timezone.now())
    tasks.run_job(Job.objects.get().pk)
    job = Job.objects.get()
    assert (job.state, job.message) == ("failed", "The file has expired; send it again.")
