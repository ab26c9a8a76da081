"""What the database's planner knows of the library."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from tracks.bulk import refresh_statistics
from tracks.models import Track


@contextmanager
def told_of(tracks: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is done within is to tell the planner of so many tracks, few as they are."""
    monkeypatch.setattr("tracks.catalogue.MANY", tracks)
    refresh_statistics(Track)
    assert planned() != tracks
    yield
    assert planned() == tracks


def planned() -> int:
    with connection.cursor() as cursor:
        table = Track._meta.db_table
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        (rows,) = cursor.fetchone()
    return int(rows)
