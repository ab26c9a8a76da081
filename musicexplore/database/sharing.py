"""Processes that share one embedded server: the first starts it, the last one's end stops it.

Every process that uses the server holds a shared lock on a file beside the cluster. The kernel
frees it when the process ends, also by kill -9. A keeper, a small process of its own session that
is started with the server, waits until nobody holds that lock, and stops the server.
"""

import fcntl
import subprocess
import sys
import threading
from pathlib import Path
from typing import TextIO

from musicexplore.home import exclusive

from .cluster import Cluster
from .place import Place, place_for

START_LOCK = "start.lock"
USERS_LOCK = "users.lock"
KEEPER_LOCK = "keeper.lock"

_memberships: dict[Path, tuple[Place, TextIO]] = {}
_thread_lock = threading.Lock()


def join(home: Path) -> Place:
    """Count this process among the users of the server of `home`, which runs when this returns.

    Later calls, and calls in forked children, cost nothing. Raises `DatabaseUnavailable`.
    """
    with _thread_lock:
        if home not in _memberships:
            place = place_for(home)
            with exclusive(place.base / START_LOCK):
                users = (place.base / USERS_LOCK).open("w")
                fcntl.flock(users, fcntl.LOCK_SH)
                _memberships[home] = (place, users)
                _ensure_running(place)
        return _memberships[home][0]


def revive(home: Path) -> None:
    """Start the server again if it does not answer, as after a crash."""
    place = join(home)
    with _thread_lock, exclusive(place.base / START_LOCK):
        _ensure_running(place)


def leave(home: Path) -> None:
    """Stop counting as a user before the process ends."""
    with _thread_lock:
        _, users = _memberships.pop(home)
        users.close()


def _ensure_running(place: Place) -> None:
    cluster = Cluster(place)
    if not cluster.is_running():
        cluster.start()
    _ensure_keeper(place)


def _ensure_keeper(place: Place) -> None:
    with (place.base / KEEPER_LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # there is one
        # The keeper inherits the locked file, so that there is no moment without the lock.
        number = file.fileno()
        subprocess.Popen(
            [sys.executable, "-m", "musicexplore.database.keeper", str(place.home), str(number)],
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[number],
            start_new_session=True,
        )
