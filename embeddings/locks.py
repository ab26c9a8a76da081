"""Who is alive: PostgreSQL advisory locks held for as long as some work goes on.

The server gives a lock back the moment the process or its connection ends, however it ends. So
there is no time-out to guess, and a step that reports nothing for an hour is not taken for dead.
"""

from enum import IntEnum

from django.db import connection


class Kind(IntEnum):
    """First key of a lock; the second is a number of that kind."""

    JOB = 0x4A4F42
    EXTRACTION_RUN = 0x455854
    REDUCTION = 0x524544  # of a layer


def take(kind: Kind, number: int) -> bool:
    """Hold a lock on this connection; False where another connection holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, number])
        return bool(cursor.fetchone()[0])


def give_back(kind: Kind, number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, number])


def held(kind: Kind) -> set[int]:
    """The numbers whose locks some connection to this database holds now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [kind],
        )
        return {row[0] for row in cursor.fetchall()}
