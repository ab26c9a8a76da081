"""What points are coloured by."""

import gzip
import json

import pyarrow as pa
import pytest

from explorer.api.classes import NONE, _classify
from tracks.models import Tag, Track, TrackArtist


def classes(response) -> tuple[dict[int, int], list[str]]:
    """{track: class} and the labels."""
    table = pa.ipc.open_stream(response.content).read_all()
    assert [str(field.type) for field in table.schema] == ["int32", "uint16"]
    tracks = table["track"].to_pylist()
    assert tracks == sorted(tracks)
    values = dict(zip(tracks, table["class"].to_pylist(), strict=True))
    return values, json.loads(table.schema.metadata[b"labels"])


@pytest.fixture
def tracks(library) -> list[Track]:
    return [library.add_track(number, segments=0) for number in range(4)]


def test_by_tag_takes_the_one_that_most_tracks_have(get, tracks):
    Tag.objects.all().delete()
    rare, common, other = (
        Tag.objects.create(category=category, name=name)
        for category, name in [("genre", "ambient"), ("genre", "techno"), ("mood", "calm")]
    )
    tracks[0].tags.add(rare, common, other)
    tracks[1].tags.add(common)
    tracks[2].tags.add(rare)
    tracks[3].tags.add(other)
    Track.objects.create(title="third techno", path="t", path_bytes=b"t").tags.add(common)
    values, labels = classes(get("tracks/classes/", by="tag", category="genre"))
    assert labels == ["techno", "ambient"]
    assert [values[track.pk] for track in tracks] == [0, 0, 1, NONE]
    values, labels = classes(get("tracks/classes/", by="tag", category="genre", name="ambient"))
    assert labels == ["ambient"]
    assert [values[track.pk] for track in tracks] == [0, NONE, 0, NONE]


def test_tags_without_a_category(get, tracks):
    tracks[1].tags.add(Tag.objects.create(category="", name="plain"))
    values, labels = classes(get("tracks/classes/", by="tag", category=""))
    assert (labels, values[tracks[1].pk]) == (["plain"], 0)


def test_by_artist_counts_the_first_credit(get, tracks):
    first = tracks[0].artists.get()
    TrackArtist.objects.filter(track=tracks[1]).update(place=1)
    TrackArtist.objects.create(track=tracks[1], artist=first, place=0)
    TrackArtist.objects.filter(track=tracks[2]).delete()
    values, labels = classes(get("tracks/classes/", by="artist"))
    assert labels == ["Artist 0", "Artist 3"]
    assert [values[track.pk] for track in tracks] == [0, 0, NONE, 1]


def test_by_album_and_by_track(get, tracks):
    Track.objects.filter(pk=tracks[3].pk).update(album=tracks[2].album, title="")
    values, labels = classes(get("tracks/classes/", by="album"))
    assert labels == ["Album 2", "Album 0", "Album 1"]
    assert [values[track.pk] for track in tracks] == [1, 2, 0, 0]
    values, labels = classes(get("tracks/classes/", by="track"))
    assert labels == ["3.wav", "Title 0", "Title 1", "Title 2"]
    assert [values[track.pk] for track in tracks] == [1, 2, 3, 0]


def test_albums_of_the_same_title_stay_apart(get, tracks):
    type(tracks[0].album).objects.update(title="Greatest Hits")
    values, labels = classes(get("tracks/classes/", by="album"))
    assert labels == ["Greatest Hits"] * 4
    assert len(set(values.values())) == 4


def test_more_classes_than_numbers():
    import numpy as np

    tracks = np.arange(70_000)
    pairs = np.stack([tracks, tracks], axis=1)
    names = {key: f"{key:06}" for key in tracks.tolist()}
    found = _classify(tracks, pairs, names)
    assert len(found.labels) == NONE
    assert found.values[NONE - 1] == NONE - 1
    assert (found.values[NONE:] == NONE).all()


def test_an_empty_library(get, db):
    for by in ("artist", "album", "track"):
        assert classes(get("tracks/classes/", by=by)) == ({}, [])


@pytest.mark.parametrize(
    ("query", "name"), [({}, "by"), ({"by": "mood"}, "by"), ({"by": "tag"}, "category")]
)
def test_malformed_parameters_are_refused_by_name(get, db, query, name):
    assert list(get("tracks/classes/", 400, **query).json()["errors"]) == [name]


def test_unchanged_classes_are_not_sent_again(client, tracks):
    address = "/api/v1/tracks/classes/?by=artist"
    etag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    TrackArtist.objects.filter(track=tracks[0]).delete()
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_classes_are_compressed_where_that_is_accepted(client, tracks):
    address = "/api/v1/tracks/classes/?by=artist"
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] != plain["ETag"]
    assert "Accept-Encoding" in packed["Vary"]


def test_query_count_does_not_grow(get, tracks, django_assert_num_queries):
    with django_assert_num_queries(3):
        get("tracks/classes/", by="artist")
