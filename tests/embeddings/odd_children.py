"""Children that go wrong, in a file that a process of its own can import without Django."""

import os
import signal
import time
from multiprocessing.connection import Connection

from embeddings.children import Limits, confine
from embeddings.file_queries import child


def hangs(pipe: Connection, limits: Limits, *_: object) -> None:
    confine(limits)
    time.sleep(60)


def eats(pipe: Connection, limits: Limits, *_: object) -> None:
    """A decoder that asks for more memory than it may have."""
    confine(limits)
    try:
        bytearray(limits.memory * 2)
    except MemoryError:
        pipe.send(child.Refused("memory", "The file asks for more memory than it may have."))


def dies(pipe: Connection, limits: Limits, *_: object) -> None:
    os._exit(3)


def crashes(pipe: Connection, limits: Limits, *_: object) -> None:
    """As native code does, of which Python cannot tell."""
    confine(limits)
    os.kill(os.getpid(), signal.SIGSEGV)


def is_silent(pipe: Connection, limits: Limits, *_: object) -> None:
    pass
