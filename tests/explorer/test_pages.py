"""The pages that are made on the server: what they say without a script."""

import re

import pytest

from explorer.facts import clock, facts, title
from tracks.models import Tag, Track


class TestTrackPage:
    def test_names_lead_to_the_pages_of_what_they_name(self, client, library):
        track = library.add_track(1)
        page = client.get(f"/tracks/{track.pk}").content.decode()
        assert "<title>Title 1 · Music Explore</title>" in page
        assert f'<a href="/artists/{track.artists.get().pk}">Artist 1</a>' in page
        assert f'<a href="/albums/{track.album_id}">Album 1</a>' in page
        assert f'href="/tags/{track.tags.get().pk}"' in page
        assert '<img class="track-cover" src="/covers/c.jpg" alt=""' in page

    def test_what_strangers_wrote_into_their_files_is_text(self, client, library):
        track = library.add_track(1)
        track.title = "<script>alert(1)</script>"
        track.path = '"><img src=x>.wav'
        track.save()
        track.tags.add(Tag.objects.create(category='"onload="', name="<b>"))
        page = client.get(f"/tracks/{track.pk}").content.decode()
        assert "<script>alert" not in page
        assert "<img src=x>" not in page
        assert "<b>" not in page
        assert 'title=""onload' not in page

    def test_nothing_but_a_path_is_known(self, client, db):
        track = Track.objects.create(path="a/b.mp3", path_bytes=b"a/b.mp3", state="catalogue")
        page = client.get(f"/tracks/{track.pk}").content.decode()
        assert "<h1>b.mp3</h1>" in page
        assert "artist unknown" in page

    def test_questions_to_the_database_do_not_grow(
        self, client, library, django_assert_num_queries
    ):
        track = library.add_track(1)
        track.tags.add(*(Tag.objects.create(name=f"t{number}") for number in range(20)))
        # The track, its credits, its tags, and what may be the same recording.
        with django_assert_num_queries(4):
            client.get(f"/tracks/{track.pk}")

    @pytest.mark.parametrize("address", ["/tracks/1", "/tracks/99999999999999999999", "/tracks/a"])
    def test_no_such_track_is_a_page(self, client, db, address):
        response = client.get(address)
        assert response.status_code == 404
        assert "There is nothing at this address" in response.content.decode()


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0:00"), (59.4, "0:59"), (11.9996, "0:12"), (187, "3:07"), (3723, "1:02:03")],
)
def test_clock(seconds, written):
    assert clock(seconds) == written


def test_facts_are_written_for_people_and_the_unknown_is_left_out():
    track = Track(path="a/b.mp3")
    assert title(track) == "b.mp3"
    assert facts(track) == [("File", "a/b.mp3")]
    track = Track(
        path="c.wav",
        title="C",
        duration=187,
        year=1999,
        disc=2,
        number=7,
        codec="pcm_s16le",
        sample_rate=44100,
        channels=2,
        loudness=-9.84,
    )
    assert title(track) == "C"
    assert facts(track) == [
        ("Length", "3:07"),
        ("Year", "1999"),
        ("Place on the album", "disc 2, track 7"),
        ("Format", "PCM, 44.1 kHz, stereo"),
        ("Loudness", "-9.8 LUFS"),
        ("File", "c.wav"),
    ]


@pytest.mark.parametrize("address", ["/", "/compare"])
class TestPlaylistDialogue:
    """It begins with the paths that the settings ask for."""

    def checked(self, page: str) -> list[str]:
        return re.findall(r'name="(?:paths|windows)"(?: value="(\w+)")? checked', page)

    def test_without_settings(self, client, db, address):
        assert self.checked(client.get(address).content.decode()) == ["absolute"]

    def test_below_another_folder(self, client, db, settings, address):
        settings.PLAYLIST_ROOT = 'D:\\My "Music"'
        settings.PLAYLIST_WINDOWS_PATHS = True
        page = client.get(address).content.decode()
        assert self.checked(page) == ["rooted", ""]
        assert 'value="D:\\My &quot;Music&quot;"' in page

    def test_relative_for_windows(self, client, db, settings, address):
        settings.PLAYLIST_WINDOWS_PATHS = True
        assert self.checked(client.get(address).content.decode()) == ["relative", ""]


@pytest.mark.parametrize(
    ("address", "prefix", "none"),
    [
        ("/search", "search", "nearest"),
        ("/search/file", "search", "nearest"),
        ("/search/words", "words", "best"),
    ],
)
def test_each_way_to_search_asks_how_varied_what_is_found_shall_be(
    client, db, address, prefix, none
):
    page = client.get(address).content.decode()
    for name in ("per-artist", "spread"):
        assert page.count(f'id="{prefix}-{name}"') == 1
    assert f"none: the {none} only" in page


@pytest.mark.parametrize(
    ("address", "marked"),
    [
        ("/search", '<a href="/search" aria-current="page">'),
        ("/search/words", '<a href="/search" aria-current="true">'),
        ("/artists/{artist}", '<a href="/artists" aria-current="true">'),
    ],
)
def test_the_part_of_the_site_is_marked_in_its_navigation(client, library, address, marked):
    artist = library.add_track(1).artists.get()
    page = client.get(address.format(artist=artist.pk)).content.decode()
    header, _, _ = page.partition("</header>")
    assert marked in header
    assert header.count("aria-current") == 1


def test_an_icon_is_where_browsers_look_for_it(client, db):
    assert client.get("/favicon.ico").headers["Location"].endswith("favicon.svg")
