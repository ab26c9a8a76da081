import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from embeddings.models import Job
from musicexplore.progress import Cancelled, Progress
from tests.tracks.planner import told_of
from tests.tracks.sounds import write_audio, write_wav
from tracks import indexing
from tracks.indexing import IndexSummary, index_audio
from tracks.models import Track

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(tmp_path, settings):
    folder = tmp_path / "music"
    folder.mkdir()
    settings.AUDIO_DIR = str(folder)
    return folder


@pytest.fixture
def library(root):
    """Ten tracks, indexed."""
    for number in range(10):
        write_wav(root / f"album {number % 2}" / f"{number:02} song.wav")
    index(root)
    return root


@pytest.fixture
def opened(monkeypatch):
    """The files that an index run opens."""
    paths: list[bytes] = []
    probe = indexing.probe

    def recorded(path: bytes):
        paths.append(path)
        return probe(path)

    monkeypatch.setattr(indexing, "probe", recorded)
    return paths


def index(root: Path, **options) -> IndexSummary:
    return index_audio(root, folder=options.pop("folder", root), **options)


def states() -> dict[str, str]:
    return dict(Track.objects.values_list("path", "state"))


def test_a_new_file_is_described(root):
    path = write_wav(root / "Some Album" / "01 - my_song.wav", seconds=0.5, rate=22050)
    summary = index(root)
    track = Track.objects.get()
    assert (summary.found, summary.new) == (1, 1)
    assert track.path == "Some Album/01 - my_song.wav"
    assert (track.state, track.title) == ("present", "my song")
    assert track.duration == pytest.approx(0.5)
    assert (track.sample_rate, track.channels, track.codec) == (22050, 1, "pcm_s16le")
    assert (track.size, track.mtime_ns) == (path.stat().st_size, path.stat().st_mtime_ns)


def test_the_planner_is_told_of_many_new_files(root, monkeypatch):
    for number in range(3):
        write_wav(root / f"{number}.wav")
    with told_of(3, monkeypatch):
        index(root)


def test_nothing_is_opened_twice(library, opened):
    summary = index(library)
    assert opened == []
    assert (summary.found, summary.new, summary.changed) == (10, 0, 0)


def test_a_changed_file_is_opened_again_and_stays_the_same_track(library, opened):
    path = library / "album 1" / "01 song.wav"
    before = Track.objects.get(path="album 1/01 song.wav")
    Track.objects.filter(pk=before.pk).update(title="Given by a person", audio_hash="abc")
    write_wav(path, seconds=0.3)
    summary = index(library)
    after = Track.objects.get(pk=before.pk)
    assert summary.changed == 1
    assert opened == [os.fsencode(path)]
    assert after.duration == pytest.approx(0.3)
    assert after.updated_at > before.updated_at
    assert (after.title, after.audio_hash) == ("Given by a person", "abc")


def test_a_file_that_vanished_and_returned(library, opened):
    path = library / "album 0" / "00 song.wav"
    path.rename(library / "aside")
    assert index(library).vanished == 1
    track = Track.objects.get(path="album 0/00 song.wav")
    assert track.state == "missing"
    assert track.missing_since is not None
    assert index(library).vanished == 0  # said once

    (library / "aside").rename(path)
    assert index(library).returned == 1
    track.refresh_from_db()
    assert (track.state, track.missing_since) == ("present", None)
    assert opened == []


def test_an_empty_root_marks_nothing(library, tmp_path):
    library.rename(tmp_path / "unmounted")
    library.mkdir()
    summary = index(library)
    assert (summary.vanished, summary.held_back) == (0, 10)
    assert "--accept-missing" in summary.warning
    assert set(states().values()) == {"present"}


def test_a_root_that_is_not_there_is_an_error(library, tmp_path):
    library.rename(tmp_path / "unmounted")
    with pytest.raises(FileNotFoundError, match="mounted"):
        index(library)
    assert set(states().values()) == {"present"}
    assert index(library, accept_missing=True).vanished == 10


@pytest.mark.parametrize(("gone", "marked"), [(2, 2), (3, 0)])
def test_more_than_a_fifth_vanished_marks_nothing(library, gone, marked):
    for path in sorted(library.rglob("*.wav"))[:gone]:
        path.unlink()
    write_wav(library / "new.wav")
    summary = index(library)
    assert (summary.new, summary.vanished, summary.held_back) == (1, marked, gone - marked)
    assert index(library, accept_missing=True).vanished == gone - marked
    assert Track.objects.filter(state="missing").count() == gone
    assert Track.objects.count() == 11  # nothing is deleted


def test_one_folder_alone(library):
    write_wav(library / "album 0" / "extra.wav")
    write_wav(library / "album 1" / "extra.wav")
    (library / "album 1" / "01 song.wav").unlink()
    summary = index(library, folder=library / "album 0")
    assert (summary.found, summary.new, summary.vanished) == (6, 1, 0)


def test_wildcards_say_nothing_of_other_files(library):
    summary = index(library, wildcards=["*.flac"])
    assert (summary.found, summary.vanished, summary.held_back) == (0, 0, 0)


