"""How processes are asked to end: by Ctrl-C, and by the signal TERM, which supervisors send."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def terminated_like_interrupted() -> Iterator[None]:
    """The signal TERM, like Ctrl-C, raises `KeyboardInterrupt`, so that work can be given back."""
    with _handled({signal.SIGTERM: signal.default_int_handler}):
        yield


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Neither stops what has to come to its end, such as putting things back."""
    with _handled({signal.SIGINT: signal.SIG_IGN, signal.SIGTERM: signal.SIG_IGN}):
        yield


@contextmanager
def _handled(handlers: dict[signal.Signals, Any]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers
        return
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
