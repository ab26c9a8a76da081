import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.tracks.planner import told_of
from tracks.jamendo.loading import JamendoSummary, load_jamendo
from tracks.jamendo.parsing import Names, WrongFile, jamendo_id, read_metadata, read_names
from tracks.models import Album, Artist, Tag, Track, TrackArtist

HEADER = "TRACK_ID\tARTIST_ID\tALBUM_ID\tPATH\tDURATION\tTAGS"
ROWS = [
    "track_0000948\tartist_000087\talbum_000149\t48/948.mp3\t212.7\tmood/theme---background",
    "track_0000950\tartist_000087\talbum_000149\t50/950.mp3\t248.0\tgenre---rock\tgenre---pop",
    "track_0002165\tartist_000326\talbum_000347\t65/2165.mp3\t229.0\tmood/theme---film",
]
# Not in the order of the data set's own file: its header says what is where.
NAMES_HEADER = (
    "ARTIST_NAME\tTRACK_ID\tTRACK_NAME\tALBUM_ID\tALBUM_NAME\tARTIST_ID\tURL\tRELEASEDATE"
)
NAMES = [
    "The Band\ttrack_0000948\tFirst\talbum_000149\tThe Album\tartist_000087\thttp\t2005-04-11",
    "The Band\ttrack_0000950\tSecond\talbum_000149\tThe Album\tartist_000087\thttp\t2005-04-11",
    "Other\ttrack_0002165\tThird\talbum_000347\tFilms\tartist_000326\thttp\t",
]

REAL_FILE = Path(
    os.environ.get(
        "JAMENDO_TEST_FILE",
        Path(__file__).parents[3] / "shared/data/jamendo/autotagging_moodtheme.tsv",
    )
)


@pytest.fixture
def write(tmp_path):
    def written(lines: list[str], name: str = "tracks.tsv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return written


@pytest.fixture
def load(write):
    def loaded(rows=ROWS, names=None, **options) -> JamendoSummary:
        metadata = read_metadata(write([HEADER, *rows]))
        given = read_names(write([NAMES_HEADER, *names], "names.tsv")) if names else Names()
        return load_jamendo(metadata, given, **options)

    return loaded


def make_track(path: str, **values) -> Track:
    return Track.objects.create(path=path, path_bytes=path.encode(), **values)


def counts(summary: JamendoSummary) -> tuple[int, int, int, int]:
    return summary.created, summary.changed, summary.unchanged, summary.not_indexed


# --- reading ---


def test_lines_of_different_length(write):
    metadata = read_metadata(write([HEADER, *ROWS]))
    assert [row.tags for row in metadata.rows] == [
        (("mood/theme", "background"),),
        (("genre", "rock"), ("genre", "pop")),
        (("mood/theme", "film"),),
    ]
    assert (metadata.rows[0].path, metadata.rows[0].duration) == ("48/948.mp3", 212.7)
    assert not metadata.bad_lines


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("track_1\tartist_1", "2 fields"),
        ("track_1\tartist_1\talbum_1\ta.mp3\t10", "5 fields"),
        ("track_1\tartist_1\talbum_1\ta.mp3\tlong\tgenre---rock", "'long' is no duration"),
        ("track_1\tartist_1\talbum_1\ta.mp3\tnan\tgenre---rock", "'nan' is no duration"),
        ("track_1\tartist_1\talbum_1\ta.mp3\t-1\tgenre---rock", "'-1' is no duration"),
        ("track_1\tartist_1\talbum_1\t/etc/a.mp3\t1\tgenre---rock", "no path below"),
        ("track_1\tartist_1\talbum_1\t../a.mp3\t1\tgenre---rock", "no path below"),
        ("track_1\tartist_1\talbum_1\ta\0.mp3\t1\tgenre---rock", "NUL"),
        ("track_1\tartist_1\talbum_1\t\t1\tgenre---rock", "no path below"),
        ("track_1\t\talbum_1\ta.mp3\t1\tgenre---rock", "an id is empty"),
        ("track_1\tartist_1\talbum_1\ta.mp3\t1\trock", "'rock' is no tag"),
        ("track_1\tartist_1\talbum_1\ta.mp3\t1\tgenre---", "'genre---' is no tag"),
        ("track_0000948\tartist_1\talbum_1\ta.mp3\t1\tgenre---rock", "named before"),
        ("track_1\tartist_1\talbum_1\t48/948.mp3\t1\tgenre---rock", "named before"),
    ],
)
def test_lines_that_make_no_sense_are_left_out_with_the_reason(write, line, reason):
    metadata = read_metadata(write([HEADER, ROWS[0], "", line, ROWS[1]]))
    assert len(metadata.rows) == 2
    (bad,) = metadata.bad_lines
    assert bad.number == 4
    assert reason in bad.reason


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["a,b,c"], "first line should be TRACK_ID"),
        ([""], "first line should be TRACK_ID"),
        ([NAMES_HEADER, *NAMES], "--meta"),
        ([HEADER], "no line that makes sense"),
        ([HEADER, "x", "y"], "line 2, 1 fields"),
    ],
)
def test_a_wrong_file_is_refused(write, lines, message):
    with pytest.raises(WrongFile, match=message):
        read_metadata(write(lines))


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_bytes(b"\xff\xfe\0\0")
    with pytest.raises(WrongFile, match="UTF-8"):
        read_metadata(path)


