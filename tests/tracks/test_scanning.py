import os
import subprocess
import sys
from pathlib import Path

import pytest

from tracks.scanning import Scan, scan_folder


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    return folder


def add(root: Path, *names: str | bytes) -> None:
    for name in names:
        path = root / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def scan(root: Path, **options) -> Scan:
    return scan_folder(os.fsencode(root), **options)


def paths(result: Scan) -> list[bytes]:
    return [found.path for found in result.files]


def reasons(result: Scan) -> dict[bytes, str]:
    return {problem.path: problem.reason for problem in result.problems}


def test_every_audio_format_is_found_in_nested_folders(root):
    names = [
        "a.mp3",
        "b/c.flac",
        "b/d/e.ogg",
        "f.opus",
        "g.m4a",
        "h.aac",
        "i.WAV",
        "j.aiff",
        "k.wma",
    ]
    add(root, *names, "cover.jpg", "b/list.m3u", "mp3", "b/.mp3")
    result = scan(root)
    assert paths(result) == sorted(os.fsencode(name) for name in names)
    assert not result.problems


def test_size_and_time_are_those_of_the_file(root):
    add(root, "a.mp3")
    status = (root / "a.mp3").stat()
    (found,) = scan(root).files
    assert (found.size, found.mtime_ns) == (1, status.st_mtime_ns)


def test_what_network_drives_and_macos_leave_behind_is_skipped(root):
    add(root, "@eaDir/a.mp3", "b/@eaDir/b.mp3/x.mp3", "#recycle/c.mp3", "b/._d.mp3", "ok/e.mp3")
    assert paths(scan(root)) == [b"ok/e.mp3"]


def test_folders_that_only_look_hidden_are_kept(root):
    add(root, "...And Justice for All/1.mp3", ".38 Special/2.mp3")
    assert paths(scan(root)) == [b"...And Justice for All/1.mp3", b".38 Special/2.mp3"]


@pytest.mark.parametrize("pattern", ["Podcasts", "podcasts/", "**/Podcasts", "*.wma", "b/Pod*"])
def test_exclude_patterns(root, pattern):
    add(root, "a.mp3", "b/Podcasts/deep/news.wma")
    assert paths(scan(root, exclude=[pattern])) == [b"a.mp3"]


@pytest.mark.parametrize(
    ("wildcards", "expected"),
    [
        (["*.flac"], [b"live/c.flac"]),
        (["live/*"], [b"live/b.mp3", b"live/c.flac"]),
        (["**/*.MP3"], [b"a.mp3", b"live/b.mp3"]),
        (["*"], [b"a.mp3", b"live/b.mp3", b"live/c.flac"]),
    ],
)
def test_wildcards_choose_among_audio_files(root, wildcards, expected):
    add(root, "a.mp3", "live/b.mp3", "live/c.flac", "live/notes.txt")
    assert paths(scan(root, wildcards=wildcards)) == expected


def test_one_folder_of_the_root(root):
    add(root, "a.mp3", "b/c.mp3")
    assert paths(scan(root, folder=b"b")) == [b"b/c.mp3"]


def test_names_that_are_not_utf8(root):
    add(root, b"caf\xe9/\xff.mp3")
    assert paths(scan(root, wildcards=["*.mp3"])) == [b"caf\xe9/\xff.mp3"]


def test_a_loop_of_links_is_reported_and_survived(root):
    add(root, "a/b/c.mp3")
    (root / "a/b/again").symlink_to(root / "a")
    (root / "itself").symlink_to("itself")
    result = scan(root)
    assert paths(result) == [b"a/b/c.mp3"]
    assert "not followed" in reasons(result)[b"a/b/again"]
    assert "nowhere" in reasons(result)[b"itself"]


def test_links_never_lead_out_and_never_count_twice(root, tmp_path):
    add(root, "a.mp3", ".git/annex/1.mp3")
    add(tmp_path, "outside/b.mp3")
    for name, target in {
        "favourite.mp3": root / "a.mp3",  # found under its own name
        "annexed.mp3": root / ".git/annex/1.mp3",  # found by its links only, and once
        "annexed too.mp3": root / ".git/annex/1.mp3",
        "out.mp3": tmp_path / "outside/b.mp3",
        "out": tmp_path / "outside",
        "broken.mp3": root / "nothing.mp3",
    }.items():
        (root / name).symlink_to(target)
    result = scan(root)
    assert paths(result) == [b"a.mp3", b"annexed too.mp3"]
    assert reasons(result).keys() == {b"out.mp3", b"out", b"broken.mp3"}


def test_a_pipe_named_as_music_is_left_alone(root):
    os.mkfifo(root / "pipe.mp3")
    assert scan(root).files == []


def test_a_path_too_long_for_the_database_is_reported(root):
    folder = root
    for _ in range(9):
        folder = folder / ("d" * 240)
        folder.mkdir()
    add(folder, "a.mp3")
    result = scan(root)
    assert result.files == []
    assert "longer than 2000 bytes" in result.problems[0].reason


def test_a_folder_that_is_not_there(root):
    with pytest.raises(FileNotFoundError):
        scan(root, folder=b"gone")
    add(root, "a.mp3")
    with pytest.raises(NotADirectoryError):
        scan(root, folder=b"a.mp3")


UNPRIVILEGED_SCAN = """
import os, sys
from tracks.scanning import scan_folder
os.chdir(sys.argv[1])  # before the change of user, who may not enter the folders above
if os.geteuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
result = scan_folder(b".")
print([found.path for found in result.files], result.problems, result.is_unread(b"b/c/d.mp3"))
"""


def test_an_unreadable_folder_is_reported_and_survived(root):
    """Permission bits do not bind root, so the scan runs as nobody."""
    add(root, "a.mp3", "b/c/d.mp3")
    root.chmod(0o755)
    (root / "b").chmod(0)
    try:
        done = subprocess.run(
            [sys.executable, "-c", UNPRIVILEGED_SCAN, str(root)],
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        (root / "b").chmod(0o755)
    assert done.stdout.startswith("[b'a.mp3']")
    assert "Permission denied" in done.stdout
    assert done.stdout.strip().endswith("True")
