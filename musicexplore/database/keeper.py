"""The keeper of an embedded server: `python -m musicexplore.database.keeper HOME LOCK`.

It waits until no process uses the server, and stops it. See `sharing`, which starts it.
"""

import fcntl
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from musicexplore.home import exclusive

from .cluster import Cluster
from .place import DatabaseUnavailable, place_for
from .sharing import START_LOCK, USERS_LOCK


def keep(home: Path, lock: int) -> None:
    """Return when the server has been stopped; `lock` is the open file of the keeper's lock."""
    place = place_for(home)
    with (place.base / USERS_LOCK).open() as users:
        while True:
            fcntl.flock(users, fcntl.LOCK_EX)
            # Given back at once: a newcomer holds the start lock while it waits for this one.
            fcntl.flock(users, fcntl.LOCK_UN)
            with exclusive(place.base / START_LOCK):
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue  # somebody came in between
                with suppress(DatabaseUnavailable):  # it may have ended already
                    Cluster(place).stop()
                # Before the start lock, so that whoever starts the server next starts a keeper.
                os.close(lock)
                return


if __name__ == "__main__":
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    keep(Path(sys.argv[1]), int(sys.argv[2]))
