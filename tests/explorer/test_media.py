"""What can be heard, and what is refused."""

import os
from pathlib import Path
from urllib.parse import unquote

import pytest

from explorer import clips
from explorer.media import CLIPS
from tests.tracks.sounds import write_wav
from tracks.models import Track


@pytest.fixture
def track(db, settings) -> Track:
    write_wav(Path(settings.AUDIO_DIR) / "a.wav", seconds=4)
    return Track.objects.create(
        title="A", path="a.wav", path_bytes=b"a.wav", codec="pcm_s16le", duration=4
    )


def rename(track: Track, name: bytes) -> None:
    track.path_bytes = name
    track.path = os.fsdecode(name)
    track.save()


def test_audio_in_parts(client, settings, track):
    content = (Path(settings.AUDIO_DIR) / "a.wav").read_bytes()
    whole = client.get(f"/tracks/{track.pk}/audio")
    assert (whole.status_code, whole.getvalue()) == (200, content)
    part = client.get(
        f"/tracks/{track.pk}/audio", headers={"Range": "bytes=50-", "If-Range": whole["ETag"]}
    )
    assert (part.status_code, part.getvalue()) == (206, content[50:])
    assert part["Content-Type"] == "audio/wav"
    again = client.get(f"/tracks/{track.pk}/audio", headers={"If-None-Match": whole["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["a.wav", "Ünï ö?#%.wav", "x/a.wav"])
def test_nginx_may_send_the_file(client, settings, track, name):
    settings.X_ACCEL_PREFIX = "/audio-files/"
    write_wav(Path(settings.AUDIO_DIR) / name, seconds=1)
    rename(track, os.fsencode(name))
    answer = client.get(f"/tracks/{track.pk}/audio")
    assert (answer.status_code, answer.content) == (200, b"")
    assert unquote(answer["X-Accel-Redirect"]) == f"/audio-files/{name}"
    assert answer["X-Accel-Redirect"].isascii()
    assert answer["Content-Type"] == "audio/wav"
    (Path(settings.AUDIO_DIR) / name).unlink()
    assert client.get(f"/tracks/{track.pk}/audio").status_code == 404


def test_a_changed_file_has_another_tag(client, settings, track):
    before = client.get(f"/tracks/{track.pk}/audio")["ETag"]
    write_wav(Path(settings.AUDIO_DIR) / "a.wav", seconds=4, tone=220)
    assert client.get(f"/tracks/{track.pk}/audio")["ETag"] != before


@pytest.mark.parametrize(
    ("name", "codec", "expected"),
    [
        ("a.mp3", "mp3float", "audio/mpeg"),
        ("a.FLAC", "flac", "audio/flac"),
        ("a.ogg", "vorbis", "audio/ogg; codecs=vorbis"),
        ("a.opus", "opus", "audio/ogg; codecs=opus"),
        ("a.oga", "flac", "audio/ogg; codecs=flac"),
        ("a.m4a", "aac", "audio/mp4; codecs=mp4a.40.2"),
        ("a.m4a", "alac", "audio/mp4; codecs=alac"),
        ("a.aiff", "pcm_s16be", "audio/aiff"),
        ("a.wma", "wmav2", "audio/x-ms-wma"),
    ],
)
def test_content_type(client, settings, track, name, codec, expected):
    root = Path(settings.AUDIO_DIR)
    (root / "a.wav").rename(root / name)
    track.codec = codec
    rename(track, name.encode())
    assert client.get(f"/tracks/{track.pk}/audio")["Content-Type"] == expected


def test_a_name_that_is_not_utf_8(client, settings, track):
    root = os.fsencode(settings.AUDIO_DIR)
    os.rename(root + b"/a.wav", root + b"/\xe9.wav")  # noqa: PTH104 - bytes
    track.path, track.path_bytes = r"\xe9.wav", b"\xe9.wav"
    track.save()
    assert client.get(f"/tracks/{track.pk}/audio").status_code == 200
    assert client.get(f"/tracks/{track.pk}/clip?start=0&end=1").status_code == 200


def refusal(client, pk: int, what: str) -> tuple[int, str]:
    response = client.get(f"/tracks/{pk}/{what}")
    error = response.json()
    assert error["status"] == response.status_code
    assert error["detail"]
    return response.status_code, error["code"]


@pytest.mark.parametrize("what", ["audio", "clip?start=0&end=1"])
class TestNothingToHear:
    def test_no_such_track(self, client, db, what):
        assert refusal(client, 10**12, what) == (404, "not_found")

    @pytest.mark.parametrize("state", ["missing", "unreadable", "catalogue"])
    def test_other_states(self, client, track, what, state):
        Track.objects.update(state=state)
        assert refusal(client, track.pk, what) == (404, state)

    def test_file_gone(self, client, settings, track, what):
        (Path(settings.AUDIO_DIR) / "a.wav").unlink()
        assert refusal(client, track.pk, what) == (404, "missing")

    def test_link_out_of_the_library(self, client, settings, track, tmp_path, what):
        write_wav(tmp_path / "elsewhere.wav")
        file = Path(settings.AUDIO_DIR) / "a.wav"
        file.unlink()
        file.symlink_to(tmp_path / "elsewhere.wav")
        assert refusal(client, track.pk, what) == (404, "missing")

    @pytest.mark.parametrize("name", [b"../elsewhere.wav", b"/etc/hostname", b"", b"."])
    def test_path_out_of_the_library(self, client, track, tmp_path, what, name):
        write_wav(tmp_path / "elsewhere.wav")
        rename(track, name)
        assert refusal(client, track.pk, what) == (404, "missing")

    def test_a_pipe_blocks_nothing(self, client, settings, track, what):
        file = Path(settings.AUDIO_DIR) / "a.wav"
        file.unlink()
        os.mkfifo(file)
        assert refusal(client, track.pk, what) == (404, "missing")

    def test_no_music_folder(self, client, settings, track, what):
        settings.AUDIO_DIR = ""
        assert refusal(client, track.pk, what) == (503, "no-audio-dir")

    def test_writing(self, client, track, what):
        assert client.post(f"/tracks/{track.pk}/{what}").status_code == 405


def test_clip_is_cut_once(client, track, monkeypatch):
    address = f"/tracks/{track.pk}/clip?start=1.5&end=2.5"
    first = client.get(address)
    assert first["Content-Type"] == "audio/flac"
    content = first.getvalue()
    assert content.startswith(b"fLaC")

    def fail(*args: object, **kwargs: object) -> bytes:
        raise AssertionError("cut again")

    monkeypatch.setattr(clips, "make_clip", fail)
    assert client.get(address).getvalue() == content
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    part = client.get(address, headers={"Range": "bytes=4-9"})
    assert (part.status_code, part.getvalue()) == (206, content[4:10])


def test_not_modified_is_answered_without_the_clip(client, track):
    address = f"/tracks/{track.pk}/clip?start=1.5&end=2.5"
    etag = client.get(address)["ETag"]
    for file in CLIPS.folder.iterdir():
        file.unlink()
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    assert not list(CLIPS.folder.iterdir())


def test_a_changed_file_is_cut_anew(client, settings, track):
    address = f"/tracks/{track.pk}/clip?start=1.5&end=2.5"
    before = client.get(address).getvalue()
    write_wav(Path(settings.AUDIO_DIR) / "a.wav", seconds=4, tone=220)
    assert client.get(address).getvalue() != before


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "start"),
        ("start=0", "end"),
        ("start=a&end=1", "start"),
        ("start=-1&end=1", "start"),
        ("start=nan&end=1", "start"),
        ("start=0&end=inf", "end"),
        ("start=2&end=2", "end"),
        ("start=0&end=1e-9", "end"),
        ("start=0&end=0.0009", "end"),
        ("start=1e15&end=1000000000000001", "start"),
        ("start=10000000&end=10000001", "start"),  # beyond the end, and the largest
        ("start=0&end=60.1", "end"),
        ("start=4&end=5", "start"),  # beyond the end
    ],
)
def test_impossible_stretches_are_refused_by_name(client, track, query, name):
    response = client.get(f"/tracks/{track.pk}/clip?{query}")
    assert response.status_code == 400
    assert name in response.json()["errors"]


@pytest.mark.parametrize("query", ["start=0&end=0.001", "start=3.9&end=3.901"])
def test_the_shortest_clip(client, track, query):
    assert client.get(f"/tracks/{track.pk}/clip?{query}").getvalue().startswith(b"fLaC")


def test_audio_that_cannot_be_decoded(client, settings, track):
    (Path(settings.AUDIO_DIR) / "a.wav").write_bytes(b"no music\n" * 100)
    assert refusal(client, track.pk, "clip?start=0&end=1") == (422, "not-audio")


def test_cover(client, db, home):
    (home / "covers").mkdir(parents=True)
    (home / "covers" / "ab-12.jpg").write_bytes(b"picture")
    response = client.get("/covers/ab-12.jpg")
    assert (response.getvalue(), response["Content-Type"]) == (b"picture", "image/jpeg")
    (home / "secret-key").write_text("secret")
    for name in ("none.jpg", "..%2fsecret-key", "../secret-key", ".hidden", "a%00.jpg"):
        assert client.get(f"/covers/{name}").status_code == 404


def test_health(client, db):
    assert client.get("/healthz").content == b"ok\n"
