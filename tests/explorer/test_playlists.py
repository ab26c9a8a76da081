"""Playlists that are kept: over the API and in the admin."""

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from explorer.models import Playlist, PlaylistItem
from explorer.playlists import saved
from tests.explorer.m3u import read_m3u
from tracks.models import Track

ADDRESS = "/api/v1/playlists/"


@pytest.fixture
def tracks(library) -> list[Track]:
    return [library.add_track(number) for number in range(3)]


@pytest.fixture
def send(client, db) -> Callable:
    """Send something as somebody with an account, and expect a status."""
    client.force_login(get_user_model().objects.create_user("person"))

    def ask(method: str, address: str, status: int, **body):
        response = getattr(client, method)(ADDRESS + address, body, "application/json")
        assert response.status_code == status, response.content
        return response.json() if response.content else None

    return ask


@pytest.fixture
def playlist(tracks) -> Playlist:
    items = [saved.Item(tracks[1].pk), saved.Item(tracks[0].pk, 3.0, 6.0)]
    return saved.save(Playlist(name="Evening"), items)


def places(playlist: Playlist) -> list[tuple]:
    return list(playlist.items.values_list("place", "track", "start", "end"))


class TestReading:
    def test_one(self, get, playlist, tracks):
        answer = get(f"playlists/{playlist.pk}/").json()
        assert answer["created_at"] <= answer["updated_at"]
        del answer["created_at"], answer["updated_at"]
        assert answer == {
            "id": playlist.pk,
            "name": "Evening",
            "description": "",
            "items": [
                {
                    "track": tracks[1].pk,
                    "start": None,
                    "end": None,
                    "title": "Title 1",
                    "artists": ["Artist 1"],
                    "duration": 9.0,
                },
                {
                    "track": tracks[0].pk,
                    "start": 3.0,
                    "end": 6.0,
                    "title": "Title 0",
                    "artists": ["Artist 0"],
                    "duration": 9.0,
                },
            ],
        }

    def test_list(self, get, playlist):
        saved.save(Playlist(name="Morning"), [])
        page = get("playlists/").json()
        assert page["count"] == 2
        assert [(row["name"], row["item_count"]) for row in page["results"]] == [
            ("Evening", 2),
            ("Morning", 0),
        ]
        assert "items" not in page["results"][0]

    def test_number_of_queries_does_not_grow(self, get, playlist, tracks):
        for address in ("playlists/", f"playlists/{playlist.pk}/"):
            with CaptureQueriesContext(connection) as few:
                get(address)
            saved.save(Playlist(name="Another"), [saved.Item(tracks[0].pk)])
            saved.save(playlist, [saved.Item(track.pk) for track in tracks * 4])
            with CaptureQueriesContext(connection) as many:
                get(address)
            assert len(many) == len(few) <= 3


