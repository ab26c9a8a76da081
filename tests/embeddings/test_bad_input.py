"""A folder of bad files, through the real index, the real networks and real worker processes."""

import contextlib
import ctypes
import io
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from embeddings.models import Extraction, Layer
from embeddings.storage import read_layer
from tests.embeddings import bad_files
from tracks.models import Track

MODEL = "mtt-vgg"  # the quickest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def music(tmp_path: Path, settings: Any, weights: dict[str, Path]) -> Path:
    folder = tmp_path / "music"
    folder.mkdir()
    settings.AUDIO_DIR = str(folder)
    bad_files.write_all(folder)
    return folder


def as_ordinary_user(work: Callable[[], None]) -> None:
    """Run `work` in a thread whose child processes may read no more than permissions say.

    For root they may all the same, unless the thread drops the two capabilities that say so
    (Linux: capabilities belong to threads, and a process inherits those of the one that starts it).
    """
    errors: list[BaseException] = []

    def run() -> None:
        if os.geteuid() == 0:
            libc = ctypes.CDLL(None, use_errno=True)
            for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
                assert libc.prctl(24, capability, 0, 0, 0) == 0  # PR_CAPBSET_DROP
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


def make_trouble(music: Path, stop: threading.Event) -> None:
    """As soon as workers start, one file goes; and whoever opens another dies of it."""
    while not stop.is_set():
        for process in psutil.Process().children(recursive=True):
            (music / "vanishing.wav").unlink(missing_ok=True)
            with contextlib.suppress(psutil.Error):
                if any(Path(file.path).name == "killer.wav" for file in process.open_files()):
                    process.kill()
        time.sleep(0.005)


def outcomes() -> dict[str, tuple[str, str]]:
    rows = Extraction.objects.values_list("track__path", "state", "reason")
    return {Path(path).stem: (state, reason) for path, state, reason in rows}


def test_every_bad_file_ends_with_a_reason_and_every_other_track_is_done(music: Path) -> None:
    call_command("index_all_audio", stdout=io.StringIO(), stderr=io.StringIO())
    stop, output = threading.Event(), io.StringIO()
    trouble = threading.Thread(target=make_trouble, args=(music, stop))
    trouble.start()
    try:
        with pytest.raises(CommandError, match="7 tracks could not") as ended:
            as_ordinary_user(
                lambda: call_command(
                    "extract_all", models=[MODEL], workers=2, strict=True, stdout=output
                )
            )
    finally:
        stop.set()
        trouble.join()

    found = outcomes()
    failed = {name: reason for name, (state, reason) in found.items() if state == "failed"}
    done = {name for name, (state, _) in found.items() if state == "done"}
    assert failed.keys() == {
        "empty", "text", "playlist", "nan", "vanishing", "forbidden", "killer",
    }, failed  # fmt: skip
    assert "empty" in failed["empty"]
    assert "not an audio file" in failed["text"]
    assert "not an audio file" in failed["playlist"]
    assert "not numbers" in failed["nan"]
    assert "no longer there" in failed["vanishing"]
    assert "permission" in failed["forbidden"]
    assert "was killed" in failed["killer"]
    assert done == {
        "good", "truncated", "short", "silent", "telephone", "surround", "fine",
    }  # fmt: skip

    summary = output.getvalue()
    assert "7 tracks analysed" in summary
    assert "7 failed" in summary
    for reason in failed.values():
        assert reason in summary

    segments = dict(Extraction.objects.values_list("track__path", "segments"))
    assert segments["good.wav"] == segments["surround.flac"] == segments["fine.flac"] == 2
    assert segments["truncated.mp3"] == 2  # of the 8 s that are left
    assert segments["short.wav"] == 1
    assert Extraction.objects.get(track__path="short.wav").padded
    assert Track.objects.get(path="silent.wav").loudness is None
    read = read_layer(Layer.objects.get(name=f"{MODEL}-embeddings"))
    assert len(read) == sum(segments.values())

    assert ended.value.returncode == 1

    (music / "killer.wav").unlink()
    output.truncate(0)
    call_command("extract_all", models=[MODEL], n_tracks=1, stdout=output)  # status 0: not strict
    assert "3 failed" in output.getvalue() or "4 failed" in output.getvalue()
