"""The life of a `Job`: created, queued, claimed, followed, ended, found when its process died.

Whoever runs a job holds its lock (see `locks.py`): a job that says "running" and is not locked
has lost its process.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from embeddings import locks
from embeddings.models import Job
from embeddings.sentences import one_line
from musicexplore.progress import Cancelled, Progress, SeveralProgress
from musicexplore.signals import terminated_like_interrupted

# What the worker knows how to do; all else is run by its command alone.
QUEUEABLE = (
    Job.Kind.EXTRACTION,
    Job.Kind.REDUCTION,
    Job.Kind.PROJECTION,
    Job.Kind.VECTOR_INDEX,
    Job.Kind.COMPARISON,
    Job.Kind.FILE_QUERY,
    Job.Kind.QUESTIONS,
    Job.Kind.DUPLICATES,
)
ENDED = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)
ACTIVE = Q(shown_state__in=[Job.State.QUEUED, Job.State.RUNNING])  # of `as_shown`
START_WORK = "embeddings.add_job"  # the permission that starting work takes
MAX_ATTEMPTS = 3
WRITE_SECONDS = 1.0  # progress is written this often at most
INTERRUPTED = "Its process ended before the work was done. Try again: what is finished is kept."
KEPT = 200  # jobs that have ended, for people to look at


class JobProgress(Progress):
    """Writes progress into a job's row, and raises `Cancelled` once a person asked to stop."""

    def __init__(self, job_id: int, *, done: float = 0, failures: int = 0) -> None:
        self.job_id = job_id
        self.unfinished = False  # set by a batch that leaves work to the next one
        self._earlier = done  # by earlier batches of the same job
        self._done = done
        self._failures = failures
        self._message = ""
        self._written = 0.0

    def start(self, total: float, unit: str) -> None:
        fields: dict[str, Any] = {"total": self._earlier + total, "unit": unit}
        if not self._earlier:
            fields["started_at"] = timezone.now()  # what the time left is reckoned from
        self._done, self._earlier = self._earlier, 0
        self._write(**fields)

    def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
        self._done += amount
        self._failures += failed
        self._message = message or self._message
        if time.monotonic() - self._written >= WRITE_SECONDS:
            self._write()

    def finish(self, message: str = "") -> None:
        self._message = message or self._message
        self._write()

    def _write(self, **fields: Any) -> None:
        self._written = time.monotonic()
        # One conditional update both writes and notices a wish to stop, or a deleted row.
        written = Job.objects.filter(pk=self.job_id, cancel_requested=False).update(
            done=self._done,
            failures=self._failures,
            message=one_line(self._message),
            **fields,
        )
        if not written:
            raise Cancelled("The job was cancelled.")


@contextmanager
def tracked_job(
    kind: Job.Kind,
    parameters: Mapping[str, Any] | None = None,
    *,
    progress: Progress | None = None,
) -> Iterator[Progress]:
    """Run a command's work as a job, visible to all; yields the progress to pass on.

    The job ends as done, failed or cancelled. Errors are passed on; stopped from the web it raises
    `Cancelled`, by the signal TERM `KeyboardInterrupt`, as by Ctrl-C.
    """
    job = Job.objects.create(kind=kind, parameters=dict(parameters or {}))
    try:
        if not claim(job.pk):
            raise Cancelled("The job was cancelled.")
        with terminated_like_interrupted(), followed(job.pk) as tracked:
            yield SeveralProgress(progress, tracked) if progress else tracked
    finally:
        if progress:
            progress.finish()  # so that no error's line is written behind a bar


def enqueue(kind: Job.Kind, parameters: Mapping[str, Any], user: User | None = None) -> Job:
    """Queue work for the django-q2 worker, once the present transaction is committed."""
    job = Job.objects.create(
        kind=kind, parameters=dict(parameters), created_by=user, for_worker=True
    )
    send(job.pk)
    return job


def enqueue_once(kind: Job.Kind, parameters: Mapping[str, Any], user: User | None = None) -> Job:
    """The job that is to do just this already, or else a new one."""
    written = dict(parameters)
    with transaction.atomic():
        with connection.cursor() as cursor:  # two who ask at once come one after the other
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"job {kind}"])
        same = Job.objects.filter(kind=kind, parameters=written, cancel_requested=False)
        job = as_shown(same).filter(ACTIVE).order_by("pk").first()
        return job or enqueue(kind, written, user)


def send(job_id: int) -> None:
    """Hand a queued job to the broker; `tasks.run_job` takes it from there."""
    from django_q.tasks import async_task

    # No time limit: progress shows whether it goes on, and a person may cancel. The broker may
    # deliver a long job a second time, which then finds it claimed and lets it be.
    transaction.on_commit(
        lambda: async_task(
            "embeddings.tasks.run_job", job_id, q_options={"timeout": -1, "ack_failure": True}
        )
    )


def claim(job_id: int) -> bool:
    """Take a queued job, or a running one whose process died; False where there is none to take.

    Each claim is an attempt, counted in the row.
    """
    if not locks.take(locks.Kind.JOB, job_id):
        return False
    now = timezone.now()
    claimed = Job.objects.filter(
        pk=job_id, state__in=[Job.State.QUEUED, Job.State.RUNNING], cancel_requested=False
    ).update(
        state=Job.State.RUNNING,
        attempts=F("attempts") + 1,
        started_at=Coalesce("started_at", now),
        finished_at=None,
    )
    if not claimed:
        locks.give_back(locks.Kind.JOB, job_id)
    return bool(claimed)