class TestWriting:
    def test_made_of_items(self, send, tracks):
        items = [{"track": tracks[2].pk}, {"track": tracks[0].pk, "start": 1.5, "end": 2}]
        made = send("post", "", 201, name="  My\tlist ", items=items)
        playlist = Playlist.objects.get()
        assert (made["id"], made["name"]) == (playlist.pk, "My list")
        assert places(playlist) == [(1, tracks[2].pk, None, None), (2, tracks[0].pk, 1.5, 2.0)]

    def test_made_of_a_selection(self, send, tracks):
        selection = {"layer": "toy-net-embeddings", "segments": {str(tracks[0].pk): "0,2"}}
        made = send("post", "", 201, name="Selected", selection=selection)
        assert [(item["start"], item["end"]) for item in made["items"]] == [(0, 3), (6, 9)]
        assert "selection" not in made
        send("patch", f"{made['id']}/", 200, selection={"tracks": [tracks[1].pk]})
        assert places(Playlist.objects.get()) == [(1, tracks[1].pk, None, None)]

    def test_made_of_the_segments_of_two_layers(self, send, tracks):
        one, other, last = (track.pk for track in tracks[:3])
        layer = "toy-net-embeddings"
        more = {"layer": layer, "segments": {str(one): "0", str(last): "1"}}
        selection = {"layer": layer, "segments": {str(one): "2", str(other): "0"}, "more": more}
        made = send("post", "", 201, name="Both", selection=selection)
        stretches = [(item["track"], item["start"]) for item in made["items"]]
        assert [track for track, _ in stretches] == [one, one, other, last]
        assert stretches[0][1] < stretches[1][1]

    def test_names_need_not_differ(self, send, playlist):
        send("post", "", 201, name="Evening")
        assert Playlist.objects.filter(name="Evening").count() == 2

    def test_items_are_replaced_as_a_whole(self, send, playlist, tracks):
        address = f"{playlist.pk}/"
        send("patch", address, 200, name="Night")
        assert len(places(playlist)) == 2
        send("patch", address, 200, items=[{"track": tracks[2].pk, "start": 4}])
        assert places(playlist) == [(1, tracks[2].pk, 4.0, None)]
        answer = send("put", address, 200, name="Late", items=[])
        assert (answer["name"], answer["items"], places(playlist)) == ("Late", [], [])
        assert list(send("put", address, 400, name="Late")["errors"]) == ["items"]

    def test_deleted(self, send, playlist, tracks):
        send("delete", f"{playlist.pk}/", 204)
        assert not PlaylistItem.objects.exists()
        assert Track.objects.count() == 3
        send("get", f"{playlist.pk}/", 404)

    @pytest.mark.parametrize(
        ("fields", "name"),
        [
            ({}, "name"),
            ({"name": " \n "}, "name"),
            ({"name": "x" * 201}, "name"),
            ({"name": "x\0"}, "name"),
            ({"name": "x", "items": [{"track": 999_999}]}, "items"),
            ({"name": "x", "items": [{}]}, "items"),
            ({"name": "x", "items": [{"track": 1, "start": -1}]}, "items"),
            ({"name": "x", "items": [{"track": 1, "start": 2, "end": 2}]}, "items"),
            ({"name": "x", "items": [{"track": 1, "end": 0}]}, "items"),
            ({"name": "x", "items": [{"track": 1, "start": "nan"}]}, "items"),
            ({"name": "x", "items": [{"track": 1, "end": "inf"}]}, "items"),
            ({"name": "x", "items": [], "selection": {"tracks": [1]}}, ""),
            ({"name": "x", "selection": {"tracks": []}}, "selection"),
        ],
    )
    def test_what_cannot_be_is_refused_by_name(self, send, fields, name):
        error = send("post", "", 400, **fields)
        assert list(error["errors"]) == [name]
        assert not Playlist.objects.exists()

    def test_too_many_items(self, send, playlist, tracks, monkeypatch):
        monkeypatch.setattr(saved, "MAX_ITEMS", 2)
        items = [{"track": track.pk} for track in tracks]
        error = send("patch", f"{playlist.pk}/", 400, name="Other", items=items)
        assert error["detail"] == (
            "items: A playlist that is kept holds 2 items at most, not 3: "
            "take fewer, or export a file instead."
        )
        playlist.refresh_from_db()
        assert (playlist.name, len(places(playlist))) == ("Evening", 2)

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_needs_an_account(self, client, playlist, method):
        address = ADDRESS if method == "post" else f"{ADDRESS}{playlist.pk}/"
        response = getattr(client, method)(address, {"name": "x"}, "application/json")
        assert response.status_code == 403
        assert Playlist.objects.get().name == "Evening"

    def test_the_database_refuses_what_ends_before_it_starts(self, playlist, tracks):
        for start, end in [(2.0, 1.0), (-1.0, None), (None, 0.0)]:
            with pytest.raises(IntegrityError), transaction.atomic():
                playlist.items.create(track=tracks[0], start=start, end=end)


