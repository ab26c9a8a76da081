"""A database for a measurement, on the same server as the library's, and gone afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit, urlunsplit

from django.db import DatabaseError, connection

from embeddings.benchmarks.common import BenchmarkError
from musicexplore.signals import uninterrupted

NAME = "musicexplore_benchmark"


@contextmanager
def own_database() -> Iterator[str]:
    """An empty database that `connection` leads to meanwhile; its address, for other processes.

    One that a killed measurement left is replaced. Raises `BenchmarkError` where another is at
    work, or where the server does not let us make any.
    """
    library = connection.settings_dict["NAME"]
    _create()
    try:
        _lead_to(NAME)
        yield _address()
    finally:
        with uninterrupted():
            _lead_to(library)
            _execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def _create() -> None:
    try:
        _execute(f"DROP DATABASE IF EXISTS {NAME}")
        _execute(f"CREATE DATABASE {NAME}")
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        raise BenchmarkError(
            f"The benchmark's own database {NAME} cannot be made: {reason}. Wait until no other "
            "benchmark runs, let the user of DATABASE_URL make databases (ALTER ROLE ... "
            "CREATEDB), or unset DATABASE_URL."
        ) from error


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _lead_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _address() -> str:
    given = os.environ.get("DATABASE_URL", "").strip()
    if given:
        return urlunsplit(urlsplit(given)._replace(path=f"/{NAME}"))
    # The embedded server: it runs while this process does.
    place = connection.get_connection_params()
    return f"postgresql://{place['user']}@/{NAME}?host={quote(place['host'])}&port={place['port']}"
