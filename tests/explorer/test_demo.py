"""The demo's own part: the music, and its refusal to mix with a library."""

import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from explorer.demo import METADATA, unpack_music
from tracks.jamendo.parsing import read_metadata, read_names
from tracks.models import Track


def test_the_metadata_names_every_track_artist_and_album() -> None:
    metadata, names = read_metadata(METADATA / "tracks.tsv"), read_names(METADATA / "names.tsv")
    assert len(metadata.rows) == 28
    assert metadata.bad_lines == []
    for row in metadata.rows:
        assert row.path.startswith(f"{row.album_id}/")
        assert names.tracks[row.track_id]
        assert names.artists[row.artist_id] == "ACE-Step 1.5"
        assert names.albums[row.album_id]
        assert {"mood/theme", "genre"} <= {category for category, _ in row.tags}


def test_music_is_unpacked_once_and_made_whole_again(tmp_path: Path) -> None:
    wheel, folder = tmp_path / "music.whl", tmp_path / "audio"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("immich_memories_music/tracks/calm/one.opus", b"whole")
        archive.writestr("immich_memories_music/__init__.py", b"")
    unpack_music(wheel, folder)
    file = folder / "calm" / "one.opus"
    assert [path for path in folder.rglob("*") if path.is_file()] == [file]
    before = file.stat()

    unpack_music(wheel, folder)
    assert file.stat().st_mtime_ns == before.st_mtime_ns, "what is whole is left alone"

    file.write_bytes(b"wh")
    unpack_music(wheel, folder)
    assert file.read_bytes() == b"whole"


@pytest.mark.django_db
def test_a_library_of_ones_own_is_refused(settings, tmp_path: Path) -> None:
    settings.MUSICEXPLORE_HOME = tmp_path
    settings.AUDIO_DIR = ""
    Track.objects.create(path="my/own.mp3", path_bytes=b"my/own.mp3")
    with pytest.raises(CommandError, match="holds a library of yours"):
        call_command("demo")
    assert not (tmp_path / "downloads").exists(), "nothing was fetched"


@pytest.mark.django_db
def test_a_music_folder_of_ones_own_is_refused(settings, tmp_path: Path) -> None:
    settings.MUSICEXPLORE_HOME = tmp_path
    settings.AUDIO_DIR = "/my/music"
    with pytest.raises(CommandError, match="holds a library of yours"):
        call_command("demo")
