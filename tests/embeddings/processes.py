"""Processes of their own that are alive for some work, as workers are."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

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


@contextmanager
def alive_elsewhere(kind: locks.Kind, number: int) -> Iterator[None]:
    """A process that holds a lock, and is killed at the end."""
    known = {"host", "port", "user", "password", "dbname"}
    place = {k: v for k, v in connection.get_connection_params().items() if k in known}
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, json.dumps(place), str(int(kind)), str(number)],
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
    deadline = time.monotonic() + 10
    while number in locks.held(kind):
        assert time.monotonic() < deadline
        time.sleep(0.01)
