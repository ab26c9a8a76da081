"""Processes of their own that are alive for some work, as workers are."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection

from embeddings import locks

HOLD = """
import json, sys, psycopg
place, kind, number = sys.argv[1:]
holder = psycopg.connect(**json.loads(place), autocommit=True)
holder.execute("SELECT pg_advisory_lock(%s, %s)", [int(kind), int(number)])
print("held", flush=True)
sys.stdin.read()
"""


def database() -> dict[str, Any]:
    """How another process reaches this test's database."""
    known = {"host", "port", "user", "password", "dbname"}
    return {k: v for k, v in connection.get_connection_params().items() if k in known}


@contextmanager
def worker() -> Iterator[None]:
    """A django-q2 worker with all its processes, killed at the end as by a loss of power."""
    place = database()
    address = f"postgresql://{place['user']}@/{place['dbname']}?host={place['host']}"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "musicexplore.settings"},
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def alive_elsewhere(kind: locks.Kind, number: int) -> Iterator[None]:
    """A process that holds a lock, and is killed at the end."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, json.dumps(database()), str(int(kind)), str(number)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
    finally:
        holder.kill()
        holder.wait()
    deadline = time.monotonic() + 60
    while number in locks.held(kind):
        assert time.monotonic() < deadline
        time.sleep(0.01)
