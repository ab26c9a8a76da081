import pytest

from tracks.models import Album, Artist, Tag, Track, TrackArtist
from tracks.queries import (
    LibraryCounts,
    library_counts,
    search_tracks,
    used,
    with_names,
    with_track_counts,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def library():
    """A present, a missing, an unreadable track and one of the catalogue."""
    band = Artist.objects.create(name="Sigur Rós", key="a")
    gone = Artist.objects.create(name="Gone", key="b")
    album = Album.objects.create(title="Ágætis byrjun", key="a", artist=band)
    tag = Tag.objects.create(category="genre", name="post-rock")
    rows = [
        ("present", "Svefn-g-englar", band),
        ("missing", "Lost", gone),
        ("unreadable", "Broken", gone),
        ("catalogue", "Elsewhere", band),
    ]
    for number, (state, title, artist) in enumerate(rows):
        path = f"folder/{number}.mp3"
        track = Track.objects.create(
            path=path, path_bytes=path.encode(), title=title, state=state, duration=1800
        )
        TrackArtist.objects.create(track=track, artist=artist)
        if state == "present":
            track.album = album
            track.save()
            track.tags.add(tag)


def titles(text: str) -> set[str]:
    return set(search_tracks(Track.objects.all(), text).values_list("title", flat=True))


def test_counts(library, settings):
    settings.AUDIO_DIR = "/music"
    assert library_counts() == LibraryCounts(
        tracks=4, playable=1, artists=2, albums=1, tags=1, hours=0.5
    )


def test_counts_of_an_empty_library():
    assert library_counts() == LibraryCounts(0, 0, 0, 0, 0, 0.0)


def test_artists_with_the_number_of_their_tracks(library):
    Artist.objects.create(name="Nobody", key="c")
    counts = with_track_counts(Artist.objects.all()).values_list("name", "track_count")
    assert dict(counts) == {"Sigur Rós": 2, "Gone": 2, "Nobody": 0}
    assert {artist.name for artist in used(Artist.objects.all())} == {"Sigur Rós", "Gone"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sigur ros", {"Svefn-g-englar", "Elsewhere"}),
        ("SIGUR RÓS", {"Svefn-g-englar", "Elsewhere"}),
        ("agætis", {"Svefn-g-englar"}),
        ("ROS englar", {"Svefn-g-englar"}),  # words of different fields
        ("post-rock", {"Svefn-g-englar"}),
        ("folder/2", {"Broken"}),
        ("100%", set()),
        ("zz\0zz", set()),
        ("", {"Svefn-g-englar", "Lost", "Broken", "Elsewhere"}),
    ],
)
def test_search(library, text, expected):
    assert titles(text) == expected


def test_names_come_in_a_constant_number_of_queries(library, django_assert_num_queries):
    with django_assert_num_queries(3):
        for track in with_names(Track.objects.all()):
            str(track.album)
            [credit.artist.name for credit in track.credits.all()]
            list(track.tags.all())
