import os

import pytest
from django.core.exceptions import ImproperlyConfigured

from tracks.files import absolute_path, audio_root, display_path
from tracks.models import Track


@pytest.fixture
def root(tmp_path, settings):
    folder = tmp_path / "music"
    folder.mkdir()
    settings.AUDIO_DIR = str(folder)
    return folder


def track(path: bytes) -> Track:
    return Track(path_bytes=path, path=display_path(path))


def test_no_music_folder_says_what_to_do(settings):
    settings.AUDIO_DIR = ""
    with pytest.raises(ImproperlyConfigured, match="index_all_audio --dir"):
        audio_root()


def test_a_file_is_found_by_its_exact_bytes(root):
    name = b"caf\xe9.mp3"
    (root / os.fsdecode(name)).write_bytes(b"x")
    assert absolute_path(track(name)) == os.fsencode(root) + b"/" + name
    assert display_path(name) == "caf\\xe9.mp3"


def test_the_music_folder_itself_may_be_a_link(root, tmp_path, settings):
    (root / "a.mp3").write_bytes(b"x")
    (tmp_path / "link").symlink_to(root)
    settings.AUDIO_DIR = str(tmp_path / "link")
    assert absolute_path(track(b"a.mp3")) == os.fsencode(root / "a.mp3")


def test_a_file_that_is_gone(root):
    with pytest.raises(FileNotFoundError):
        absolute_path(track(b"gone.mp3"))


@pytest.mark.parametrize("path", [b"../secret.mp3", b"link.mp3", b"folder/secret.mp3"])
def test_nothing_outside_the_music_folder_is_reached(root, tmp_path, path):
    (tmp_path / "secret.mp3").write_bytes(b"x")
    (root / "link.mp3").symlink_to(tmp_path / "secret.mp3")
    (root / "folder").symlink_to(tmp_path)
    with pytest.raises(PermissionError, match="outside AUDIO_DIR"):
        absolute_path(track(path))


def test_an_absolute_path_in_the_database_is_looked_for_below_the_folder(root, tmp_path):
    (tmp_path / "secret.mp3").write_bytes(b"x")
    with pytest.raises(FileNotFoundError):
        absolute_path(track(os.fsencode(tmp_path / "secret.mp3")))


def test_a_sibling_with_the_same_beginning_is_outside(root, tmp_path):
    (tmp_path / "music-private").mkdir()
    (tmp_path / "music-private" / "a.mp3").write_bytes(b"x")
    with pytest.raises(PermissionError):
        absolute_path(track(b"../music-private/a.mp3"))


def test_a_link_to_itself_is_a_file_that_is_gone(root):
    (root / "loop.mp3").symlink_to("loop.mp3")
    with pytest.raises(FileNotFoundError):
        absolute_path(track(b"loop.mp3"))


def test_a_displayed_path_is_text_that_postgresql_takes():
    lone_surrogate = b"\xed\xa0\x80.mp3"
    assert display_path(lone_surrogate) == "\\xed\\xa0\\x80.mp3"
    assert len(display_path(b"\xff" * 2000).encode()) <= 2000
