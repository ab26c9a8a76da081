"""The extraction of a library: hand each track to a worker, record what comes of it."""

import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import psutil

from embeddings import locks
from embeddings.extraction import records
from embeddings.extraction.estimate import estimated_seconds
from embeddings.extraction.messages import Analysed, Engine, Failed, Outcome, Request, SameAudio
from embeddings.extraction.plan import Item, Plan, make_plan
from embeddings.extraction.pool import WorkerPool
from embeddings.extraction.summary import ExtractionSummary
from embeddings.sentences import one_line
from embeddings.storage import VectorError
from embeddings.weights.store import weights_path, weights_sha256
from musicexplore.progress import Progress
from tracks.files import absolute_path
from tracks.models import Track

WAIT_SECONDS = 0.5  # how soon a file over its time limit is noticed
# Far more than any file needs, yet a decoder that is stuck does not stop the run for ever.
LIMIT_SECONDS = 120.0
LIMIT_PER_SECOND = 2.0  # of audio


def default_workers() -> int:
    """One worker a core: hyper-threads add nothing to float32 inference."""
    return psutil.cpu_count(logical=False) or 1


def extract(
    models: Sequence[str] | None = None,
    tracks: Iterable[int] | None = None,
    *,
    n_tracks: int | None = None,
    workers: int | None = None,
    precision: str = "f32",
    backend: str = "openvino",
    force: bool = False,
    dry_run: bool = False,
    stop_after: float | None = None,
    progress: Progress | None = None,
) -> ExtractionSummary:
    """Extract what is missing: of at most `n_tracks`, beginning none after `stop_after` seconds.

    Without `models`, all that are enabled and have weights; without `tracks` (ids), all tracks.
    With `dry_run` nothing is written, and the summary says what would be done and how long it
    would take. What cannot be analysed is recorded and counted, not raised.
    Raises `UnknownModel`, and `ExtractionError` where nothing can be analysed here as asked.
    Stopping (Ctrl-C, `Cancelled`) gives unfinished tracks back and keeps all others.
    """
    chosen = None if tracks is None else list(tracks)
    workers = workers or default_workers()
    if not dry_run:
        records.take_back_stale_claims()
    plan = make_plan(models=models, tracks=chosen, n_tracks=n_tracks, force=force)
    summary = ExtractionSummary.of(plan, chosen, precision=precision, force=force)
    engine = Engine({name: weights_path(name) for name in plan.models}, backend, precision)
    if dry_run:
        summary.estimate = estimated_seconds(plan, engine, workers=workers)
        return summary
    records.record_unplayable(chosen, plan.models.values())
    if plan.items:
        with _alive() as run:
            Run(plan, engine, summary, progress or Progress(), name=run, force=force).go(
                workers=workers, stop_after=stop_after
            )
    return summary


@contextmanager
def _alive() -> Iterator[str]:
    """What this run writes into its claims: they hold for as long as its lock is held."""
    number = secrets.randbelow(2**31)
    locks.take(locks.Kind.EXTRACTION_RUN, number)
    try:
        yield str(number)
    finally:
        locks.give_back(locks.Kind.EXTRACTION_RUN, number)


