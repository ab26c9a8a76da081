"""What sounds like an artist, an album or a tag, over the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from embeddings.storage import replace_vectors
from tests.explorer.test_neighbours import on_circle
from tracks.models import Album, Artist, Tag


@pytest.fixture
def tracks(library):
    """Five tracks on a circle; the first two, and two of the others, are of one tag."""
    found = [library.add_track(number, segments=1) for number in range(5)]
    for track, angle in zip(found, (0, 10, 20, 120, 240), strict=True):
        replace_vectors({library.embeddings: on_circle(angle)}, track.pk)
    return found


def ask(get, address: str, status: int = 200, **query):
    return get(address, status, layer="toy-net-embeddings", **query).json()


def found(answer) -> list[int]:
    return [row["track"]["id"] for row in answer["results"]]


@pytest.mark.parametrize("kind", ["artists", "albums", "tags"])
def test_tracks_like_those_of_a_group(get, tracks, kind):
    first, second, third, *_ = tracks
    pk = {"artists": first.credits.get().artist_id, "albums": first.album_id,
          "tags": first.tags.get().pk}[kind]  # fmt: skip
    answer = ask(get, f"{kind}/{pk}/similar/", limit=2)
    assert found(answer) == [second.pk, third.pk]
    assert answer["asked"] == {"tracks": 1, "heard": 1}
    assert answer["of"] == "tracks"
    assert answer["results"][0]["artist"] is None
    assert answer["results"][0]["why"] is None


def test_artists_and_albums(get, tracks):
    first, second, *_ = tracks
    artist = first.artists.get()
    answer = ask(get, f"artists/{artist.pk}/similar/", of="artists", limit=1)
    (nearest,) = answer["results"]
    assert nearest["artist"] == {"id": second.artists.get().pk, "name": "Artist 1"}
    assert (nearest["track"]["id"], nearest["tracks"], nearest["album"]) == (second.pk, 1, None)
    answer = ask(get, f"albums/{first.album_id}/similar/", of="albums", limit=1)
    assert answer["results"][0]["album"]["title"] == "Album 1"
    assert answer["results"][0]["album"]["cover"] == "/covers/c.jpg"


def test_candidates_for_a_tag(get, tracks):
    tag = Tag.objects.create(name="warm")
    for track in tracks[:2]:
        track.tags.add(tag)
    assert found(ask(get, f"tags/{tag.pk}/similar/"))[0] == tracks[2].pk
    assert len(found(ask(get, f"tags/{tag.pk}/similar/"))) == 3


def test_options(get, library, tracks):
    first, second, third, *_ = tracks
    artist = first.artists.get()
    second.credits.update(artist=artist)
    address = f"albums/{first.album_id}/similar/"
    assert found(ask(get, address))[0] == second.pk
    assert found(ask(get, address, without="artist"))[0] == third.pk
    chosen = ask(get, address, albums=third.album_id, artists=999)
    assert (found(chosen), chosen["unknown"]) == ([third.pk], {"artists": [999]})
    why = ask(get, address, why="true")
    assert why["taggrams"] == "toy-net-taggrams"
    assert {"shared", "differ"} == why["results"][0]["why"].keys()


def test_what_is_not_there(get, library, tracks):
    ask(get, "artists/99999/similar/", 404)
    assert "of" in ask(get, f"tags/{tracks[0].tags.get().pk}/similar/", 400, of="tags")["errors"]
    empty = Artist.objects.create(name="None", key="none")
    silent = Album.objects.create(title="Silent", key="silent")
    library.add_track(9, segments=0)
    for address in (f"artists/{empty.pk}/similar/", f"albums/{silent.pk}/similar/"):
        assert "nothing of these" in ask(get, address, 404)["detail"]


def test_questions_to_the_database_do_not_grow(get, tracks):
    address = f"artists/{tracks[0].credits.get().artist_id}/similar/"
    asked = []
    for limit in (1, 4):
        ask(get, address, of="artists", limit=limit)  # what is kept is there from now on
        with CaptureQueriesContext(connection) as queries:
            assert len(ask(get, address, of="artists", limit=limit)["results"]) == limit
        asked.append(len(queries))
    assert asked[0] == asked[1]