class TestExport:
    def test_as_a_file(self, client, playlist):
        Playlist.objects.update(name="Évening / 1")
        response = client.get(f"{ADDRESS}{playlist.pk}/export/?kind=m3u8&paths=relative")
        content = b"".join(response)
        assert "filename*=utf-8''%C3%89vening%20_%201.m3u8" in response["Content-Disposition"]
        assert "#PLAYLIST:Évening / 1\n" in content.decode()
        assert [entry.path for entry in read_m3u(content)] == ["1.wav", "0.wav"]
        timed = client.get(f"{ADDRESS}{playlist.pk}/export/?paths=relative&times=true")
        assert [entry.options for entry in read_m3u(b"".join(timed))] == [
            {},
            {"start-time": 3.0, "stop-time": 6.0},
        ]

    def test_a_track_may_be_in_it_twice(self, client, playlist, tracks):
        first, second = saved.Item(tracks[0].pk), saved.Item(tracks[1].pk, 0.0, 3.0)
        saved.save(playlist, [first, first, second, saved.Item(tracks[1].pk, 6.0, 9.0)])
        response = client.get(f"{ADDRESS}{playlist.pk}/export/?paths=relative")
        paths = [entry.path for entry in read_m3u(b"".join(response))]
        assert paths == ["0.wav", "0.wav", "1.wav"]

    def test_open_ends(self, client, playlist, tracks):
        items = [saved.Item(tracks[0].pk, 4.0, None), saved.Item(tracks[1].pk, None, 5.0)]
        saved.save(playlist, items)
        response = client.get(f"{ADDRESS}{playlist.pk}/export/?times=1")
        assert [(entry.seconds, entry.options) for entry in read_m3u(b"".join(response))] == [
            (5, {"start-time": 4.0}),
            (5, {"stop-time": 5.0}),
        ]

    def test_empty_and_unknown(self, get, playlist):
        saved.save(playlist, [])
        error = get(f"playlists/{playlist.pk}/export/", 400).json()
        assert "nothing in it to play" in error["detail"]
        get("playlists/999/export/", 404)
        get(f"playlists/{playlist.pk}/export/", 400, kind="pls")


class TestAdmin:
    def test_items_are_moved_by_number(self, admin_client, playlist, tracks):
        one, other = playlist.items.all()
        form = {"name": "Evening", "items-TOTAL_FORMS": 2, "items-INITIAL_FORMS": 2}
        for i, (item, place) in enumerate([(one, 7), (other, 1)]):
            form |= {
                f"items-{i}-id": item.pk,
                f"items-{i}-playlist": playlist.pk,
                f"items-{i}-place": place,
            }
        address = f"/admin/explorer/playlist/{playlist.pk}/change/"
        assert admin_client.post(address, form).status_code == 302
        assert [row[:2] for row in places(playlist)] == [(1, tracks[0].pk), (2, tracks[1].pk)]

    def test_items_are_added_at_the_end(self, admin_client, playlist, tracks):
        form = {"playlist": playlist.pk, "track": tracks[2].pk, "place": 0}
        assert admin_client.post("/admin/explorer/playlistitem/add/", form).status_code == 302
        assert places(playlist)[-1][:2] == (3, tracks[2].pk)

    def test_lists_are_searched_and_take_few_queries(self, admin_client, playlist, tracks):
        address = "/admin/explorer/playlist/?q=even"
        with CaptureQueriesContext(connection) as few:
            assert b"Evening" in admin_client.get(address).content
        for _ in range(5):
            saved.save(Playlist(name="Evening"), [saved.Item(track.pk) for track in tracks])
        with CaptureQueriesContext(connection) as many:
            admin_client.get(address)
        assert len(many) == len(few)
        assert b"Evening" not in admin_client.get("/admin/explorer/playlist/?q=nowhere").content

    def test_one_takes_few_queries(self, admin_client, playlist, tracks):
        address = f"/admin/explorer/playlist/{playlist.pk}/change/"
        with CaptureQueriesContext(connection) as few:
            assert admin_client.get(address).status_code == 200
        saved.save(playlist, [saved.Item(track.pk) for track in tracks * 5])
        with CaptureQueriesContext(connection) as many:
            admin_client.get(address)
        assert len(many) == len(few)

    def test_long_ones_have_their_items_on_pages(self, admin_client, playlist, tracks, monkeypatch):
        monkeypatch.setattr("explorer.admin.INLINE_ITEMS", 1)
        page = admin_client.get(f"/admin/explorer/playlist/{playlist.pk}/change/").content.decode()
        items = f"/admin/explorer/playlistitem/?playlist__id__exact={playlist.pk}"
        assert items in page and "items-TOTAL_FORMS" not in page
        assert b"Title 1" in admin_client.get(items).content
