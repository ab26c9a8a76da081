"""Worker processes, one file each at a time, where one that dies takes no other with it."""

import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from embeddings.children import cause_of_death
from embeddings.extraction.messages import (
    Analysed,
    Engine,
    Failed,
    Loaded,
    Outcome,
    Request,
    SameAudio,
    Unavailable,
)
from embeddings.extraction.worker import work

LOAD_LIMIT = 300.0  # seconds a worker may take to load its graphs
MAX_FAILED_LOADS = 3  # in a row, before it is the machine's fault


class ExtractionError(Exception):
    """The run cannot go on; the message names the cause and the remedy."""


@dataclass
class Worker:
    process: BaseProcess
    pipe: Connection
    request: Request | None = None
    limit: float = 0.0  # seconds for the present file, once the graphs are loaded
    deadline: float = 0.0
    loading: bool = False


class WorkerPool:
    """Up to `size` worker processes, started when needed and replaced when they die."""

    def __init__(self, engine: Engine, *, size: int) -> None:
        self.size = size
        self._engine = engine
        self._context = get_context("spawn")  # a fork would share the database connection
        self._workers: list[Worker] = []
        self._failed_loads = 0

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(self, *exception: object) -> None:
        for worker in self._workers:
            self._stop(worker)
        self._workers = []

    @property
    def busy(self) -> int:
        return sum(worker.request is not None for worker in self._workers)

    @property
    def free(self) -> int:
        return self.size - self.busy

    def submit(self, request: Request, *, time_limit: float) -> None:
        """Hand a file to a free worker; `time_limit` in seconds."""
        worker = next((each for each in self._workers if each.request is None), None)
        if worker is None:
            worker = self._start()
            self._workers.append(worker)
        self._hand(worker, request, time_limit)

    def collect(self, timeout: float) -> list[Outcome]:
        """Outcomes that came within `timeout` seconds; returns with the first.

        Raises `ExtractionError` when no worker can work at all.
        """
        busy = [worker for worker in self._workers if worker.request is not None]
        ready = wait([each.pipe for each in busy], timeout)
        outcomes = []
        for worker in busy:
            outcome = self._receive(worker) if worker.pipe in ready else self._late(worker)
            if outcome is not None:
                outcomes.append(outcome)
        return outcomes

    def _receive(self, worker: Worker) -> Outcome | None:
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):
            return self._died(worker)
        match message:
            case Loaded():
                worker.loading, self._failed_loads = False, 0
                worker.deadline = time.monotonic() + worker.limit
                return None
            case Unavailable(reason):
                raise ExtractionError(reason)
            case Analysed() | SameAudio() | Failed():
                worker.request = None
                return message
        raise TypeError(f"A worker sent {message!r}.")

    def _died(self, worker: Worker) -> Outcome | None:
        worker.process.join()
        cause = cause_of_death(worker.process.exitcode)
        request = worker.request
        assert request is not None
        loading = worker.loading
        self._replace(worker)
        if not loading:
            return Failed(request.track_id, f"The process that analysed it {cause}.", "crash")
        self._failed_loads += 1
        if self._failed_loads >= MAX_FAILED_LOADS:
            raise ExtractionError(
                f"Worker processes end before their graphs are loaded: the last one {cause}. "
                "Try fewer --workers."
            )
        self._hand(worker, request, worker.limit)
        return None

    def _late(self, worker: Worker) -> Outcome | None:
        if time.monotonic() < worker.deadline:
            return None
        request = worker.request
        assert request is not None
        if worker.loading:
            raise ExtractionError(f"A worker took over {LOAD_LIMIT:.0f} s to load its graphs.")
        self._replace(worker)
        minutes = worker.limit / 60
        reason = f"It took longer than {minutes:.0f} minutes to analyse; given up."
        return Failed(request.track_id, reason, "time")

    def _hand(self, worker: Worker, request: Request, limit: float) -> None:
        worker.request, worker.limit, worker.loading = request, limit, True
        worker.deadline = time.monotonic() + LOAD_LIMIT
        # One that died idle takes nothing: `collect` finds its pipe ended and replaces it.
        with suppress(OSError):
            worker.pipe.send(request)

    def _start(self) -> Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=work, args=(theirs, self._engine))
        # Ctrl-C is the parent's to handle: a worker inherits this mask, and never hears of it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        process.start()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()  # so that the pipe ends when the worker does
        return Worker(process, ours)

    def _replace(self, worker: Worker) -> None:
        self._stop(worker)
        fresh = self._start()
        worker.process, worker.pipe, worker.request = fresh.process, fresh.pipe, None

    def _stop(self, worker: Worker) -> None:
        worker.pipe.close()
        worker.process.kill()  # at once: what it was doing, if anything, is no longer wanted
        worker.process.join()
        worker.process.close()
