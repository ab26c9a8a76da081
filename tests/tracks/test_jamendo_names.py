"""Names from Jamendo's API, proven against a server that behaves as it does, faults included."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import urllib3
from django.core.management import CommandError, call_command

from embeddings.models import Job
from musicexplore.progress import Cancelled, Progress
from tests.embeddings.processes import database
from tests.tracks import jamendo_api as faults
from tests.tracks.jamendo_api import CLIENT_ID, Api, serving
from tracks.jamendo import client as client_module
from tracks.jamendo.client import ATTEMPTS, JamendoClient, JamendoError
from tracks.jamendo.naming import NamesSummary, query_names
from tracks.models import Album, Artist, Track


@pytest.fixture
def api() -> Iterator[Api]:
    with serving() as running:
        yield running


@pytest.fixture
def waits() -> list[tuple[float, str]]:
    return []


@pytest.fixture
def client(
    api: Api, waits: list[tuple[float, str]], monkeypatch: pytest.MonkeyPatch
) -> JamendoClient:
    """One that notes how long it would have waited, and gives up an answer after 0.3 s."""
    monkeypatch.setattr(client_module, "TIMEOUT", urllib3.Timeout(connect=1, read=0.3))
    return JamendoClient(CLIENT_ID, api.address, pause=lambda *wait: waits.append(wait))


# --- the client ---


def test_numbers_that_are_gone_are_missing_from_the_answer(api: Api, client: JamendoClient) -> None:
    api.gone = {2}
    assert client.describe("artists", [1, 2, 3]).keys() == {1, 3}
    assert client.describe("tracks", range(1, 201)).keys() == set(range(1, 201)) - {2}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (faults.status(500), "HTTP 500"),
        (faults.status(503), "HTTP 503"),
        (faults.status(429), "too many questions"),
        (faults.refusal(6), "too many questions"),
        (faults.refusal(1), "an error of its own"),
        (faults.silent, "no answer in time"),
        (faults.hung_up, "the connection broke"),
        (faults.broken_off, "the connection broke"),
        (faults.no_json, "something else than its JSON"),
        (faults.some_lacking, "lacks some of its results"),
    ],
)
def test_faults_that_may_pass_are_asked_again(
    api: Api, client: JamendoClient, waits: list, fault: Any, reason: str
) -> None:
    api.faults = [fault, fault]
    assert client.describe("tracks", [7])[7]["name"] == "Track &amp; 7"
    assert len(waits) == 2
    assert all(reason in said for _, said in waits)
    assert 0 <= waits[0][0] <= 1
    assert 0 <= waits[1][0] <= 2


def test_waits_grow_without_being_in_step(api: Api, client: JamendoClient, waits: list) -> None:
    api.faults = [faults.status(500)] * ATTEMPTS
    with pytest.raises(JamendoError, match=r"failed 8 times: HTTP 500\. What was answered is kept"):
        client.describe("tracks", [7])
    seconds = [seconds for seconds, _ in waits]
    assert len(seconds) == ATTEMPTS - 1
    assert all(wait <= 2**turn for turn, wait in enumerate(seconds))
    assert len(set(seconds)) == len(seconds)


@pytest.mark.parametrize(
    "after",
    [
        "17",
        pytest.param(
            lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=17), usegmt=True),
            id="a date",
        ),
    ],
)
def test_retry_after_is_obeyed(api: Api, client: JamendoClient, waits: list, after: Any) -> None:
    value = after if isinstance(after, str) else after()
    api.faults = [faults.status(429, Retry_After=value)]
    client.describe("tracks", [7])
    assert waits[0][0] == pytest.approx(17, abs=1.5)


def test_who_is_sent_away_for_hours_is_told(api: Api, client: JamendoClient, waits: list) -> None:
    api.faults = [faults.status(429, Retry_After="7200")]
    with pytest.raises(JamendoError, match="come back in 120 minutes"):
        client.describe("tracks", [7])
    assert not waits


def test_a_retry_after_that_makes_no_sense_is_passed_over(
    api: Api, client: JamendoClient, waits: list
) -> None:
    api.faults = [faults.status(503, Retry_After="soon")]
    client.describe("tracks", [7])
    assert waits[0][0] <= 1


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (faults.refusal(5, "no"), "does not know the client id in JAMENDO_CLIENT_ID"),
        (faults.refusal(11, "no"), "has suspended the client id"),
        (faults.refusal(3, f"bad {CLIENT_ID}"), r"refuses the question \(code 3\): bad \(client"),
        (faults.status(404), "answers HTTP 404. Check JAMENDO_API_URL"),
    ],
)
def test_what_will_not_pass_is_asked_once(
    api: Api, client: JamendoClient, waits: list, fault: Any, message: str
) -> None:
    api.faults = [fault]
    with pytest.raises(JamendoError, match=message):
        client.describe("tracks", [7])
    assert not waits
    assert len(api.times) == 1


def test_without_a_client_id_nothing_is_asked(api: Api) -> None:
    with pytest.raises(JamendoError, match="JAMENDO_CLIENT_ID is not set"):
        JamendoClient("", api.address)


# --- names ---


@pytest.fixture
def library(db: None) -> None:
    for number in range(1, 6):
        artist = Artist.objects.create(name=f"Jamendo artist {number}", key=f"a{number}")
        album = Album.objects.create(title=f"Jamendo album {number}", key=f"b{number}")
        path = f"{number}.mp3"
        Track.objects.create(
            path=path, path_bytes=path.encode(), jamendo_id=number, title=path, album=album
        )
        Artist.objects.filter(pk=artist.pk).update(jamendo_id=number)
        Album.objects.filter(pk=album.pk).update(jamendo_id=number)
    Artist.objects.create(name="Of a file", key="file")


def counts(summary: NamesSummary) -> tuple[int, int, int]:
    return summary.asked, summary.changed, summary.deleted


@pytest.mark.usefixtures("library")
def test_names_years_and_licences_are_taken(api: Api, client: JamendoClient) -> None:
    assert counts(query_names(client)) == (15, 15, 0)
    assert Artist.objects.get(jamendo_id=3).name == "Artist & 3"
    assert (album := Album.objects.get(jamendo_id=3)).title == "Album & 3"
    assert album.year == 2003
    track = Track.objects.get(jamendo_id=3)
    assert track.title == "Track & 3"
    assert track.licence_url == "http://creativecommons.org/licenses/by/3.0/"
    assert Artist.objects.get(jamendo_id=None).name == "Of a file"


@pytest.mark.usefixtures("library")
def test_nothing_is_asked_twice_unless_wished(api: Api, client: JamendoClient) -> None:
    query_names(client)
    assert counts(query_names(client)) == (0, 0, 0)
    assert set(api.answered.values()) == {1}
    assert counts(query_names(client, again=True)) == (15, 0, 0)


@pytest.mark.usefixtures("library")
def test_calls_hold_so_many_numbers(api: Api, client: JamendoClient) -> None:
    query_names(client, batch_size=2)
    assert api.sizes == [2, 2, 1] * 3


@pytest.mark.usefixtures("library")
def test_what_is_gone_is_marked_and_keeps_its_name(api: Api, client: JamendoClient) -> None:
    api.gone = {2}
    assert counts(query_names(client)) == (15, 12, 3)
    gone = Track.objects.get(jamendo_id=2)
    assert (gone.jamendo_deleted, gone.title) == (True, "2.mp3")
    assert not Track.objects.get(jamendo_id=3).jamendo_deleted
    api.gone = set()
    query_names(client, again=True)
    assert not Track.objects.get(jamendo_id=2).jamendo_deleted


@pytest.mark.usefixtures("library")
def test_empty_names_and_odd_licences_change_nothing(
    client: JamendoClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = {"name": " ", "releasedate": "", "license_ccurl": "javascript:alert(1)"}
    monkeypatch.setattr(faults, "described", lambda _kind, number: {"id": number, **odd})
    assert counts(query_names(client)) == (15, 0, 0)
    assert Track.objects.get(jamendo_id=3).title == "3.mp3"
    assert Track.objects.get(jamendo_id=3).licence_url == ""


@pytest.mark.usefixtures("library")
def test_a_run_that_is_stopped_goes_on_behind_the_last_answer(
    api: Api, client: JamendoClient
) -> None:
    class Stopping(Progress):
        def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
            if sum(api.sizes) >= 4:
                raise Cancelled

    with pytest.raises(Cancelled):
        query_names(client, batch_size=2, progress=Stopping())
    assert counts(query_names(client, batch_size=2)) == (11, 11, 0)
    assert set(api.answered.values()) == {1}
    assert len(api.answered) == 15


# --- the command ---


@pytest.fixture
def configured(api: Api, settings: Any) -> Api:
    settings.JAMENDO_CLIENT_ID = CLIENT_ID
    settings.JAMENDO_API_URL = api.address
    return api


@pytest.mark.usefixtures("library")
def test_the_command_says_what_it_learnt(
    configured: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    configured.gone = {4}
    call_command("query_jamendo_metadata")
    assert capsys.readouterr().out == (
        "15 asked: 12 changed, 0 as they were, 3 gone from Jamendo.\n"
    )
    assert Job.objects.get().state == Job.State.DONE


@pytest.mark.usefixtures("library")
def test_a_wrong_client_id_stops_with_one_line(configured: Api, settings: Any) -> None:
    settings.JAMENDO_CLIENT_ID = "another"
    with pytest.raises(CommandError) as caught:
        call_command("query_jamendo_metadata")
    assert "\n" not in str(caught.value)
    assert "does not know the client id" in str(caught.value)
    assert len(configured.times) == 1


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    "fault",
    [
        faults.status(404),
        faults.refusal(3, f"client_id={CLIENT_ID}"),
        faults.refusal(5, f"client_id={CLIENT_ID}"),
        faults.hung_up,
        faults.broken_off,
    ],
)
def test_the_client_id_is_written_nowhere(
    configured: Api,
    fault: Any,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(client_module, "ATTEMPTS", 2)
    configured.faults = [fault, fault]
    with pytest.raises(CommandError) as caught:
        call_command("query_jamendo_metadata", traceback=True)
    job = Job.objects.get()
    output = capfd.readouterr()
    chain = [caught.value, caught.value.__cause__, caught.value.__context__]
    written = [output.out, output.err, caplog.text, job.message, job.parameters, *chain]
    assert CLIENT_ID not in " ".join(map(str, written))
    assert job.state == Job.State.FAILED


@pytest.mark.django_db(transaction=True)
def test_a_killed_run_loses_no_name_and_asks_none_twice(api: Api) -> None:
    """Killed while it waits for the third answer, which it then was not given."""
    for number in range(1, 21):
        Artist.objects.create(name="?", key=f"a{number}", jamendo_id=number)
    reached = []

    def hold(_handler: Any) -> None:
        reached.append(True)
        time.sleep(60)

    api.faults = [None, None, hold]
    environment = {
        **os.environ,
        "DATABASE_URL": _address(),
        "DJANGO_SETTINGS_MODULE": "musicexplore.settings",
        "JAMENDO_CLIENT_ID": CLIENT_ID,
        "JAMENDO_API_URL": api.address,
        "JAMENDO_BATCH_SIZE": "4",
    }
    command = [sys.executable, "manage.py", "query_jamendo_metadata"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    while not reached:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert Artist.objects.exclude(jamendo_asked_at=None).count() == 8

    api.faults = []
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("12 asked: 12 changed")
    assert set(api.answered.values()) == {1}
    assert not Artist.objects.filter(name="?").exists()


def _address() -> str:
    place = database()
    return f"postgresql://{place['user']}@/{place['dbname']}?host={place['host']}"
