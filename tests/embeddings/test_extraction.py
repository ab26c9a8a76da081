"""What a run of the extraction does and leaves alone, with real networks and processes."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from embeddings import jobs, tasks
from embeddings.extraction import service
from embeddings.extraction.pool import ExtractionError
from embeddings.extraction.service import extract
from embeddings.models import Extraction, Job, Layer
from embeddings.storage import read_layer
from musicexplore.progress import Cancelled, Progress
from tests.embeddings.bad_files import noise, write_wav
from tracks.indexing import index_audio
from tracks.models import Track

MODEL = "mtt-vgg"  # the quickest
State = Extraction.State

pytestmark = pytest.mark.django_db


@pytest.fixture
def music(tmp_path: Path, settings: LazySettings, weights: dict[str, Path]) -> Path:
    settings.AUDIO_DIR = str(tmp_path)
    for number in range(3):
        write_wav(tmp_path / f"{number}.wav", noise(4, seed=number))
    index(tmp_path)
    return tmp_path


def index(folder: Path) -> None:
    index_audio(folder, folder=folder, accept_missing=True)


def run(**options: Any) -> service.ExtractionSummary:
    return extract([MODEL], workers=1, **options)


def states() -> dict[str, str]:
    return dict(Extraction.objects.values_list("track__path", "state"))


def vectors() -> dict[int, list[list[float]]]:
    read = read_layer(Layer.objects.get(name=f"{MODEL}-embeddings"))
    return {track: read.vectors[read.track_ids == track].tolist() for track in set(read.track_ids)}


class StopsAfterOne(Progress):
    def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
        if amount:
            raise Cancelled


def test_a_stopped_run_keeps_what_is_done_and_the_next_does_the_rest(music: Path) -> None:
    assert run(dry_run=True).planned == 3
    assert states() == {}
    with pytest.raises(Cancelled):
        run(progress=StopsAfterOne())
    assert sorted(states().values()) in (["done"], ["done", "pending"])
    assert list(Extraction.objects.filter(state="pending").values_list("attempts")) in ([], [(0,)])

    assert run().done == 2
    assert set(states().values()) == {"done"}
    before = vectors()
    assert run().planned == 0
    assert vectors() == before
    track = Track.objects.first()
    assert track is not None
    assert len(track.audio_hash) == 64
    assert track.loudness is not None
    row = Extraction.objects.get(track=track)
    assert (row.backend, row.precision, row.pipeline_version) == ("openvino", "f32", 1)
    assert len(row.weights_sha256) == 64


def test_retagged_and_moved_files_keep_their_vectors_replaced_ones_do_not(music: Path) -> None:
    assert run().done == 3
    tracks = {track.path: track.pk for track in Track.objects.all()}
    before = vectors()

    with (music / "0.wav").open("ab") as file:
        file.write(b"LIST\x04\x00\x00\x00INFO")  # metadata after the samples
    write_wav(music / "1.wav", noise(4, seed=99))
    (music / "2.wav").rename(music / "moved.wav")
    write_wav(music / "copy.wav", noise(4, seed=0))  # of 0.wav, which is still there
    index(music)
    summary = run()

    assert (summary.kept, summary.moved, summary.done) == (1, 1, 2)
    after = vectors()
    assert after[tracks["0.wav"]] == before[tracks["0.wav"]]
    assert after[tracks["1.wav"]] != before[tracks["1.wav"]]
    moved = Track.objects.get(path="moved.wav")
    assert moved.pk == tracks["2.wav"]
    assert after[moved.pk] == before[moved.pk]
    copy = Track.objects.get(path="copy.wav")
    assert after[copy.pk] == after[tracks["0.wav"]]
    assert run().planned == 0


def test_a_file_that_takes_for_ever_is_given_up(
    music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LIMIT_SECONDS", 0.0)
    monkeypatch.setattr(service, "LIMIT_PER_SECOND", 0.0)
    monkeypatch.setattr(service, "WAIT_SECONDS", 0.001)
    write_wav(music / "long.wav", noise(60))
    index(music)
    long = Track.objects.get(path="long.wav")
    summary = run(tracks=[long.pk])
    assert summary.failed.total == 1
    assert "longer than" in Extraction.objects.get(track=long).reason


def test_a_run_that_cannot_be_had_fails_as_a_whole_and_blames_no_track(music: Path) -> None:
    with pytest.raises(ExtractionError, match="no precision f8"):
        run(precision="f8")
    assert set(states().values()) == {"pending"}
    assert set(Extraction.objects.values_list("attempts", flat=True)) == {0}


ORPHANS = """
import sys, time
from embeddings.extraction.messages import Engine, Request
from embeddings.extraction.pool import WorkerPool
if __name__ == "__main__":
    pool = WorkerPool(Engine({}, "openvino", "f32"), size=1)
    pool.submit(Request(1, sys.argv[1].encode(), ()), time_limit=100)
    while not pool.collect(1): pass
    print("at work", flush=True)
    time.sleep(100)
"""


def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "x.wav", noise(1))
    script = tmp_path / "parent.py"
    script.write_text(ORPHANS)
    root = Path(__file__).resolve().parents[2]
    parent = subprocess.Popen(
        [sys.executable, str(script), str(path)], env={"PYTHONPATH": str(root)}, stdout=-1
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"at work\n"
    workers = psutil.Process(parent.pid).children(recursive=True)
    assert workers
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    gone, alive = psutil.wait_procs(workers, timeout=60)
    assert gone
    assert not alive


def test_a_job_from_the_web_extracts_and_is_done(music: Path) -> None:
    job = Job.objects.create(
        kind=Job.Kind.EXTRACTION,
        parameters={"models": [MODEL], "tracks": [Track.objects.earliest("pk").pk]},
    )
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.total, job.done) == (Job.State.DONE, 4, 4)
    assert "1 track analysed" in job.message
    assert jobs.fraction(job) == 1
    assert list(states().values()) == ["done"]


def test_a_commands_job_tried_again_does_what_the_command_was_asked_for(music: Path) -> None:
    asked = {"models": [MODEL], "workers": 1, "backend": "openvino", "force": False}
    job = Job.objects.create(
        kind=Job.Kind.EXTRACTION,
        state=Job.State.FAILED,
        parameters=asked | {"n_tracks": 1, "precision": "f8"},
    )
    assert jobs.retry(job)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "no precision f8" in job.message

    Job.objects.update(parameters=asked | {"n_tracks": 1, "precision": "f32"})
    assert jobs.retry(job)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE  # and not queued again for the others
    assert sorted(states().values()).count("done") == 1


@pytest.mark.parametrize("option", ["--workers=0", "--n-tracks=-1", "--precision=f8"])
def test_impossible_options_are_refused_before_anything_begins(option: str) -> None:
    with pytest.raises(CommandError):
        call_command("extract_all", option)
