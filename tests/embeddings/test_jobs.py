"""The life of a job, with real locks, real processes that die, and django-q2's own queue."""

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_q.models import OrmQ

from embeddings import jobs, locks, tasks
from embeddings.management.stoppable import StoppableCommand
from embeddings.models import Job
from embeddings.storage import table_name
from musicexplore.progress import Cancelled, Progress
from tests.embeddings.factories import make_layer, store
from tests.embeddings.processes import alive_elsewhere, database, worker

Kind, State = Job.Kind, Job.State


class Recorder(Progress):
    def __init__(self) -> None:
        self.done = 0.0

    def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
        self.done += amount


@pytest.mark.django_db
def test_a_followed_job_tells_how_far_it_is_and_ends_as_done() -> None:
    recorder = Recorder()
    with jobs.tracked_job(Kind.INDEX, {"dir": "x"}, progress=recorder) as progress:
        job = Job.objects.get()
        assert (job.state, job.attempts, job.parameters) == (State.RUNNING, 1, {"dir": "x"})
        progress.start(10, "tracks")
        progress.advance(4, failed=1, message="half way")
        progress.finish("4 of 10 tracks")
    job.refresh_from_db()
    assert (job.state, job.total, job.done, job.failures) == (State.DONE, 10, 4, 1)
    assert (job.unit, job.message) == ("tracks", "4 of 10 tracks")
    assert job.finished_at is not None
    assert recorder.done == 4


@pytest.mark.django_db
def test_progress_is_written_once_a_second_at_most(django_assert_max_num_queries) -> None:
    with jobs.tracked_job(Kind.INDEX) as progress:
        progress.start(1000, "tracks")
        with django_assert_max_num_queries(2):
            for _ in range(1000):
                progress.advance()


@pytest.mark.django_db
def test_an_error_is_recorded_in_one_line_and_passed_on() -> None:
    with pytest.raises(ValueError), jobs.tracked_job(Kind.INDEX):
        raise ValueError("no\nsuch\0 folder " + "x" * 1000)
    job = Job.objects.get()
    assert job.state == State.FAILED
    assert job.message.startswith("no such folder xxx")
    assert len(job.message) == 500


def terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(10)  # the signal arrives in between


def interrupt() -> None:
    raise KeyboardInterrupt


def cancel() -> None:
    raise Cancelled


class Command(StoppableCommand):
    def __init__(self, stop: Callable[[], None]) -> None:
        super().__init__()
        self.stop = stop

    def handle(self, **options: Any) -> None:
        with jobs.tracked_job(Kind.INDEX):
            self.stop()


@pytest.mark.django_db
@pytest.mark.parametrize("stop", [interrupt, terminate, cancel])
def test_stopping_a_command_is_not_a_failure(stop: Callable[[], None]) -> None:
    with pytest.raises(CommandError, match="is kept") as stopped:
        call_command(Command(stop))
    assert stopped.value.returncode == 130
    assert Job.objects.get().state == State.CANCELLED


@pytest.mark.django_db
def test_jobs_that_have_ended_are_kept_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "KEPT", 3)
    waiting = Job.objects.create(kind=Kind.EXTRACTION)
    for number in range(5):
        with jobs.tracked_job(Kind.INDEX, {"dir": str(number)}):
            pass
    left = Job.objects.exclude(pk=waiting.pk).order_by("pk")
    assert [job.parameters["dir"] for job in left] == ["2", "3", "4"]
    assert Job.objects.filter(pk=waiting.pk).exists()


@pytest.mark.django_db
def test_a_wish_to_stop_reaches_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "WRITE_SECONDS", 0)
    with pytest.raises(Cancelled), jobs.tracked_job(Kind.INDEX) as progress:
        progress.start(10, "tracks")
        progress.advance()
        jobs.request_cancel(Job.objects.get())
        progress.advance()
    assert Job.objects.get().state == State.CANCELLED


@pytest.mark.django_db
def test_work_stops_when_its_row_is_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "WRITE_SECONDS", 0)
    with pytest.raises(Cancelled), jobs.tracked_job(Kind.INDEX) as progress:
        Job.objects.all().delete()
        progress.advance()


@pytest.mark.django_db
def test_a_queued_job_is_cancelled_at_once_and_never_claimed() -> None:
    job = jobs.enqueue(Kind.EXTRACTION, {})
    jobs.request_cancel(job)
    job.refresh_from_db()
    assert job.state == State.CANCELLED
    assert not jobs.claim(job.pk)


