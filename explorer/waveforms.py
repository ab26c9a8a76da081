"""Waveforms of tracks: measured once, by a thread that requests wait for only so long."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from embeddings.audio.waveform import measure, resized
from explorer.disk_cache import DiskCache

CACHE = DiskCache("waveforms", max_bytes=64 << 20)
_FORMAT = 1  # part of the names of what is cached: raise it when the same file is measured anew

# Requests wait so long, and few of them: many tracks opened at once leave threads for the site.
WAIT_SECONDS = 5.0
_WAITING = threading.BoundedSemaphore(4)
# Apart from the threads that cut clips, which nobody should wait for.
_MEASURER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="waveforms")
MOST_QUEUED = 50
_queued: dict[str, Future[bytes]] = {}
_guard = threading.Lock()


class Busy(Exception):
    """Others are measured first, or it takes longer than a request can wait."""


def waveform(path: bytes | str, *, name: str, bins: int) -> tuple[NDArray[np.float32], float]:
    """A track's levels (2, bins): peak and root mean square; and its length in seconds.

    `name` stands for the file as it is now, under which what was measured is kept. Raises
    `MediaError`, and `Busy` where it is worth to ask again a little later.
    """
    values = np.frombuffer(_measured(path, f"{name}-{_FORMAT}.f32"), "<f4")
    return resized(values[:-1].reshape(2, -1), bins), float(values[-1])


def _measured(path: bytes | str, name: str) -> bytes:
    found = CACHE.find(name)
    if found is not None:
        with found:
            return found.read()
    work = _queue(path, name)
    if not _WAITING.acquire(blocking=False):
        raise Busy
    try:
        return work.result(WAIT_SECONDS)
    except TimeoutError as error:
        raise Busy from error
    finally:
        _WAITING.release()


def _queue(path: bytes | str, name: str) -> Future[bytes]:
    """The work on a file: started here, or by an earlier request."""

    def make() -> bytes:
        levels, seconds = measure(path)
        return np.append(levels, np.float32(seconds)).astype("<f4").tobytes()

    def keep() -> bytes:
        with CACHE.get_or_make(name, make) as file:
            return file.read()

    with _guard:
        if name in _queued:
            return _queued[name]
        if len(_queued) >= MOST_QUEUED:
            raise Busy
        work = _queued[name] = _MEASURER.submit(keep)
    work.add_done_callback(lambda _: _queued.pop(name, None))
    return work
