"""What is selected as a file: M3U8, CSV and Parquet, and the paths in them."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from explorer.playlists.paths import PathError, PathStyle
from tests.explorer.m3u import Played, read_m3u
from tracks.models import Artist, Track, TrackArtist

LAYER = "toy-net-embeddings"


@pytest.fixture
def export(client) -> Callable:
    """POST a selection and options, expect a status, and return all of the answer's bytes."""

    def post(selection: object, status: int = 200, kind: str = "m3u8", **options):
        body = {"selection": selection, **options}
        response = client.post(f"/api/v1/playlists/export/?kind={kind}", body, "application/json")
        content = b"".join(response) if response.streaming else response.content
        assert response.status_code == status, content
        response.body = content
        return response

    return post


@pytest.fixture
def tracks(library) -> list[Track]:
    """Three tracks of 3 segments of 3 s, whose map is a line: x = 10 * track + segment."""
    tracks = [library.add_track(number) for number in range(3)]
    coordinates = {
        track.pk: np.array([[10 * i + j + 1, 1] for j in range(3)], np.float32)
        for i, track in enumerate(tracks)
    }
    library.map = library.add_projection(coordinates)
    return tracks


def between(low: float, high: float, op: str = "add") -> dict:
    return {"op": op, "polygon": [[low, 0], [high, 0], [high, 2], [low, 2]]}


def on_map(library, *areas: dict, **fields) -> dict:
    return {"layer": LAYER, "projection": library.map.pk, "areas": list(areas), **fields}


def paths(response) -> list[str]:
    return [Path(entry.path).name for entry in read_m3u(response.body)]


class TestM3u:
    def test_segments_collapse_to_tracks(self, export, tracks, settings):
        second, third = tracks[1:]
        response = export({"layer": LAYER, "segments": {str(second.pk): "0,2", str(third.pk): "1"}})
        assert response["Content-Type"] == "audio/x-mpegurl; charset=utf-8"
        assert response["Content-Disposition"] == 'attachment; filename="selection.m3u8"'
        assert read_m3u(response.body) == [
            Played(f"{settings.AUDIO_DIR}/1.wav", 9, "Artist 1 - Title 1"),
            Played(f"{settings.AUDIO_DIR}/2.wav", 9, "Artist 2 - Title 2"),
        ]

    def test_with_start_times_each_stretch_is_an_entry(self, export, tracks):
        first, second, _ = tracks
        selection = {"layer": LAYER, "segments": {str(first.pk): "1-2", str(second.pk): "2,0"}}
        played = read_m3u(export(selection, times=True).body)
        assert [(entry.seconds, entry.options) for entry in played] == [
            (6, {"start-time": 3.0, "stop-time": 9.0}),
            (3, {"start-time": 0.0, "stop-time": 3.0}),
            (3, {"start-time": 6.0, "stop-time": 9.0}),
        ]

    def test_tracks_in_the_order_given(self, export, tracks):
        ids = [track.pk for track in tracks]
        response = export({"tracks": [ids[2], ids[0], 10**9, ids[2]]}, times=True)
        assert paths(response) == ["2.wav", "0.wav"]
        assert not any(entry.options for entry in read_m3u(response.body))

    def test_several_artists_and_none(self, export, tracks):
        guest = Artist.objects.create(name="Line\nbreak", key="guest")
        TrackArtist.objects.create(track=tracks[0], artist=guest, place=1)
        tracks[1].artists.clear()
        Track.objects.filter(pk=tracks[1].pk).update(duration=None)
        played = read_m3u(export({"tracks": [track.pk for track in tracks[:2]]}).body)
        assert [entry.title for entry in played] == ["Artist 0, Line break - Title 0", "Title 1"]
        assert played[1].seconds == -1

    def test_missing_tracks_are_left_out_and_named(self, export, tracks):
        Track.objects.filter(pk=tracks[0].pk).update(state="missing")
        Track.objects.filter(pk=tracks[1].pk).update(state="catalogue")
        response = export({"tracks": [track.pk for track in tracks]})
        assert paths(response) == ["2.wav"]
        assert b"# Left out: 0.wav (the file is missing)\n" in response.body
        response = export({"tracks": [tracks[0].pk, tracks[1].pk]}, 400)
        assert response.json()["detail"] == (
            "selection: None of its files can be in a playlist: "
            "0.wav (the file is missing) and 1 more likewise."
        )

    def test_constant_queries(self, export, tracks, django_assert_num_queries):
        with django_assert_num_queries(3):  # which exist; tracks with albums; credits with artists
            export({"tracks": [tracks[0].pk]})
        with django_assert_num_queries(3):
            export({"tracks": [track.pk for track in tracks]})


