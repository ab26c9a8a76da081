"""Who plays a track: this machine, Jamendo, or nobody; decided track by track."""

from typing import Any

import pytest
from django.test import Client

from tracks.models import Track
from tracks.provider import jamendo_page, licence_of, playable, provider_of
from tracks.queries import library_counts

STATES = ("present", "missing", "catalogue")


@pytest.fixture
def tracks(db: None, settings: Any) -> dict[str, Track]:
    """Of each state one that Jamendo has, one that it does not, and one that it lost."""
    settings.AUDIO_DIR = "/music"
    made = {}
    for state in STATES:
        for number, (kind, values) in enumerate(
            {
                "jamendo": {"jamendo_id": 100 + STATES.index(state)},
                "own": {},
                "gone": {"jamendo_id": 200 + STATES.index(state), "jamendo_deleted": True},
            }.items()
        ):
            path = f"{state}{number}.mp3"
            made[f"{state} {kind}"] = Track.objects.create(
                path=path, path_bytes=path.encode(), state=state, **values
            )
    return made


@pytest.mark.parametrize(
    ("first", "client_id", "streamed", "local"),
    [
        ("local", "", set(), {"present jamendo", "present own", "present gone"}),
        (
            "local",
            "me",
            {"missing jamendo", "catalogue jamendo"},
            {"present jamendo", "present own", "present gone"},
        ),
        (
            "jamendo",
            "me",
            {"present jamendo", "missing jamendo", "catalogue jamendo"},
            {"present own", "present gone"},
        ),
    ],
)
def test_who_plays_what(
    tracks: dict[str, Track],
    settings: Any,
    first: str,
    client_id: str,
    streamed: set[str],
    local: set[str],
) -> None:
    settings.AUDIO_PROVIDER, settings.JAMENDO_CLIENT_ID = first, client_id
    by = {name: provider_of(track) for name, track in tracks.items()}
    assert {name for name, provider in by.items() if provider == "jamendo"} == streamed
    assert {name for name, provider in by.items() if provider == "local"} == local
    found = set(Track.objects.filter(playable()).values_list("pk", flat=True))
    assert found == {tracks[name].pk for name in streamed | local}
    assert library_counts().playable == len(streamed | local)


def test_without_a_folder_streams_alone_are_played(tracks: dict[str, Track], settings: Any) -> None:
    settings.AUDIO_DIR, settings.JAMENDO_CLIENT_ID = "", "me"
    assert provider_of(tracks["present jamendo"]) == "jamendo"
    assert provider_of(tracks["present own"]) is None
    assert Track.objects.filter(playable()).count() == 3


def test_pages_and_licences(tracks: dict[str, Track]) -> None:
    track = tracks["catalogue jamendo"]
    assert jamendo_page(track) == "https://www.jamendo.com/track/102"
    assert jamendo_page(tracks["catalogue gone"]) is None
    assert licence_of(track) is None
    track.licence_url = "http://creativecommons.org/licenses/by-nc-sa/3.0/"
    assert licence_of(track) == {"name": "CC BY-NC-SA 3.0", "url": track.licence_url}
    track.licence_url = "https://artlibre.org/licence/lal"
    assert licence_of(track) == {"name": "its licence", "url": track.licence_url}


def test_audio_leads_to_the_stream_and_no_page_names_the_client(
    client: Client, tracks: dict[str, Track], settings: Any
) -> None:
    settings.JAMENDO_CLIENT_ID = "s3cr3t"
    track = tracks["catalogue jamendo"]
    response = client.get(f"/tracks/{track.pk}/audio")
    assert response.status_code == 302
    assert response["Location"] == (
        "https://mp3l.jamendo.com/?trackid=102&format=mp31&from=app-s3cr3t"
    )
    assert response["Cache-Control"] == "private, no-store"
    told = client.get(f"/api/v1/tracks/{track.pk}/")
    assert told.json()["audio"] == f"/tracks/{track.pk}/audio"
    assert told.json()["clip"] is None
    assert told.json()["played_from"] == {
        "provider": "jamendo",
        "page": "https://www.jamendo.com/track/102",
        "licence": None,
    }
    page = client.get(f"/tracks/{track.pk}")
    assert "Heard from" in page.content.decode()
    for answer in (told, page, client.get("/api/v1/tracks/"), client.get("/")):
        assert "s3cr3t" not in answer.content.decode()
    assert client.get(f"/tracks/{track.pk}/clip?start=0&end=3").status_code == 404


def test_sound_may_come_from_jamendo_only_where_it_is_played_from(
    client: Client, settings: Any, db: None
) -> None:
    assert "jamendo" not in client.get("/healthz")["Content-Security-Policy"]
    settings.JAMENDO_CLIENT_ID = "me"
    policy = Client().get("/healthz")["Content-Security-Policy"]
    assert "media-src 'self' blob: https://mp3l.jamendo.com https://*.jamendo.com;" in policy