@pytest.mark.django_db
def test_time_left_follows_the_speed_so_far() -> None:
    now = timezone.now()
    job = Job(state=State.RUNNING, total=100, done=25, started_at=now - timedelta(seconds=50))
    assert jobs.seconds_left(job, now) == pytest.approx(150)
    assert jobs.fraction(job) == 0.25
    job.done = 0
    assert jobs.seconds_left(job, now) is None
    job.total = 0
    assert jobs.fraction(job) is None
    job.state = State.DONE
    assert jobs.fraction(job) == 1


@pytest.mark.django_db(transaction=True)
def test_enqueueing_hands_the_broker_a_task_that_is_not_redelivered() -> None:
    job = jobs.enqueue(Kind.EXTRACTION, {"models": ["msd-musicnn"]})
    [queued] = OrmQ.objects.all()
    task = queued.task
    assert task["func"] == "embeddings.tasks.run_job"
    assert task["args"] == (job.pk,)
    assert task["ack_failure"] is True


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_process_was_killed_is_found_and_can_be_tried_again() -> None:
    job = Job.objects.create(kind=Kind.EXTRACTION, state=State.RUNNING, attempts=1)
    with alive_elsewhere(locks.Kind.JOB, job.pk):
        assert jobs.mark_interrupted() == 0
        assert not jobs.claim(job.pk)  # a second delivery of the same task lets it be
    assert jobs.mark_interrupted() == 1
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "process ended" in job.message

    assert jobs.retry(job)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.message) == (State.QUEUED, 0, "")
    assert OrmQ.objects.count() == 1
    assert not jobs.retry(job)


@pytest.mark.django_db
def test_what_only_a_command_does_is_not_tried_again() -> None:
    for kind in (Kind.INDEX, Kind.METADATA):
        job = Job.objects.create(kind=kind, state=State.FAILED)
        assert not jobs.retry(job)
        job.refresh_from_db()
        assert job.state == State.FAILED
    assert set(jobs.QUEUEABLE) == set(tasks.WORK)


def wait_until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.django_db(transaction=True)
def test_a_job_goes_on_when_its_worker_was_killed_and_is_started_again() -> None:
    layer = make_layer(4)
    store(layer, {0: np.eye(4, dtype=np.float32)})
    job = jobs.enqueue(Kind.VECTOR_INDEX, {"layers": [layer.name]})
    with psycopg.connect(**database()) as other:
        other.execute(f"LOCK TABLE {table_name(layer.pk)}")  # holds up the work in the middle
        with worker():
            wait_until(lambda: jobs.live_jobs() == {job.pk})
            assert jobs.resume() == 0  # it is in good hands
    wait_until(lambda: jobs.live_jobs() == set())
    left_by_a_command = Job.objects.create(kind=Kind.EXTRACTION, state=State.RUNNING)
    with worker():
        assert jobs.resume() == 1
        wait_until(lambda: Job.objects.get(pk=job.pk).state == State.DONE)
    left_by_a_command.refresh_from_db()
    assert left_by_a_command.state == State.RUNNING


@pytest.mark.django_db
def test_a_task_of_a_deleted_or_finished_job_does_nothing() -> None:
    tasks.run_job(999_999)
    job = Job.objects.create(kind=Kind.EXTRACTION, state=State.DONE)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert job.attempts == 0


@pytest.mark.django_db
def test_a_job_that_always_loses_its_process_is_given_up() -> None:
    job = Job.objects.create(kind=Kind.EXTRACTION, state=State.RUNNING, attempts=jobs.MAX_ATTEMPTS)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "3 times" in job.message


@pytest.mark.django_db
def test_a_failing_task_is_recorded_and_acknowledged() -> None:
    job = Job.objects.create(kind=Kind.EXTRACTION, parameters={"models": ["no-such-model"]})
    tasks.run_job(job.pk)  # raises nothing: the broker would deliver it again
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert "no-such-model" in job.message


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_leaves_work_goes_back_to_the_queue() -> None:
    job = Job.objects.create(kind=Kind.EXTRACTION)
    assert jobs.claim(job.pk)
    with jobs.followed(job.pk) as progress:
        progress.start(10, "tracks")
        progress.advance(4)
        progress.finish()
        progress.unfinished = True
    job.refresh_from_db()
    assert (job.state, job.attempts, job.done, job.total) == (State.QUEUED, 0, 4, 10)
    assert OrmQ.objects.count() == 1

    assert jobs.claim(job.pk)
    with jobs.followed(job.pk, done=job.done) as progress:
        progress.start(6, "tracks")
        progress.advance(6)
        progress.finish()
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (State.DONE, 10, 10)
