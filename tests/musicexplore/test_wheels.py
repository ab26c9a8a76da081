"""Downloads of wheels as files, from a folder that stands in for the index (pip's own options)."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from musicexplore.wheels import DownloadError, fetch_wheel


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index in a folder, set as a person would set it: by pip's configuration."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def make_wheel(folder: Path, content: str = "music") -> str:
    """Write a minimal wheel, return its SHA-256."""
    path = folder / "some_music-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        info = "some_music-1.0.dist-info/"
        wheel.writestr("some_music/song.txt", content)
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\nName: some-music\nVersion: 1.0\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(info + "RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_wheel_is_fetched_whole_and_kept(index: Path, tmp_path: Path) -> None:
    digest = make_wheel(index)
    cache = tmp_path / "deep" / "cache"

    path = fetch_wheel("some-music", "1.0", digest, cache)

    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert [path] == list(cache.iterdir()), "nothing else may stay behind"
    for wheel in index.iterdir():
        wheel.unlink()
    assert fetch_wheel("some-music", "1.0", digest, cache) == path, "the second time needs no index"


def test_a_damaged_copy_is_fetched_again(index: Path, tmp_path: Path) -> None:
    digest = make_wheel(index)
    path = fetch_wheel("some-music", "1.0", digest, tmp_path / "cache")
    path.write_bytes(path.read_bytes()[:100])

    assert fetch_wheel("some-music", "1.0", digest, tmp_path / "cache") == path
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest


def test_another_hash_is_refused_in_one_line(index: Path, tmp_path: Path) -> None:
    make_wheel(index)

    with pytest.raises(DownloadError, match="another SHA-256") as caught:
        fetch_wheel("some-music", "1.0", "0" * 64, tmp_path / "cache")

    assert "\n" not in str(caught.value)
    assert list((tmp_path / "cache").iterdir()) == []


def test_offline_is_said_in_one_line(index: Path, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="Check the network connection") as caught:
        fetch_wheel("some-music", "1.0", "0" * 64, tmp_path / "cache")

    assert "\n" not in str(caught.value)
    assert list((tmp_path / "cache").iterdir()) == []