def test_names_are_read_by_the_header(write):
    names = read_names(write([NAMES_HEADER, *NAMES]))
    assert names.tracks["track_0000950"] == "Second"
    assert names.artists == {"artist_000087": "The Band", "artist_000326": "Other"}
    assert names.albums == {"album_000149": "The Album", "album_000347": "Films"}
    assert names.years == {"album_000149": 2005}
    with pytest.raises(WrongFile, match="ARTIST_NAME"):
        read_names(write([HEADER, *ROWS]))


def test_ids():
    assert jamendo_id("track_0000948", "track") == 948
    assert jamendo_id("artist_000087", "track") is None
    assert jamendo_id("calm_acoustic_1", "track") is None


# --- loading ---


@pytest.mark.django_db
def test_indexed_tracks_are_found_by_path(load):
    first = make_track("48/948.mp3", title="948")
    second = make_track("50/950.low.mp3", title="950")
    other = make_track("other.mp3")
    summary = load(names=NAMES)
    assert counts(summary) == (0, 2, 0, 1)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.title, first.jamendo_id) == ("First", 948)
    assert (second.title, second.jamendo_id) == ("Second", 950)
    album = Album.objects.get()
    assert first.album == second.album == album
    assert (album.title, album.jamendo_id, album.year) == ("The Album", 149, 2005)
    assert (album.artist.name, album.artist.jamendo_id) == ("The Band", 87)
    assert [artist.name for artist in first.artists.all()] == ["The Band"]
    assert sorted(map(str, second.tags.all())) == ["genre---pop", "genre---rock"]
    assert other.tags.count() == other.artists.count() == 0


@pytest.mark.django_db
def test_the_planner_is_told_of_many_rows(load, monkeypatch):
    with told_of(3, monkeypatch):
        load(names=NAMES, create=True)


@pytest.mark.django_db
def test_loading_twice_changes_nothing(load):
    make_track("48/948.mp3")
    load(names=NAMES, create=True)
    before = list(Track.objects.order_by("pk").values())
    assert counts(load(names=NAMES, create=True)) == (0, 0, 3, 0)
    assert list(Track.objects.order_by("pk").values()) == before
    assert (Artist.objects.count(), Album.objects.count(), Tag.objects.count()) == (2, 2, 4)


@pytest.mark.django_db
def test_all_makes_tracks_of_the_catalogue(load):
    make_track("48/948.mp3")
    assert counts(load(create=True)) == (2, 1, 0, 0)
    track = Track.objects.get(jamendo_id=2165)
    assert (track.state, track.path, track.title) == ("catalogue", "65/2165.mp3", "2165")
    assert bytes(track.path_bytes) == b"65/2165.mp3"
    assert track.duration == 229.0
    assert track.album.artist.name == "Jamendo artist 326"


@pytest.mark.django_db
def test_a_corrected_file_updates_and_says_what_changed(load):
    load(create=True)
    corrected = [
        ROWS[0].replace("212.7", "213").replace("background", "calm"),
        ROWS[1].replace("50/950.mp3", "new/950.mp3"),
        ROWS[2].replace("artist_000326", "artist_000087"),
    ]
    summary = load(corrected, create=True)
    assert counts(summary) == (0, 3, 0, 0)
    assert dict(summary.changes) == {"duration": 1, "tags": 1, "path": 1, "artist": 1}
    assert "3 changed (" in str(summary)
    assert "tags 1" in str(summary)
    assert Track.objects.get(jamendo_id=948).duration == 213
    moved = Track.objects.get(jamendo_id=950)
    assert (moved.path, bytes(moved.path_bytes)) == ("new/950.mp3", b"new/950.mp3")
    assert Track.objects.get(jamendo_id=2165).artists.get().jamendo_id == 87


@pytest.mark.django_db
def test_paths_and_durations_of_real_files_are_not_the_catalogues_to_say(load):
    make_track("moved/948.mp3", jamendo_id=948, duration=212.68)
    load()
    track = Track.objects.get(jamendo_id=948)
    assert (track.path, track.duration) == ("moved/948.mp3", 212.68)


@pytest.mark.django_db
def test_names_given_later_win(load):
    make_track("48/948.mp3")
    load()
    assert Artist.objects.get().name == "Jamendo artist 87"
    load(names=NAMES)
    assert Artist.objects.get().name == "The Band"
    assert Album.objects.get().title == "The Album"
    load()  # and are not lost again
    assert Artist.objects.get().name == "The Band"
    assert Track.objects.get().title == "First"


