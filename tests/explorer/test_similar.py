"""Search by sound over the API, by hand-worked angles on a real server."""

import numpy as np
import pytest

from embeddings.storage import replace_vectors
from tests.explorer.test_neighbours import on_circle

MOMENTS = "segments/similar/"


@pytest.fixture
def tracks(library):
    """Three tracks on a circle; the second has a tag and a file without a title."""
    found = [library.add_track(number, segments=3) for number in range(3)]
    for track, angles in zip(found, [(0, 20, 40), (1, 21, 90), (60, 5, 120)], strict=True):
        replace_vectors({library.embeddings: on_circle(*angles)}, track.pk)
    found[1].title = ""
    found[1].save()
    return found


def ask(get, address: str, status: int = 200, **query):
    return get(address, status, layer="toy-net-embeddings", **query).json()


def at(answer) -> list[tuple[int, int]]:
    return [(row["track"]["id"], row["position"]) for row in answer["results"]]


def test_moments_like_a_segment(get, tracks):
    first, second, third = tracks
    answer = ask(get, MOMENTS, track=first.pk, position=0, limit=3)
    assert at(answer) == [(second.pk, 0), (third.pk, 1), (first.pk, 1)]
    nearest = answer["results"][0]
    assert nearest["distance"] == pytest.approx(1 - np.cos(np.radians(1)), abs=1e-3)
    assert (nearest["start"], nearest["end"], nearest["why"]) == (0, 3, None)
    assert nearest["track"]["title"] == "1.wav"
    assert [artist["name"] for artist in nearest["track"]["artists"]] == ["Artist 1"]
    assert answer["asked"] == {"position": 0, "segments": 1, "start": 0, "end": 3}
    assert (answer["layer"], answer["metric"]) == ("toy-net-embeddings", "cosine")
    assert (answer["sample"], answer["taggrams"], answer["unknown"]) == (None, None, {})


def test_options(get, tracks):
    first, second, third = tracks
    query = {"track": first.pk, "position": 0}
    other = at(ask(get, MOMENTS, without="track,album", **query))
    assert {track for track, _ in other} == {second.pk, third.pk}
    assert at(ask(get, MOMENTS, without="artist", per_artist=1, **query)) == [
        (second.pk, 0),
        (third.pk, 1),
    ]
    chosen = ask(get, MOMENTS, tags=third.tags.get().pk, **query)
    assert at(chosen) == [(third.pk, 1), (third.pk, 0), (third.pk, 2)]
    unknown = ask(get, MOMENTS, tags=9999, **query)
    assert unknown["unknown"] == {"tags": [9999]}
    far = ask(get, MOMENTS, metric="euclidean", limit=1, **query)
    assert far["results"][0]["distance"] == pytest.approx(2 * np.sin(np.radians(0.5)), abs=1e-2)
    assert at(ask(get, MOMENTS, spread=1, limit=2, **query))[1] == (third.pk, 2)


def test_moments_like_a_stretch(get, tracks):
    first, second, _ = tracks
    answer = ask(get, MOMENTS, track=first.pk, start=0, end=6, without="track")
    best = answer["results"][0]
    assert (best["track"]["id"], best["start"], best["end"], best["segments"]) == (
        second.pk, 0, 6, 2,
    )  # fmt: skip
    assert best["distance"] == pytest.approx(1 - np.cos(np.radians(1)), abs=1e-3)


@pytest.mark.parametrize("by", ["mean", "stretches"])
def test_tracks_like_a_track(get, tracks, by):
    first, second, third = tracks
    answer = ask(get, f"tracks/{first.pk}/similar/", by=by)
    assert [row["track"]["id"] for row in answer["results"]] == [second.pk, third.pk]
    assert answer["by"] == by
    there = answer["results"][0]["there"]
    assert there is None if by == "mean" else there["start"] == 0
    (only,) = ask(get, f"tracks/{first.pk}/similar/", by=by, artists=third.credits.get().artist_id)[
        "results"
    ]
    assert only["track"]["id"] == third.pk


def test_why(get, library, tracks):
    first, second, third = tracks
    for track, value in zip(tracks, (0.95, 0.9, 0.1), strict=True):
        replace_vectors({library.taggrams: [[value, 0.5, 1 - value]] * 3}, track.pk)
    answer = ask(get, f"tracks/{first.pk}/similar/", why="true")
    assert answer["taggrams"] == "toy-net-taggrams"
    last = answer["results"][1]
    assert last["track"]["id"] == third.pk
    assert {pair["tag"] for pair in last["why"]["differ"]} == {"calm", "odd"}
    answer = ask(get, MOMENTS, track=first.pk, position=0, why="true", without="track")
    near = answer["results"][0]
    assert near["track"]["id"] == second.pk
    assert near["why"]["differ"] == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"position": 0}, "track"),
        ({"track": 1}, "position"),
        ({"track": 1, "position": 0, "start": 0, "end": 3}, "position"),
        ({"track": 1, "start": 0}, "position"),
        ({"track": 1, "start": 3, "end": 3}, "end"),
        ({"track": 1, "position": 0, "metric": "taste"}, "metric"),
        ({"track": 1, "position": 0, "without": "genre"}, "without"),
        ({"track": 1, "position": 0, "per_artist": 0}, "per_artist"),
        ({"track": 1, "position": 0, "spread": 2}, "spread"),
        ({"track": 1, "position": 0, "tags": "x"}, "tags"),
    ],
)
def test_what_is_malformed_is_refused_by_name(get, library, query, name):
    assert name in ask(get, MOMENTS, 400, **query)["errors"]


def test_what_is_not_there(get, library, tracks):
    assert "no such segments" in ask(get, MOMENTS, 404, track=tracks[0].pk, position=9)["detail"]
    ask(get, MOMENTS, 404, track=tracks[0].pk, start=90, end=99)
    ask(get, "tracks/99999/similar/", 404)
    silent = library.add_track(9, segments=0)
    for by in ("mean", "stretches"):
        error = ask(get, f"tracks/{silent.pk}/similar/", 404, by=by)
        assert "nothing of" in error["detail"]
