"""Duplicates over the API, in the admin and on a track's page."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from embeddings.duplicates.groups import regroup
from embeddings.duplicates.models import DuplicateGroup, DuplicatePair
from embeddings.models import Job
from explorer.groups import CURATOR
from tests.explorer.conftest import Library
from tracks.models import Track

ADDRESS = "/api/v1/duplicates/"
GROUPS = reverse("admin:embeddings_duplicategroup_changelist")
PAIRS = reverse("admin:embeddings_duplicatepair_changelist")
Decision, Kind = DuplicatePair.Decision, DuplicatePair.Kind


def propose(one: Track, other: Track, **fields) -> DuplicatePair:
    numbers = {"offset": 2.5, "overlap": 6.0, "distance": 0.02, "correlation": 0.97}
    values = {"kind": Kind.RECORDING, **numbers}
    return DuplicatePair.objects.create(first=one, second=other, **values | fields)


@pytest.fixture
def tracks(library: Library) -> list[Track]:
    return [library.add_track(number) for number in range(5)]


@pytest.fixture
def pairs(tracks: list[Track]) -> list[DuplicatePair]:
    """0 - 1 - 2 and 3 - 4."""
    made = [
        propose(tracks[0], tracks[1]),
        propose(tracks[1], tracks[2], kind=Kind.NEAR, correlation=None),
        propose(tracks[3], tracks[4], kind=Kind.IDENTICAL, distance=None, correlation=None),
    ]
    regroup()
    for pair in made:
        pair.refresh_from_db()
    return made


@pytest.fixture
def staff(db) -> Client:
    client = Client()
    person = get_user_model().objects.create_user("curator", is_staff=True)
    person.groups.add(Group.objects.get(name=CURATOR))
    client.force_login(person)
    return client


class TestReading:
    def test_pairs_with_evidence(self, get, pairs, tracks):
        answer = get("duplicates/").json()
        assert answer["count"] == 3
        row = answer["results"][0]
        assert row["first"] == {
            "id": tracks[0].pk,
            "title": "Title 0",
            "artists": [{"id": tracks[0].artists.get().pk, "name": "Artist 0"}],
        }
        assert (row["kind"], row["decision"]) == ("recording", "pending")
        assert (row["offset"], row["overlap"]) == (2.5, 6.0)
        assert (row["distance"], row["correlation"]) == (0.02, 0.97)
        assert [each["group"] for each in answer["results"]] == [pair.group_id for pair in pairs]
        assert get(f"duplicates/{pairs[1].pk}/").json()["correlation"] is None

    def test_filters(self, get, pairs, tracks):
        def numbers(query: str) -> list[int]:
            return [row["id"] for row in get(f"duplicates/?{query}").json()["results"]]

        one, two, three = (pair.pk for pair in pairs)
        assert numbers("kind=near") == [two]
        assert numbers(f"track={tracks[1].pk}") == [one, two]
        assert numbers(f"group={pairs[2].group_id}") == [three]
        assert numbers("decision=same") == []
        assert numbers("decision=pending&page_size=2") == [one, two]
        for bad in ("kind=twin", "decision=perhaps", "track=x"):
            get(f"duplicates/?{bad}", 400)

    def test_as_many_queries_whatever_the_number(self, get, pairs, tracks, library):
        with CaptureQueriesContext(connection) as few:
            get("duplicates/?page_size=1")
        for number in range(5, 9):
            propose(tracks[0], library.add_track(number))
        with CaptureQueriesContext(connection) as many:
            assert len(get("duplicates/").json()["results"]) == 7
        assert len(many) == len(few)


class TestDeciding:
    def patch(self, client: Client, pair: DuplicatePair, **fields):
        return client.patch(f"{ADDRESS}{pair.pk}/", fields, "application/json")

    def test_is_for_curators(self, client, pairs, staff, settings):
        settings.WORK_WITHOUT_LOGIN = True
        assert self.patch(client, pairs[0], decision="same").status_code == 403
        client.force_login(get_user_model().objects.create_user("person", is_staff=True))
        assert self.patch(client, pairs[0], decision="same").status_code == 403
        answer = self.patch(staff, pairs[0], decision="same", kind="near")
        assert (answer.json()["decision"], answer.json()["kind"]) == ("same", "recording")
        pairs[0].refresh_from_db()
        assert pairs[0].decided_by.username == "curator"
        assert Track.objects.count() == 5, "nothing is merged"

    def test_what_is_different_leaves_its_group(self, pairs, staff):
        assert self.patch(staff, pairs[1], decision="different").json()["group"] is None

    def test_nothing_or_nonsense(self, pairs, staff):
        for fields in ({}, {"decision": "perhaps"}):
            error = self.patch(staff, pairs[0], **fields).json()
            assert error["errors"].keys() == {"decision"}


def test_looking_for_them_is_started_once(client, staff, db):
    assert client.post(ADDRESS, {}, "application/json").status_code == 403
    client.force_login(get_user_model().objects.create_user("person", is_staff=True))
    assert client.post(ADDRESS, {}, "application/json").status_code == 403, "nor in the admin"
    first, second = (staff.post(ADDRESS, {}, "application/json") for _ in range(2))
    assert (first.status_code, first.json()["kind"]) == (202, "duplicates")
    assert first.json()["id"] == second.json()["id"]
    assert Job.objects.get().created_by.username == "curator"


class TestTrackPage:
    def lines(self, client: Client, track: Track) -> list[str]:
        page = client.get(f"/tracks/{track.pk}").content.decode()
        parts = page.split('<p class="track-recordings muted">')[1:]
        return [" ".join(part.partition("</p>")[0].split()) for part in parts]

    def test_says_what_it_looks_like(self, client, pairs, tracks, staff):
        link = f'<a href="/tracks/{tracks[1].pk}">Title 1</a>'
        assert self.lines(client, tracks[0]) == [f"Looks like the same recording as {link}"]
        propose(tracks[0], tracks[2])
        (line,) = self.lines(client, tracks[0])
        assert line.endswith(f'{link}, <a href="/tracks/{tracks[2].pk}">Title 2</a>')
        _, near = self.lines(client, tracks[1])
        assert near.startswith("Nearly the same as")
        TestDeciding().patch(staff, pairs[0], decision="same")
        assert self.lines(client, tracks[0])[0] == f"The same recording as {link}"
        TestDeciding().patch(staff, pairs[0], decision="different")
        assert link not in str(self.lines(client, tracks[0]))


class TestAdmin:
    def act(self, client: Client, page: str, action: str, *keys: int) -> str:
        sent = {"action": action, "_selected_action": [*keys]}
        return client.post(page, sent, follow=True).content.decode()

    def test_lists_groups_with_their_tracks(self, admin_client, pairs):
        page = admin_client.get(GROUPS).content.decode()
        assert [name for name in ("Title 0", "Title 4", "near-identical") if name in page] == [
            "Title 0", "Title 4", "near-identical",
        ]  # fmt: skip
        assert "Title 4" not in admin_client.get(f"{GROUPS}?kind=near").content.decode()
        assert "Title 0" not in admin_client.get(f"{GROUPS}?decision=later").content.decode()
        assert "Title 0" not in admin_client.get(f"{GROUPS}?q=Title+4").content.decode()
        assert admin_client.get(f"{GROUPS}add/").status_code == 403

    @pytest.mark.parametrize("page", [GROUPS, PAIRS])
    def test_as_many_queries_whatever_the_number(self, admin_client, pairs, library, page):
        admin_client.get(page)
        with CaptureQueriesContext(connection) as few:
            admin_client.get(page)
        for number in range(10, 20, 2):
            propose(library.add_track(number), library.add_track(number + 1))
        regroup()
        with CaptureQueriesContext(connection) as many:
            assert "Title 19" in admin_client.get(page).content.decode()
        assert len(many) == len(few)

    def test_both_can_be_heard_at_the_same_moment(self, admin_client, pairs, tracks):
        page = admin_client.get(f"{GROUPS}{pairs[0].group_id}/change/").content.decode()
        assert f"/tracks/{tracks[0].pk}/clip?start=4.000&amp;end=7.000" in page
        assert f"/tracks/{tracks[1].pk}/clip?start=1.500&amp;end=4.500" in page
        assert "the second begins 2.50 s into the other" in page
        assert "not heard, by the network" in page
        assert "waveforms correlate by 0.97" in page
        assert "duplicates.js" in page

    def test_single_pairs_are_decided_on_a_groups_page(self, admin_client, pairs):
        page = f"{GROUPS}{pairs[0].group_id}/change/"
        form = {"pairs-TOTAL_FORMS": 2, "pairs-INITIAL_FORMS": 2}
        for number, decision in enumerate(("same", "pending")):
            form[f"pairs-{number}-id"] = pairs[number].pk
            form[f"pairs-{number}-group"] = pairs[0].group_id
            form[f"pairs-{number}-decision"] = decision
        assert admin_client.post(page, form).status_code == 302
        decided, left = (DuplicatePair.objects.get(pk=pair.pk) for pair in pairs[:2])
        assert (decided.decision, decided.decided_by.username) == ("same", "admin")
        assert left.decided_at is None
        entries = LogEntry.objects.values_list("content_type__model", "object_id")
        assert set(entries) == {
            ("duplicategroup", str(pairs[0].group_id)), ("duplicatepair", str(decided.pk)),
        }  # fmt: skip

    def test_whole_groups_at_once_but_for_what_was_decided(self, admin_client, pairs):
        self.act(admin_client, PAIRS, "same", pairs[0].pk)
        shown = self.act(admin_client, GROUPS, "different", pairs[0].group_id, pairs[2].group_id)
        assert "2 pairs are now “different”. No track was changed." in shown
        decisions = DuplicatePair.objects.order_by("pk").values_list("decision", flat=True)
        assert list(decisions) == ["same", "different", "different"]
        assert DuplicateGroup.objects.count() == 1
        self.act(admin_client, PAIRS, "pending", pairs[2].pk)
        assert DuplicateGroup.objects.count() == 2

    def test_one_pair_on_its_own_page(self, admin_client, pairs):
        page = f"{PAIRS}{pairs[0].pk}/change/"
        assert admin_client.post(page, {"decision": "later"}).status_code == 302
        assert DuplicatePair.objects.get(pk=pairs[0].pk).decided_by.username == "admin"

    def test_who_may_only_look_decides_nothing(self, pairs, staff):
        person = get_user_model().objects.get()
        person.groups.clear()
        names = ["view_duplicategroup", "view_duplicatepair"]
        person.user_permissions.set(Permission.objects.filter(codename__in=names))
        page = staff.get(GROUPS).content.decode()
        assert "Title 0" in page
        assert "Look for duplicates" not in page
        self.act(staff, GROUPS, "same", pairs[0].group_id)
        assert not DuplicatePair.objects.filter(decision="same").exists()
        change = f"{GROUPS}{pairs[0].group_id}/change/"
        assert staff.post(change, {}).status_code == 403
        assert staff.post(reverse("admin:embeddings_duplicates_search")).status_code == 403
        assert TestDeciding().patch(staff, pairs[0], decision="same").status_code == 403
        assert staff.post(ADDRESS, {}, "application/json").status_code == 403
        assert not Job.objects.exists()

    def test_looking_for_them_is_started(self, admin_client):
        address = reverse("admin:embeddings_duplicates_search")
        assert admin_client.get(address).status_code == 405
        page = admin_client.post(address, follow=True).content.decode()
        assert "Find duplicates #" in page
        assert Job.objects.get().kind == Job.Kind.DUPLICATES