def test_an_unreadable_folder_says_nothing_of_its_files(library, monkeypatch):
    """The disk's answer is injected: permission bits do not bind root."""
    scandir = os.scandir

    def failing(path):
        if path.endswith(b"album 1"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", failing)
    summary = index(library, accept_missing=True)
    assert (summary.vanished, summary.held_back) == (0, 0)
    assert [problem.path for problem in summary.problems] == [b"album 1"]


def test_names_that_are_not_utf8(root):
    name = b"caf\xe9.wav"
    write_wav(root / os.fsdecode(name))
    index(root)
    assert index(root).new == 0
    track = Track.objects.get()
    assert bytes(track.path_bytes) == name
    assert track.path == "caf\\xe9.wav"
    assert track.title == "caf\ufffd"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"this is text\n" * 50, "not an audio file"), (b"\0" * 5000, ".")],
)
def test_a_bad_file_is_a_track_with_a_reason(root, content, reason):
    (root / "bad.mp3").write_bytes(content)
    write_wav(root / "good.wav")
    summary = index(root)
    assert summary.unreadable == 1
    assert states() == {"bad.mp3": "unreadable", "good.wav": "present"}
    assert reason in Track.objects.get(path="bad.mp3").state_reason


def test_the_first_bad_files_are_named_with_their_reasons(root):
    for number in range(7):
        (root / f"{number}.mp3").write_bytes(b"")
    total, *named, more = index(root).lines()
    assert "7 unreadable" in total
    assert len(named) == 5
    assert all(".mp3: " in line and "empty" in line for line in named)
    assert more == "  and 2 more that cannot be read"


def test_a_bad_file_that_was_replaced_is_present(root):
    (root / "song.wav").write_bytes(b"")
    index(root)
    write_wav(root / "song.wav")
    index(root)
    track = Track.objects.get()
    assert (track.state, track.state_reason, track.codec) == ("present", "", "pcm_s16le")


def test_any_error_of_a_file_is_survived(root, monkeypatch):
    def broken(path: bytes):
        raise RuntimeError("nobody \0 expected this")

    monkeypatch.setattr(indexing, "probe", broken)
    write_wav(root / "song.wav")
    assert index(root).unreadable == 1
    assert "nobody expected this" in Track.objects.get().state_reason


def test_a_file_of_the_catalogue_is_found_on_disk(root):
    Track.objects.create(
        path="48/948.wav", path_bytes=b"48/948.wav", state="catalogue", jamendo_id=948
    )
    assert index(root).vanished == 0
    write_wav(root / "48" / "948.wav")
    assert index(root).returned == 1
    track = Track.objects.get()
    assert (track.state, track.jamendo_id, track.codec) == ("present", 948, "pcm_s16le")


def test_a_file_of_the_catalogue_is_found_in_low_quality(root):
    for number in (948, 949):
        path = f"{number % 100}/{number}.mp3"
        Track.objects.create(path=path, path_bytes=path.encode(), state="catalogue")
    write_audio(root / "48" / "x.mp3").rename(root / "48" / "948.low.mp3")
    assert index(root).returned == 1
    assert states() == {"48/948.low.mp3": "present", "49/949.mp3": "catalogue"}
    assert index(root).found == 1
    assert Track.objects.count() == 2


def test_stopping_keeps_what_is_done(root, monkeypatch):
    class Stop(Progress):
        def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
            raise Cancelled

    monkeypatch.setattr(indexing, "BATCH", 2)
    for number in range(5):
        write_wav(root / f"{number}.wav")
    with pytest.raises(Cancelled):
        index(root, progress=Stop())
    assert Track.objects.count() == 2
    assert index(root).new == 3


def test_the_number_of_queries_does_not_grow(root, django_assert_num_queries):
    for number in range(20):
        write_wav(root / f"{number}.wav")
    with django_assert_num_queries(4):
        index(root)


def test_command_remembers_its_first_folder(tmp_path, settings, capsys):
    settings.AUDIO_DIR = ""
    settings.MUSICEXPLORE_HOME = tmp_path / "home"
    write_wav(tmp_path / "music" / "a.wav")
    call_command("index_all_audio", "--dir", str(tmp_path / "music"))
    assert capsys.readouterr().out == "1 found, 1 new.\n"
    assert str(tmp_path / "music") in (tmp_path / "home" / "settings.env").read_text()
    assert Job.objects.get().state == "done"
    with pytest.raises(CommandError, match="not inside"):
        call_command("index_all_audio", "--dir", str(tmp_path))
    with pytest.raises(CommandError, match="There is no folder"):
        call_command("index_all_audio", "--dir", str(tmp_path / "mistyped"))


def test_command_without_a_folder_says_what_to_do(settings):
    settings.AUDIO_DIR = ""
    with pytest.raises(CommandError, match="--dir"):
        call_command("index_all_audio")


def test_command_reports_what_it_could_not_follow(library, capsys):
    (library / "loop").symlink_to(library)
    for path in library.rglob("*.wav"):
        path.unlink()
    call_command("index_all_audio")
    errors = capsys.readouterr().err
    assert "loop: A link to a folder is not followed." in errors
    assert "10 known files are not there" in errors