@pytest.mark.django_db
def test_without_names_those_of_the_files_stay(load):
    artist = Artist.objects.create(name="From the file", key="name\x1ffrom the file")
    album = Album.objects.create(title="Its album", key="x", cover="c.webp")
    track = make_track("48/948.mp3", title="Its title", album=album)
    TrackArtist.objects.create(track=track, artist=artist)
    load()
    track.refresh_from_db()
    assert track.title == "Its title"
    assert (track.album.title, track.album.cover) == ("Its album", "c.webp")
    assert (track.album.jamendo_id, track.album.artist.jamendo_id) == (149, 87)
    assert [artist.name for artist in track.artists.all()] == ["From the file"]


@pytest.mark.django_db
def test_tags_of_the_files_categories_become_those_of_the_file(load):
    track = make_track("50/950.mp3")
    track.tags.set(
        [
            Tag.objects.create(category="genre", name="wrong"),
            Tag.objects.create(category="mood/theme", name="wrong"),
            Tag.objects.create(category="instrument", name="kept"),
        ]
    )
    load()
    assert sorted(map(str, track.tags.all())) == [
        "genre---pop",
        "genre---rock",
        "instrument---kept",
    ]


@pytest.mark.django_db
def test_a_track_that_was_moved_is_found_by_its_id(load):
    track = make_track("elsewhere/x.mp3", jamendo_id=948)
    assert counts(load(names=NAMES)) == (0, 1, 0, 2)
    track.refresh_from_db()
    assert track.title == "First"


@pytest.mark.django_db
def test_an_id_goes_to_the_track_at_the_path(load):
    old = make_track("elsewhere/x.mp3", jamendo_id=948)
    new = make_track("48/948.mp3")
    load()
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.jamendo_id, new.jamendo_id) == (None, 948)


@pytest.mark.django_db
def test_ids_of_ones_own_are_never_jamendo_ids(load):
    track = make_track("calm/calm_1.opus")
    load(["calm_1\tace\tcalm\tcalm/calm_1.opus\t31\tmood/theme---calm"])
    track.refresh_from_db()
    assert (track.jamendo_id, track.album.jamendo_id) == (None, None)
    assert track.artists.get().jamendo_id is None


@pytest.mark.django_db
def test_command_reports_lines_and_refuses_before_writing(write, capsys):
    make_track("48/948.mp3")
    call_command("load_jamendo_data", str(write([HEADER, "bad", *ROWS])))
    output = capsys.readouterr()
    assert output.out == (
        "3 rows: 0 tracks new, 1 changed (title 1, album 1, jamendo id 1, artist 1, tags 1), "
        "0 as they were, 2 not indexed, 1 lines left out.\n"
    )
    assert "line 2: 1 fields" in output.err
    with pytest.raises(CommandError, match="first line"):
        call_command("load_jamendo_data", str(write(["wrong"])))
    with pytest.raises(CommandError, match="no names file"):
        good = write([HEADER, ROWS[2]])
        call_command("load_jamendo_data", str(good), "--meta", str(good), "--all")
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_jamendo_data", "/nowhere.tsv")
    assert Track.objects.count() == 1


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(load, django_assert_max_num_queries):
    rows = [
        f"track_{n}\tartist_{n % 7}\talbum_{n % 30}\t{n % 100:02}/{n}.mp3\t9\tgenre---g{n % 9}"
        for n in range(1, 500)
    ]
    with django_assert_max_num_queries(30):
        load(rows, create=True)
    assert Track.objects.count() == 499


@pytest.mark.django_db
@pytest.mark.skipif(not REAL_FILE.exists(), reason="no file of the MTG-Jamendo data set here")
def test_the_real_file():
    metadata = read_metadata(REAL_FILE)
    summary = load_jamendo(metadata, create=True)
    assert (summary.created, summary.bad_lines) == (18_486, [])
    assert Track.objects.filter(state="catalogue", jamendo_id__isnull=False).count() == 18_486
    track = Track.objects.get(jamendo_id=3346)
    assert sorted(map(str, track.tags.all())) == ["mood/theme---calm", "mood/theme---melodic"]
    links = Track.tags.through.objects.count()
    assert links == sum(len(row.tags) for row in metadata.rows)
    assert Tag.objects.count() == len({tag for row in metadata.rows for tag in row.tags})


# --- the demo's files ---


@pytest.mark.django_db
def test_the_demo_music_is_described():
    folder = Path(__file__).parents[2] / "tracks" / "demo"
    metadata = read_metadata(folder / "tracks.tsv")
    load_jamendo(metadata, read_names(folder / "names.tsv"), create=True)
    assert Track.objects.count() == 28
    assert Track.objects.filter(jamendo_id=None).count() == 28
    assert Artist.objects.get().name == "ACE-Step 1.5"
    moods = ["Calm", "Energetic", "Happy", "Nostalgic", "Tender"]
    assert list(Album.objects.values_list("title", flat=True)) == moods
    track = Track.objects.get(path="calm/calm_acoustic_1.opus")
    assert track.title == "Calm, acoustic 1"
    assert {tag.category for tag in track.tags.all()} == {"genre", "instrument", "mood/theme"}
