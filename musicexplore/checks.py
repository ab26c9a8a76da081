"""System checks: settings and surroundings that cannot work, each with what to do about it.

Run by every command that works with a library; those of the database by `migrate`, `serve` and
`manage.py check --database default`.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import OperationalError, connections

OLDEST_PGVECTOR = (0, 8)  # iterative index scans, without which a filter can leave no answer


@register
def check_settings(**_: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = [
        Error(
            f"{name} cannot be used: {reason}.",
            hint=f"Correct {name} in the environment or in .env; .env.example explains it.",
            id="musicexplore.E001",
        )
        for name, reason in settings.IMPOSSIBLE_SETTINGS.items()
    ]
    if settings.PCA_DIMS < 2:
        problems.append(
            Error(
                f"PCA_DIMS is {settings.PCA_DIMS}, and a map needs two dimensions at least.",
                hint="Set PCA_DIMS to 2 or more, or leave it out for 10.",
                id="musicexplore.E002",
            )
        )
    if settings.AUDIO_PROVIDER == "jamendo" and not settings.JAMENDO_CLIENT_ID:
        problems.append(
            Error(
                "AUDIO_PROVIDER is jamendo, and its streams need a client id.",
                hint="Get one at https://devportal.jamendo.com and set JAMENDO_CLIENT_ID.",
                id="musicexplore.E009",
            )
        )
    if not 1 <= settings.JAMENDO_BATCH_SIZE <= 200:
        problems.append(
            Error(
                f"JAMENDO_BATCH_SIZE is {settings.JAMENDO_BATCH_SIZE}, and Jamendo answers at most "
                "200 numbers a call.",
                hint="Set JAMENDO_BATCH_SIZE to 1 to 200, or leave it out for 200.",
                id="musicexplore.E008",
            )
        )
    return problems


@register
def check_directories(**_: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    home = Path(settings.MUSICEXPLORE_HOME)
    if not _writable(home):
        problems.append(
            Error(
                f"MUSICEXPLORE_HOME is {home}, where nothing can be written.",
                hint="Give it to yourself (chown), or set MUSICEXPLORE_HOME to a folder of yours.",
                id="musicexplore.E003",
            )
        )
    if settings.AUDIO_DIR and not Path(settings.AUDIO_DIR).expanduser().is_dir():
        problems.append(
            Warning(
                f"AUDIO_DIR is {settings.AUDIO_DIR}, which is not a folder now.",
                hint="Mount the disk it is on, or correct AUDIO_DIR; until then nothing is heard.",
                id="musicexplore.W001",
            )
        )
    return problems


@register
def check_queue(**_: Any) -> list[CheckMessage]:
    cluster: dict[str, Any] = settings.Q_CLUSTER
    if cluster["retry"] > cluster["timeout"]:
        return []
    return [
        Error(
            f"Q_CLUSTER has retry {cluster['retry']} and timeout {cluster['timeout']}: a job that "
            "is still running would be started again.",
            hint="Set retry to more seconds than timeout.",
            id="musicexplore.E004",
        )
    ]


@register(Tags.database)
def check_database(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Whether each database is PostgreSQL with a pgvector that can do what is asked of it."""
    return [problem for alias in databases or () for problem in _check_database(alias)]


def _check_database(alias: str) -> list[CheckMessage]:
    try:
        with connections[alias].cursor() as cursor:
            # The version in use, else the one that `migrate` would install.
            cursor.execute(
                "SELECT coalesce(installed_version, default_version)"
                " FROM pg_available_extensions WHERE name = 'vector'"
            )
            row = cursor.fetchone()
    except OperationalError as error:
        return [Error(unreachable(error), id="musicexplore.E005")]
    if row is None:
        return [
            Error(
                "The database server has no pgvector extension.",
                hint="Install pgvector 0.8 or newer on the server of DATABASE_URL, or unset "
                "DATABASE_URL to use the embedded server, which has it.",
                id="musicexplore.E006",
            )
        ]
    if tuple(int(part) for part in row[0].split(".")[:2]) < OLDEST_PGVECTOR:
        return [
            Error(
                f"The database has pgvector {row[0]}, and 0.8 or newer is needed.",
                hint="Install a newer pgvector on the server of DATABASE_URL, then run "
                "ALTER EXTENSION vector UPDATE in the database.",
                id="musicexplore.E007",
            )
        ]
    return []


def unreachable(error: OperationalError) -> str:
    """One line on a database that cannot be connected to."""
    reason = str(error).strip().splitlines()[0].rstrip(".")
    if settings.DATABASES["default"]["ENGINE"] == settings.EMBEDDED_DATABASE["ENGINE"]:
        return f"{reason}."
    return (
        f"The database of DATABASE_URL does not answer: {reason}. Start its server, correct "
        "DATABASE_URL, or unset it to use the embedded server."
    )


def _writable(directory: Path) -> bool:
    while not directory.exists():
        directory = directory.parent
    return directory.is_dir() and os.access(directory, os.W_OK | os.X_OK)