@contextmanager
def followed(job_id: int, *, done: float = 0, failures: int = 0) -> Iterator[JobProgress]:
    """Around the work of a claimed job: however the work ends, the row says so.

    Work that sets `unfinished` goes back to the queue, with `done` carried on.
    """
    progress = JobProgress(job_id, done=done, failures=failures)
    try:
        yield progress
    except (Cancelled, KeyboardInterrupt):
        _end(job_id, Job.State.CANCELLED, "Stopped on request. What is finished is kept.")
        raise
    except BaseException as error:
        _end(job_id, Job.State.FAILED, str(error) or type(error).__name__)
        raise
    else:
        _end(job_id, Job.State.QUEUED if progress.unfinished else Job.State.DONE)
    finally:
        with suppress(DatabaseError):  # a lost connection has given the lock back already
            locks.give_back(locks.Kind.JOB, job_id)
    if progress.unfinished:
        send(job_id)


def retry(job: Job, user: User | None = None) -> bool:
    """Queue a failed or cancelled job again, now for this user, whoever began it.

    False for one that is neither, or of a kind that only a command does.
    """
    queued = Job.objects.filter(
        pk=job.pk, kind__in=QUEUEABLE, state__in=[Job.State.FAILED, Job.State.CANCELLED]
    ).update(
        state=Job.State.QUEUED,
        for_worker=True,
        created_by=user or job.created_by,
        attempts=0,
        cancel_requested=False,
        total=0,
        done=0,
        failures=0,
        message="",
        projection=None,
        comparison=None,
        started_at=None,
        finished_at=None,
    )
    if queued:
        send(job.pk)
    return bool(queued)


def resume() -> int:
    """Queue again what the worker had to do when it was stopped; returns how many jobs.

    For the start of the worker. One whose task the broker still has is delivered twice, which
    does no harm (see `claim`). What a command ran is for whoever ran it to start again.
    """
    left = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, for_worker=True)
    jobs = Job.objects.filter(left, kind__in=QUEUEABLE).exclude(pk__in=live_jobs())
    numbers = list(jobs.order_by("pk").values_list("pk", flat=True))
    for number in numbers:
        send(number)
    return len(numbers)


def request_cancel(job: Job) -> None:
    """Stop a job: at once while it is queued, else as soon as its work looks up."""
    queued = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    if not queued.update(state=Job.State.CANCELLED, finished_at=timezone.now()):
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_requested=True)


def mark_interrupted() -> int:
    """Mark as failed the running jobs whose process died; returns how many."""
    dead = _interrupted()
    if not dead:
        return 0
    # Asked again with the condition, for one may have ended between the two questions.
    return Job.objects.filter(pk__in=dead, state=Job.State.RUNNING).update(
        state=Job.State.FAILED, message=INTERRUPTED, finished_at=timezone.now()
    )


def as_shown(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Adds `shown_state` and `shown_message`: a job whose process died is shown as failed.

    For those who only read; `mark_interrupted` writes it down.
    """
    dead = Q(pk__in=_interrupted(), state=Job.State.RUNNING)
    return jobs.annotate(
        shown_state=Case(When(dead, then=Value(Job.State.FAILED.value)), default="state"),
        shown_message=Case(When(dead, then=Value(INTERRUPTED)), default="message"),
    )


def _interrupted() -> set[int]:
    """Numbers of the jobs that say "running" while no process works on them."""
    said = set(Job.objects.filter(state=Job.State.RUNNING).values_list("pk", flat=True))
    return said - live_jobs() if said else said


def live_jobs() -> set[int]:
    """Numbers of the jobs that some process works on at this moment."""
    return locks.held(locks.Kind.JOB)


def fraction(job: Job) -> float | None:
    """How much is done, 0 to 1; None while nobody knows."""
    if job.state == Job.State.DONE:
        return 1.0
    return min(job.done / job.total, 1.0) if job.total > 0 else None


def seconds_left(job: Job, now: datetime | None = None) -> float | None:
    """Time left at the speed so far, in seconds; None unless it is running and has done some."""
    if job.state != Job.State.RUNNING or not job.started_at or not 0 < job.done <= job.total:
        return None
    elapsed = (now or timezone.now()) - job.started_at
    return (elapsed / job.done * (job.total - job.done)) / timedelta(seconds=1)


def _end(job_id: int, state: Job.State, message: str = "") -> None:
    fields: dict[str, Any] = {"state": state}
    if message:
        fields["message"] = one_line(message)
    if state == Job.State.QUEUED:
        fields["attempts"] = 0  # for this batch worked
    else:
        fields["finished_at"] = timezone.now()
    Job.objects.filter(pk=job_id).update(**fields)
    ended = Job.objects.filter(state__in=ENDED).order_by("-created_at", "-pk")
    Job.objects.filter(pk__in=list(ended.values_list("pk", flat=True)[KEPT:])).delete()
