"""The history in the admin: every step with its person, for reading alone."""

import pytest
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth import get_user_model
from django.urls import reverse

from tracks.models import Artist, Tag

LIST = "admin:admin_logentry_changelist"


@pytest.fixture
def steps(admin_user) -> list[Tag]:
    tags = [Tag.objects.create(category="mood", name=name) for name in ("calm", "loud")]
    log = LogEntry.objects.log_actions
    log(admin_user.pk, tags, CHANGE, "given to 12 tracks")
    other = get_user_model().objects.create_user("other")
    log(other.pk, [Artist.objects.create(name="Nobody", key="n")], DELETION)
    return tags


def test_steps_are_told_newest_first(admin_client, steps):
    page = admin_client.get(reverse(LIST))
    entries = page.context["cl"].result_list
    assert entries[0].object_repr == "Nobody"
    assert page.content.decode().count("given to 12 tracks") == 2
    assert reverse("admin:tracks_tag_change", args=[steps[0].pk]) in page.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "calm"}, {"mood---calm"}),
        ({"action_flag__exact": DELETION}, {"Nobody"}),
        ({"q": "12 tracks"}, {"mood---calm", "mood---loud"}),
    ],
)
def test_steps_are_found(admin_client, steps, query, found):
    entries = admin_client.get(reverse(LIST), query).context["cl"].result_list
    assert {entry.object_repr for entry in entries} == found


def test_a_form_writes_what_it_changed(admin_client, steps):
    tag = steps[0]
    address = reverse("admin:tracks_tag_change", args=[tag.pk])
    admin_client.post(address, {"category": "mood", "name": "quiet"})
    newest = admin_client.get(reverse(LIST)).context["cl"].result_list[0]
    assert (newest.object_repr, newest.get_change_message()) == ("mood---quiet", "Changed Name.")


def test_nobody_changes_it(admin_client, steps):
    entry = admin_client.get(reverse(LIST)).context["cl"].result_list[0]
    change = reverse("admin:admin_logentry_change", args=[entry.pk])
    assert admin_client.get(change).status_code == 200
    assert admin_client.get(reverse("admin:admin_logentry_add")).status_code == 403
    assert admin_client.post(change, {"object_repr": "forged"}).status_code == 403
    delete = reverse("admin:admin_logentry_delete", args=[entry.pk])
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403