class TestSelections:
    def test_areas_in_their_order(self, export, library, tracks):
        selection = on_map(library, between(0, 12.5), between(1.5, 2.5, "subtract"))
        played = read_m3u(export(selection, times=True).body)
        assert [(Path(entry.path).name, entry.options["start-time"]) for entry in played] == [
            ("0.wav", 0.0),
            ("0.wav", 6.0),
            ("1.wav", 0.0),
        ]

    def test_without_areas_everything_shown(self, export, library, tracks):
        assert paths(export(on_map(library))) == ["0.wav", "1.wav", "2.wav"]
        only = {"artists": str(tracks[1].artists.get().pk)}
        assert paths(export(on_map(library, filter=only))) == ["1.wav"]
        assert paths(export(on_map(library, between(0, 3.5, "subtract")))) == ["1.wav", "2.wav"]
        response = export(on_map(library, between(0, 4), every=2), kind="csv")
        positions = [row["position"] for row in csv.DictReader(io.StringIO(response.body.decode()))]
        assert positions == ["0", "2"]

    def test_dimensions_of_the_layer_itself(self, export, library, tracks):
        from embeddings.queries import layer_points

        points = layer_points(library.embeddings, x=2, y=3)
        wanted = int(np.argmax(points.x))
        x, y = float(points.x[wanted]), float(points.y[wanted])
        square = [
            [x - 0.01, y - 0.01],
            [x + 0.01, y - 0.01],
            [x + 0.01, y + 0.01],
            [x - 0.01, y + 0.01],
        ]
        selection = {"layer": LAYER, "x": 2, "y": 3, "areas": [{"op": "add", "polygon": square}]}
        (row,) = csv.DictReader(io.StringIO(export(selection, kind="csv").body.decode()))
        assert int(row["track"]) == points.track[wanted]
        assert int(row["position"]) == points.position[wanted]

    def test_logarithmic_axes(self, export, library, tracks):
        # The edge from (1, 0.1) to (100, 10) is x / 10 between logarithms.
        triangle = {"op": "add", "polygon": [[1, 0.1], [100, 10], [1, 10]]}
        assert paths(export(on_map(library, triangle, log=[True, True]))) == ["0.wav"]
        assert paths(export(on_map(library, triangle))) == ["0.wav"]
        assert paths(
            export(on_map(library, {**triangle, "polygon": [[1, 0.1], [100, 1000], [1, 1000]]}))
        ) == ["0.wav"]

    def test_segments_that_do_not_exist_are_left_out(self, export, tracks):
        selection = {"layer": LAYER, "segments": {str(tracks[0].pk): "2-900000000", "999": "0"}}
        (entry,) = read_m3u(export(selection, times=True).body)
        assert entry.options == {"start-time": 6.0, "stop-time": 9.0}

    @pytest.mark.parametrize(
        ("selection", "words"),
        [
            ({}, "What is selected"),
            ({"tracks": []}, "Nothing is selected"),
            ({"tracks": [999_999]}, "Nothing is selected"),
            ({"tracks": ["x"]}, "tracks"),
            ({"tracks": [1], "segments": {}}, "not both"),
            ({"segments": {"1": "0"}}, "What is selected"),
            ({"layer": "none"}, "layer"),
            ({"layer": LAYER, "segments": {}}, "Nothing is selected"),
            ({"layer": LAYER, "segments": {"1": "4-2"}}, "ends before it begins"),
            ({"layer": LAYER, "segments": {"x": "1"}}, "“x” is not a track's id"),
            ({"layer": LAYER, "projection": 12345}, "no finished projection 12345"),
            ({"layer": LAYER, "x": 4}, "The dimensions are 0 to 3, not 4"),
            ({"layer": LAYER, "filter": {"tags": "x"}}, "tags: “x”"),
            ({"layer": LAYER, "every": 0}, "every"),
            ({"layer": LAYER, "log": [True]}, "log"),
            ({"layer": LAYER, "log": [True, True], "areas": [between(0, 1)]}, "at 0 or below"),
            (
                {"layer": LAYER, "areas": [{"op": "add", "polygon": [[0, 0], [1, 1]]}]},
                "three or more",
            ),
            (
                {"layer": LAYER, "areas": [{"op": "add", "polygon": [[0, 0], [1, 1], [2]]}]},
                "three or",
            ),
            (
                {"layer": LAYER, "areas": [{"op": "add", "polygon": [["nan", 0]] * 3}]},
                "three or more",
            ),
            ({"layer": LAYER, "areas": [between(0, 1)] * 101}, "At most 100 areas"),
            ({"layer": LAYER, "areas": [between(900, 901)]}, "Nothing is selected"),
            (None, "selection"),
        ],
    )
    def test_what_cannot_be_is_refused_by_name(self, export, tracks, selection, words):
        error = export(selection, 400).json()
        assert list(error["errors"]) == ["selection"]
        assert words in error["detail"]

    def test_kind_and_options_are_refused_by_name(self, export, tracks):
        selection = {"tracks": [tracks[0].pk]}
        for name, fields in {
            "kind": {"kind": "pls"},
            "paths": {"paths": "other"},
            "root": {"paths": "rooted"},
            "windows": {"paths": "absolute", "windows": True},
            "times": {"times": "sometimes"},
        }.items():
            assert list(export(selection, 400, **fields).json()["errors"]) == [name]
        assert "PLAYLIST_ROOT" in export(selection, 400, paths="rooted").json()["detail"]


