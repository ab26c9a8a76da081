"""The table of permissions in docs/curation.md, as a test: in the admin and over the API."""

import re
from http import HTTPStatus
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from explorer.groups import ADMINISTRATOR, CURATOR, VIEWER, make_groups
from explorer.models import Playlist
from tracks.models import Artist

pytestmark = pytest.mark.django_db
GROUPS = (VIEWER, CURATOR, ADMINISTRATOR)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "curation.md"

# Rows as in the document: what may be done to a table by viewers, curators and administrators.
TABLE = {
    "tracks.track": ("view", "view change", "view add change delete"),
    "tracks.artist": ("view", "view add change delete", "view add change delete"),
    "tracks.album": ("view", "view add change delete", "view add change delete"),
    "tracks.tag": ("view", "view add change delete", "view add change delete"),
    "embeddings.embeddingmodel": ("view", "view change", "view add change delete"),
    "embeddings.layer": ("view", "view change", "view add change delete"),
    "embeddings.extraction": ("view", "view", "view add change delete"),
    "embeddings.projection": ("view", "view", "view add change delete"),
    "embeddings.comparison": ("view", "view", "view add change delete"),
    "embeddings.job": ("view", "view add", "view add change delete"),
    "embeddings.duplicategroup": ("view", "view change", "view add change delete"),
    "embeddings.duplicatepair": ("view", "view change", "view add change delete"),
    "explorer.playlist": ("view", "view add change delete", "view add change delete"),
    "explorer.questionset": ("", "view add change", "view add change delete"),
    "explorer.answer": ("", "view", "view add change delete"),
    "admin.logentry": ("", "view", "view"),
    "auth.user": ("", "", "view add change delete"),
    "auth.group": ("", "", "view add change delete"),
}


@pytest.fixture
def clients() -> dict[str, Client]:
    """Somebody of each group who is let into the admin."""
    found = {}
    for name in GROUPS:
        person = get_user_model().objects.create_user(name, is_staff=True)
        person.groups.add(Group.objects.get(name=name))
        found[name] = Client()
        found[name].force_login(person)
    return found


@pytest.mark.parametrize("table", TABLE)
@pytest.mark.parametrize("group", GROUPS)
def test_groups_may_do_what_the_table_says(group, table):
    app, model = table.split(".")
    granted = Group.objects.get(name=group).permissions.filter(
        content_type__app_label=app, content_type__model=model
    )
    expected = TABLE[table][GROUPS.index(group)].split()
    assert set(granted.values_list("codename", flat=True)) == {f"{do}_{model}" for do in expected}


def test_the_document_has_the_table():
    rows = re.findall(r"^\| `([a-z.]+)` \|(.*)\|(.*)\|(.*)\|$", DOCUMENT.read_text(), re.MULTILINE)
    written = {
        name: tuple("" if cell.strip() == "–" else cell.strip() for cell in cells)
        for name, *cells in rows
    }
    assert written == TABLE


def test_lists_of_the_admin_open_for_those_who_may_look(clients):
    for table, cells in TABLE.items():
        address = reverse(f"admin:{table.replace('.', '_')}_changelist")
        for group, cell in zip(GROUPS, cells, strict=True):
            expected = HTTPStatus.OK if "view" in cell else HTTPStatus.FORBIDDEN
            assert clients[group].get(address).status_code == expected, (group, table)


def test_viewers_cannot_change_what_they_see_in_the_admin(clients):
    artist = Artist.objects.create(name="A", key="a")
    address = reverse("admin:tracks_artist_change", args=[artist.pk])
    for group, expected in ((VIEWER, "A"), (CURATOR, "B"), (ADMINISTRATOR, "C")):
        clients[group].post(address, {"name": expected if group != VIEWER else "X"})
        artist.refresh_from_db()
        assert artist.name == expected


@pytest.mark.parametrize(("group", "may"), [(VIEWER, False), (CURATOR, True), (None, True)])
def test_writing_over_the_api_needs_more_than_looking(settings, group, may):
    settings.WORK_WITHOUT_LOGIN = False
    person = get_user_model().objects.create_user("person")
    if group:
        person.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(person)
    answer = client.post("/api/v1/playlists/", {"name": "x"}, content_type="application/json")
    assert answer.status_code == (HTTPStatus.CREATED if may else HTTPStatus.FORBIDDEN)
    assert Playlist.objects.exists() is may
    assert client.get("/api/v1/library/").json()["may_work"] is may
    settings.WORK_WITHOUT_LOGIN = True
    assert client.get("/api/v1/library/").json()["may_work"] is True


def test_who_only_looks_decides_nothing_for_others(settings, clients):
    settings.WORK_WITHOUT_LOGIN = True
    for group, expected in ((VIEWER, HTTPStatus.FORBIDDEN), (CURATOR, HTTPStatus.NOT_FOUND)):
        answer = clients[group].patch(
            "/api/v1/duplicates/1/", {"decision": "same"}, content_type="application/json"
        )
        assert answer.status_code == expected


def test_groups_are_made_once_and_left_to_the_administrators():
    Group.objects.get(name=VIEWER).delete()
    curators = Group.objects.get(name=CURATOR)
    curators.permissions.set(Permission.objects.filter(codename="view_tag"))
    call_command("migrate", verbosity=0)
    assert not Group.objects.filter(name=VIEWER).exists()
    assert curators.permissions.count() == 1
    Group.objects.all().delete()
    assert make_groups()
    assert not make_groups()
    assert set(Group.objects.values_list("name", flat=True)) == set(GROUPS)
