"""Blends and paths over the API, by hand-worked angles on a real server."""

import numpy as np
import pytest

from embeddings.storage import replace_vectors
from tests.explorer.test_neighbours import on_circle
from tests.explorer.test_similar import ask, at


@pytest.fixture
def tracks(library):
    """Six tracks of one artist each, round a circle."""
    found = [library.add_track(number, segments=2) for number in range(6)]
    angles = [(0, 150), (10, 160), (30, 180), (45, 200), (70, 220), (90, 240)]
    for track, pair in zip(found, angles, strict=True):
        replace_vectors({library.embeddings: on_circle(*pair)}, track.pk)
    return found


class TestBlends:
    def test_moments_between_two(self, get, tracks):
        starts = f"{tracks[0].pk}:0,{tracks[5].pk}:0"
        answer = ask(get, "segments/blend/", starts=starts, limit=2)
        assert at(answer) == [(tracks[3].pk, 0), (tracks[2].pk, 0)]
        assert answer["results"][0]["distance"] == pytest.approx(0, abs=1e-3)
        first, second = answer["starts"]
        assert (first["track"]["id"], first["span"]["start"], first["weight"]) == (
            tracks[0].pk, 0, 1,
        )  # fmt: skip
        assert second["track"]["title"] == "Title 5"

    def test_unlike_one(self, get, tracks):
        """Away from 0 degrees: from 45 to 90 and beyond."""
        starts = f"{tracks[3].pk}:0,{tracks[0].pk}:0*-0.7"
        answer = ask(get, "segments/blend/", starts=starts, limit=1)
        assert at(answer) == [(tracks[5].pk, 0)]
        assert (answer["starts"][1]["weight"], answer["why_of"]) == (-0.7, 0)

    def test_tracks(self, get, tracks):
        starts = f"{tracks[0].pk},{tracks[2].pk}"
        answer = ask(get, "tracks/blend/", starts=starts, limit=3)
        assert answer["results"][0]["track"]["id"] == tracks[1].pk
        assert not {row["track"]["id"] for row in answer["results"]} & {
            tracks[0].pk, tracks[2].pk,
        }  # fmt: skip
        assert answer["starts"][0]["span"] is None
        alone = ask(get, "tracks/blend/", starts=starts, artists=tracks[4].credits.get().artist_id)
        assert [row["track"]["id"] for row in alone["results"]] == [tracks[4].pk]

    def test_options_are_those_of_a_search(self, get, tracks):
        starts = f"{tracks[0].pk}:0-1"
        answer = ask(get, "segments/blend/", starts=starts, without="track", per_artist=1)
        assert {track for track, _ in at(answer)} == {track.pk for track in tracks[1:]}
        assert answer["starts"][0]["span"]["segments"] == 2

    def test_why(self, get, library, tracks):
        for track, value in zip(tracks, np.linspace(0.9, 0.1, 6), strict=True):
            replace_vectors({library.taggrams: [[value, 0.5, 1 - value]] * 2}, track.pk)
        starts = f"{tracks[5].pk}:0*-0.5,{tracks[0].pk}:0"
        answer = ask(get, "segments/blend/", starts=starts, why="true")
        assert (answer["taggrams"], answer["why_of"]) == ("toy-net-taggrams", 1)
        assert answer["results"][0]["why"] is not None

    @pytest.mark.parametrize(
        "starts",
        ["", "x", "0", "7:", "7:3-1", "7:0-200", "7*2", "7*", "7,", "7:-1", ",".join("7" * 21)],
    )
    def test_malformed_starts_are_refused(self, get, library, starts):
        assert "starts" in ask(get, "segments/blend/", 400, starts=starts)["errors"]

    def test_what_is_too_large_is_not_there(self, get, library):
        ask(get, "segments/blend/", 400, starts="9" * 5000)

    def test_starts_that_cancel_each_other_out(self, get, tracks):
        starts = f"{tracks[0].pk}:0,{tracks[0].pk}:0*-1"
        error = ask(get, "segments/blend/", 400, starts=starts)
        assert "cancel each other out" in error["errors"]["starts"][0]
        ask(get, "tracks/blend/", 404, starts="99999")
        ask(get, "segments/blend/", 404, starts=f"{tracks[0].pk}:9")


class TestPaths:
    def test_of_moments(self, get, tracks):
        ends = {"from": f"{tracks[0].pk}:0", "to": f"{tracks[5].pk}:0"}
        answer = ask(get, "paths/", steps=6, **ends)
        assert [item["track"]["id"] for item in answer["items"]] == [track.pk for track in tracks]
        steps = [item["distance"] for item in answer["items"]]
        assert steps[0] is None
        degrees = np.degrees(np.arccos(1 - np.array(steps[1:])))
        assert degrees == pytest.approx([10, 20, 15, 25, 20], abs=1)
        assert answer["longest_step"] == max(steps[1:])
        assert answer["longest_step"] <= answer["interpolated_longest_step"]
        assert (answer["compared"], answer["items"][0]["end"]) == ("segments", 3)

    def test_of_tracks_among_some(self, get, tracks):
        ends = {"from": tracks[0].pk, "to": tracks[5].pk}
        answer = ask(get, "paths/", steps=3, artists=tracks[1].credits.get().artist_id, **ends)
        assert [item["track"]["id"] for item in answer["items"]] == [
            tracks[0].pk, tracks[1].pk, tracks[5].pk,
        ]  # fmt: skip
        assert answer["compared"] == "tracks"

    def test_too_few(self, get, tracks):
        ends = {"from": tracks[0].pk, "to": tracks[5].pk}
        for different, said in [("track", ""), ("artist", " and each by another artist,")]:
            error = ask(get, "paths/", 400, steps=7, different=different, **ends)
            stops = f"Only 6 stops, both ends among them,{said} can be on this path, not 7."
            assert error["detail"].startswith(stops)
            assert list(error["errors"]) == ["steps"]

    @pytest.mark.parametrize(
        ("query", "name"),
        [
            ({"to": "1"}, "from"),
            ({"from": "1"}, "to"),
            ({"from": "1", "to": "2:x"}, "to"),
            ({"from": "1", "to": "1:3"}, "to"),
            ({"from": "1", "to": "2", "steps": 2}, "steps"),
            ({"from": "1", "to": "2", "steps": 51}, "steps"),
            ({"from": "1", "to": "2", "different": "colour"}, "different"),
            ({"from": "1", "to": "2", "tags": "x"}, "tags"),
        ],
    )
    def test_what_is_malformed_is_refused_by_name(self, get, library, query, name):
        assert name in ask(get, "paths/", 400, **query)["errors"]

    def test_what_is_not_there(self, get, tracks):
        ask(get, "paths/", 404, **{"from": tracks[0].pk, "to": "99999"})
        ask(get, "paths/", 404, **{"from": f"{tracks[0].pk}:9", "to": tracks[1].pk})