class TestTables:
    @pytest.fixture
    def selection(self, tracks) -> dict:
        Track.objects.filter(pk=tracks[0].pk).update(title='=HYPERLINK("http://x")')
        guest = Artist.objects.create(name="+guest", key="guest")
        TrackArtist.objects.create(track=tracks[0], artist=guest, place=1)
        return {"layer": LAYER, "segments": {str(tracks[0].pk): "0-1", str(tracks[1].pk): "2"}}

    def test_csv(self, export, selection, tracks):
        response = export(selection, kind="csv")
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Disposition"] == 'attachment; filename="selection.csv"'
        first, second = csv.DictReader(io.StringIO(response.body.decode(), newline=""))
        assert first == {
            "track": str(tracks[0].pk),
            "path": "0.wav",
            "title": '\'=HYPERLINK("http://x")',  # no formula to a spreadsheet
            "artists": "Artist 0; +guest",
            "album": "Album 0",
            "position": "0",
            "start": "0.0",
            "end": "6.0",
            "segments": "2",
        }
        assert (second["position"], second["start"], second["segments"]) == ("2", "6.0", "1")

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "＝1"])
    def test_formulas_are_text(self, export, tracks, text):
        Track.objects.filter(pk=tracks[0].pk).update(title=text)
        (row,) = csv.DictReader(
            io.StringIO(export({"tracks": [tracks[0].pk]}, kind="csv").body.decode(), newline="")
        )
        assert row["title"] == f"'{text}"
        assert (row["position"], row["start"], row["end"], row["segments"]) == ("", "", "", "")

    def test_parquet(self, export, selection, tracks):
        response = export(selection, kind="parquet")
        assert response["Content-Disposition"] == 'attachment; filename="selection.parquet"'
        table = pq.read_table(io.BytesIO(response.body))
        assert table.schema.metadata[b"layer"] == LAYER.encode()
        assert table.to_pylist()[0] == {
            "track": tracks[0].pk,
            "path": "0.wav",
            "title": '=HYPERLINK("http://x")',
            "artists": ["Artist 0", "+guest"],
            "album": "Album 0",
            "position": 0,
            "start": 0.0,
            "end": 6.0,
            "segments": 2,
        }
        whole = pq.read_table(io.BytesIO(export({"tracks": [tracks[2].pk]}, kind="parquet").body))
        assert whole.to_pylist()[0]["start"] is None

    def test_missing_tracks_stay_in_tables(self, export, tracks):
        Track.objects.update(state="missing")
        assert export({"tracks": [tracks[0].pk]}, kind="csv").body.count(b"\r\n") == 2

    def test_paths_as_asked(self, export, tracks):
        selection = {"tracks": [tracks[0].pk]}
        body = export(selection, kind="csv", paths="rooted", root="D:/Music", windows=True).body
        assert b"D:\\Music\\0.wav" in body


