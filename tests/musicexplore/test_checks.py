"""System checks, each on what it is there for."""

from pathlib import Path

import psycopg
import pytest
from django.db import connections
from django.db.utils import OperationalError

from musicexplore import checks


def ids(messages: list) -> list[str]:
    return [message.id for message in messages]


def test_nothing_is_said_of_the_defaults(settings, tmp_path: Path) -> None:
    settings.MUSICEXPLORE_HOME = tmp_path / "not yet"
    assert checks.check_settings() + checks.check_directories() + checks.check_queue() == []


def test_dimensions_below_two(settings) -> None:
    settings.PCA_DIMS = 1
    assert ids(checks.check_settings()) == ["musicexplore.E002"]


@pytest.mark.parametrize("size", [0, 201])
def test_more_numbers_than_a_call_to_jamendo_takes(settings, size: int) -> None:
    settings.JAMENDO_BATCH_SIZE = size
    assert ids(checks.check_settings()) == ["musicexplore.E008"]


def test_a_home_that_cannot_be_written(settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.MUSICEXPLORE_HOME = tmp_path / "file" / "home"
    assert ids(checks.check_directories()) == ["musicexplore.E003"]


def test_a_music_folder_that_is_not_there_is_a_warning(settings, tmp_path: Path) -> None:
    settings.AUDIO_DIR = str(tmp_path / "unmounted")
    messages = checks.check_directories()
    assert ids(messages) == ["musicexplore.W001"]
    assert "unmounted" in messages[0].msg


def test_a_queue_that_would_deliver_running_jobs_again(settings) -> None:
    settings.Q_CLUSTER = settings.Q_CLUSTER | {"retry": 60, "timeout": 60}
    assert ids(checks.check_queue()) == ["musicexplore.E004"]


@pytest.mark.django_db
def test_the_database_in_use_is_good_enough() -> None:
    assert checks.check_database(databases=["default"]) == []
    assert checks.check_database(databases=None) == [], "not asked for"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("version", "expected"),
    [("0.7.4", "musicexplore.E007"), (None, "musicexplore.E006"), ("0.10.0", None)],
)
def test_another_server_without_the_extension_or_with_an_old_one(version, expected) -> None:
    """A view of that name, earlier in the search path, stands in for the server's catalogue."""
    rows = f"VALUES ('vector', '{version}')" if version else "SELECT '', '' WHERE false"
    with connections["default"].cursor() as cursor:
        cursor.execute("CREATE SCHEMA other_server")
        cursor.execute(
            "CREATE VIEW other_server.pg_available_extensions (name, installed_version,"
            f" default_version) AS SELECT *, '0' FROM ({rows}) AS extension"
        )
        cursor.execute("SET LOCAL search_path = other_server, pg_catalog, public")
    messages = checks.check_database(databases=["default"])
    assert ids(messages) == ([expected] if expected else [])
    assert all(message.hint for message in messages)


def test_a_server_that_does_not_answer(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = "django.db.backends.postgresql"
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", engine)
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect(host="127.0.0.1", port=1, user="x", dbname="x")
    line = checks.unreachable(OperationalError(str(caught.value)))
    assert "\n" not in line
    assert "Connection refused" in line
    assert "unset it to use the embedded server" in line