class Run:
    """One extraction under way; in memory are the plan, the counts and what workers hold."""

    def __init__(
        self,
        plan: Plan,
        engine: Engine,
        summary: ExtractionSummary,
        progress: Progress,
        *,
        name: str,
        force: bool,
    ) -> None:
        self.queue = plan.items[::-1]  # taken from the end
        self.models = plan.models
        self.engine = engine
        self.summary = summary
        self.progress = progress
        self.name = name
        self.force = force
        self.origin = records.Origin(
            engine.backend, engine.precision, {each: weights_sha256(each) for each in plan.models}
        )
        self.in_work: dict[int, tuple[Item, records.Claim]] = {}  # by track

    def go(self, *, workers: int, stop_after: float | None) -> None:
        began = time.monotonic()
        stop_at = float("inf") if stop_after is None else began + stop_after
        outcomes: list[Outcome] = []
        self.progress.start(sum(item.units for item in self.queue), "seconds of audio")
        try:
            with WorkerPool(self.engine, size=min(workers, len(self.queue))) as pool:
                while pool.busy or outcomes or (self.queue and time.monotonic() < stop_at):
                    if time.monotonic() < stop_at:
                        self._feed(pool)  # before recording, so that no worker waits for it
                    self.summary.seconds = time.monotonic() - began
                    for outcome in outcomes:
                        self._record(outcome, pool)
                    outcomes = pool.collect(WAIT_SECONDS) if pool.busy else []
                    if not outcomes:
                        self.progress.advance(0)  # a long file, too, can be cancelled
        finally:
            for _, claim in self.in_work.values():
                records.release(claim)
        self.summary.remaining += len(self.queue)
        self.progress.finish(str(self.summary))

    def _feed(self, pool: WorkerPool) -> None:
        while pool.free and self.queue:
            item = self.queue.pop()
            claim = self._claim(item)
            if claim is None:  # done elsewhere meanwhile, or the track is gone
                self.progress.advance(item.units)
                continue
            self.in_work[item.track_id] = item, claim
            known = frozenset() if self.force else records.known_hashes(claim)
            self._send(item, claim, pool, known)

    def _send(
        self, item: Item, claim: records.Claim, pool: WorkerPool, known: frozenset[str]
    ) -> None:
        try:
            path = absolute_path(claim.track)
        except FileNotFoundError:
            self._failed(claim, "The file is no longer there.")
        except OSError as error:
            self._failed(claim, f"{error.strerror}.")
        else:
            request = Request(item.track_id, path, tuple(claim.models), known)
            pool.submit(request, time_limit=LIMIT_SECONDS + LIMIT_PER_SECOND * item.duration)

    def _claim(self, item: Item) -> records.Claim | None:
        track = Track.objects.filter(pk=item.track_id, state=Track.State.PRESENT).first()
        if track is None:
            return None
        models = {name: self.models[name] for name in item.models}
        return records.claim(track, models, run=self.name, force=self.force)

    def _record(self, outcome: Outcome, pool: WorkerPool) -> None:
        item, claim = self.in_work[outcome.track_id]
        match outcome:
            case Analysed():
                self._analysed(item, claim, outcome)
            case Failed(reason=reason):
                self._failed(claim, reason)
            case SameAudio():
                self._same_audio(item, claim, outcome, pool)

    def _analysed(self, item: Item, claim: records.Claim, outcome: Analysed) -> None:
        try:
            records.store(claim, outcome, self.origin)
        except VectorError as error:
            self._failed(claim, str(error))
            return
        self.summary.done += 1
        self.summary.audio += outcome.analysis.duration
        self._ended(item)

    def _failed(self, claim: records.Claim, reason: str) -> None:
        records.fail(claim, reason)
        self.summary.failed.add(one_line(reason), example=claim.track.path)
        self._ended(self.in_work[claim.track.pk][0], failed=1)

    def _same_audio(
        self, item: Item, claim: records.Claim, outcome: SameAudio, pool: WorkerPool
    ) -> None:
        if claim.has_vectors:
            records.keep(claim)
            self.summary.kept += 1
            self._ended(item)
        elif kept := records.adopt_moved_file(claim, outcome.audio_hash):
            # What the track at its former place lacked is still to be done.
            del self.in_work[item.track_id]
            self.summary.moved += 1
            self.queue.append(Item(kept.pk, item.duration, item.models))
        else:  # a copy of a file that is still there: a track of its own
            self._send(item, claim, pool, frozenset())

    def _ended(self, item: Item, *, failed: int = 0) -> None:
        del self.in_work[item.track_id]
        summary = self.summary
        summary.tried += 1
        self.progress.advance(
            item.units,
            failed=failed,
            message=f"{summary.tried:,} of {summary.planned:,} tracks, "
            f"{summary.audio / 3600:.1f} hours, {summary.speed:.3g} times real time",
        )