class TestPaths:
    def test_usual_paths_are_those_of_the_settings(self, export, tracks, settings):
        selection = {"tracks": [tracks[0].pk]}

        def path(**options) -> str:
            (entry,) = read_m3u(export(selection, **options).body)
            return entry.path

        assert path() == f"{settings.AUDIO_DIR}/0.wav"
        assert path(paths="relative") == "0.wav"
        assert path(root="/mnt/nas/") == "/mnt/nas/0.wav"
        settings.PLAYLIST_ROOT = "D:/Music"
        assert path() == "D:/Music/0.wav"
        assert path(paths="absolute") == f"{settings.AUDIO_DIR}/0.wav"
        settings.PLAYLIST_WINDOWS_PATHS = True
        assert path() == "D:\\Music\\0.wav"
        assert path(windows=False, root="/media") == "/media/0.wav"
        settings.PLAYLIST_ROOT = ""
        assert path() == "0.wav"

    def test_without_a_music_folder(self, export, tracks, settings):
        settings.AUDIO_DIR = ""
        response = export({"tracks": [tracks[0].pk]}, 503)
        assert "AUDIO_DIR" in response.json()["detail"]
        assert paths(export({"tracks": [tracks[0].pk]}, paths="relative")) == ["0.wav"]

    @pytest.mark.parametrize(
        ("name", "root", "expected"),
        [
            ("a/b.mp3", None, "a/b.mp3"),
            ("#1.mp3", None, "./#1.mp3"),
            (" a.mp3", None, "./ a.mp3"),
            ("a/ü.mp3", "/music", "/music/a/ü.mp3"),
            ("a.mp3", "/", "/a.mp3"),
            ("a b.mp3", "smb://nas/music/", "smb://nas/music/a%20b.mp3"),
            (b"caf\xe9.mp3", "/music", "file:///music/caf%E9.mp3"),
            ("a\nb.mp3", "/my music", "file:///my%20music/a%0Ab.mp3"),
            (b"caf\xe9.mp3", "http://nas", "http://nas/caf%E9.mp3"),
        ],
    )
    def test_names(self, name, root, expected):
        assert PathStyle(root).path(name if isinstance(name, bytes) else name.encode()) == expected

    @pytest.mark.parametrize(
        ("name", "root", "expected"),
        [
            ("a/b.mp3", None, "a\\b.mp3"),
            ("a/b.mp3", "\\\\nas\\music\\", "\\\\nas\\music\\a\\b.mp3"),
            ('Who?/"a": b|c*.mp3', "D:/", "D:\\Who_\\_a__ b_c_.mp3"),
            ("back\\slash/a\tb.mp3", None, "back_slash\\a_b.mp3"),
            ("Volume 1./etc. /a.mp3", None, "Volume 1_\\etc__\\a.mp3"),
            ("con/NUL.mp3/console.mp3", None, "con_\\NUL_.mp3\\console.mp3"),
            ("#1/a.mp3", None, ".\\#1\\a.mp3"),
        ],
    )
    def test_names_on_windows(self, name, root, expected):
        assert PathStyle(root, windows=True).path(name.encode()) == expected

    @pytest.mark.parametrize(
        ("name", "style"),
        [
            (b"caf\xe9.mp3", PathStyle()),
            (b"caf\xe9.mp3", PathStyle("D:\\Music", windows=True)),
            (b"a\nb.mp3", PathStyle()),
            (b"a\nb.mp3", PathStyle("C:/Music")),
        ],
    )
    def test_names_that_no_line_can_hold(self, name, style):
        with pytest.raises(PathError, match="its name"):
            style.path(name)

    def test_a_name_that_is_not_utf_8(self, export, tracks, settings):
        Track.objects.filter(pk=tracks[0].pk).update(path="caf\\xe9.wav", path_bytes=b"caf\xe9.wav")
        selection = {"tracks": [track.pk for track in tracks[:2]]}
        first, _ = read_m3u(export(selection).body)
        assert first.path == f"file://{settings.AUDIO_DIR}/caf%E9.wav"
        response = export(selection, paths="relative")
        assert paths(response) == ["1.wav"]
        assert b"# Left out: caf\\xe9.wav (its name is not UTF-8)" in response.body
        assert b"caf\\xe9.wav" in export(selection, kind="csv").body


def test_who_may_look_may_export(export, client, tracks, settings):
    export({"tracks": [tracks[0].pk]})
    settings.LOGIN_REQUIRED = True
    export({"tracks": [tracks[0].pk]}, 401)


def test_any_accept_header(client, tracks):
    response = client.post(
        "/api/v1/playlists/export/",
        {"selection": {"tracks": [tracks[0].pk]}},
        "application/json",
        headers={"Accept": "audio/x-mpegurl"},
    )
    assert response.status_code == 200
