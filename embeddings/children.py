"""A child process for what cannot be trusted: limited in memory and time, and watched.

The child imports what it needs and then calls `confine`, before it opens anything of others.
"""

import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from tracks.media import MediaError

_BROKEN = "The file is damaged: whoever tried to read it "

_LOOK_SECONDS = 0.2
_PAGES = Path("/proc/self/statm")


@dataclass(frozen=True)
class Limits:
    """What a child may take, beyond what it holds when it calls `confine`."""

    memory: int  # bytes of address space
    cpu: int  # seconds of processor time
    wall: float  # seconds from its start


class ChildDied(Exception):
    """A child ended without having said what became of its work; `str()` says how it ended."""


class ChildLate(Exception):
    """A child took longer than it may, and was killed."""


def converse(work: Callable[..., None], *arguments: Any, limits: Limits) -> Iterator[Any]:
    """What `work(pipe, limits, *arguments)` sends from a process of its own; None between.

    None comes several times a second, so that the caller can stop the work: the child ends with
    the iterator, and with its parent. Raises `ChildDied` and `ChildLate`.
    """
    context = get_context("spawn")  # a fork would share the database connection
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=work, args=(theirs, limits, *arguments))
    # Ctrl-C is the parent's to handle: the child inherits this mask, and never hears of it.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        child.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    theirs.close()  # so that the pipe ends when the child does
    deadline = time.monotonic() + limits.wall
    try:
        while True:
            if time.monotonic() > deadline:
                raise ChildLate
            if not wait([ours], _LOOK_SECONDS):
                yield None
                continue
            try:
                message = ours.recv()
            except EOFError:
                break
            yield message
        child.join()
        if child.exitcode:
            raise ChildDied(cause_of_death(child.exitcode))
    finally:
        ours.close()
        child.kill()
        child.join()
        child.close()


def heard_of_file(messages: Iterator[Any]) -> Iterator[Any]:
    """What a child says that reads a file, with its death or lateness raised as `MediaError`.

    A file is to blame for whoever dies or hangs over it. `messages` are of `converse`.
    """
    try:
        yield from messages
    except ChildDied as error:
        raise MediaError("damaged", f"{_BROKEN}{error}.") from error
    except ChildLate as error:
        raise MediaError("damaged", f"{_BROKEN}took too long and was stopped.") from error


def said_nothing() -> MediaError:
    """Of a file of which a child did not tell what was asked."""
    return MediaError("damaged", f"{_BROKEN}said nothing of it.")


def confine(limits: Limits) -> None:
    """Hold this process to its limits from here on, as far as the system can; and to its parent."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    if sys.platform == "linux":  # elsewhere address space is not limited, or not known
        held = int(_PAGES.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + limits.memory,) * 2)
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    # At the second of the two the process is killed, and not told why.
    resource.setrlimit(resource.RLIMIT_CPU, (spent + limits.cpu, spent + limits.cpu + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # nothing of the file is left in a dump


def cause_of_death(code: int | None) -> str:
    """How a process ended, for a sentence that it is the subject of."""
    if code == -signal.SIGXCPU:
        return "took more processor time than it may"
    if code == -signal.SIGKILL:
        return "was killed, most likely because memory ran out"
    if code is not None and code < 0:
        return f"crashed ({signal.strsignal(-code) or f'signal {-code}'})"
    return f"ended by itself with status {code}"


def end_with_parent() -> None:
    """For a thread of a child: a parent that was killed closes nothing, and nobody waits then."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
