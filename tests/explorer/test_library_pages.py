"""Pages of artists, albums and tags, and their lists: what they say without a script."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from explorer import library_pages
from explorer.facts import count, years
from tracks.models import Album, Artist, Tag, Track, TrackArtist


def text_of(client, address: str) -> str:
    """A page's words."""
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def artist(library) -> Artist:
    """With three tracks of two albums, one of them in the catalogue only, and a guest."""
    first, second, third = (library.add_track(number) for number in range(3))
    artist = first.artists.get()
    for track in (second, third):
        track.credits.all().delete()
        TrackArtist.objects.create(track=track, artist=artist)
    guest = Artist.objects.create(name="Guest", key="guest")
    TrackArtist.objects.create(track=third, artist=guest, place=1)
    Track.objects.filter(pk=first.pk).update(year=1999, duration=3600)
    Track.objects.filter(pk=second.pk).update(album=first.album, duration=123)
    Track.objects.filter(pk=third.pk).update(state="catalogue", duration=None)
    Album.objects.filter(pk=third.album_id).update(year=2004)
    third.tags.set(first.tags.all())
    return artist


class TestGroups:
    def test_an_artist(self, client, artist):
        page = client.get(artist.get_absolute_url()).content.decode()
        text = text_of(client, f"/artists/{artist.pk}")
        assert "<title>Artist 0 · Music Explore</title>" in page
        assert "3 tracks · 2 albums · 1:02:03 · 1999–2004" in text
        assert "1 of these tracks is in the catalogue only" in text
        for album in Album.objects.filter(tracks__artists=artist):
            assert f'<a href="/albums/{album.pk}">{album.title}</a>' in page
        assert "Album 0 2 tracks" in text
        assert "2004 · 1 track" in text
        assert f'href="/?artists={artist.pk}">Show on the map' in page
        assert text.index("g0") < text.index("g1")  # the tag of most of its tracks
        assert f'data-condition="artists" data-id="{artist.pk}"' in page

    def test_an_album(self, client, artist):
        album = Album.objects.get(title="Album 0")
        page = client.get(album.get_absolute_url()).content.decode()
        assert '<img class="track-cover" src="/covers/c.jpg"' in page
        assert f'<a href="/artists/{artist.pk}">Artist 0</a>' in page
        assert "2 tracks · 1:02:03 · 1999" in text_of(client, f"/albums/{album.pk}")
        album.artist = None
        album.save()
        assert "artist unknown" in text_of(client, f"/albums/{album.pk}")

    def test_a_tag(self, client, artist):
        tag = Tag.objects.get(name="g0")
        text = text_of(client, tag.get_absolute_url())
        assert "genre · 2 tracks · 2 albums · 2 artists · 1:00:00 · 1999–2004" in text
        assert "Sounds like it, without the tag" in text
        Track.objects.update(state="catalogue")
        assert "All of it is in the catalogue only" in text_of(client, f"/tags/{tag.pk}")

    def test_nothing_belongs_to_it_any_more(self, client, db):
        artist = Artist.objects.create(name="Empty", key="e")
        assert "0 tracks" in text_of(client, f"/artists/{artist.pk}")

    @pytest.mark.parametrize("kind", ["artists", "albums", "tags"])
    def test_what_is_not_there(self, client, db, kind):
        for pk in (1, 99999999999999999999):
            assert client.get(f"/{kind}/{pk}").status_code == 404

    def test_what_strangers_wrote_is_text(self, client, artist):
        evil = '"><script>alert(1)</script>'
        Artist.objects.update(name=evil)
        Album.objects.update(title=evil)
        Tag.objects.update(category=evil)
        album = Album.objects.first()
        for address in (f"/artists/{artist.pk}", f"/albums/{album.pk}", "/artists", "/albums",
                        "/tags", "/artists?search=%22%3E%3Cscript"):  # fmt: skip
            assert "<script>alert" not in client.get(address).content.decode()

    def test_questions_to_the_database_do_not_grow(self, client, library, artist):
        asked = []
        for more in (3, 9):
            for number in range(more, more + 6):
                track = library.add_track(number)
                TrackArtist.objects.create(track=track, artist=artist, place=1)
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/artists/{artist.pk}")
            asked.append(len(queries))
        assert asked[0] == asked[1] <= 6

    def test_the_admin_leads_to_them(self, admin_client, artist):
        page = admin_client.get(f"/admin/tracks/artist/{artist.pk}/change/").content.decode()
        link = re.search(r'href="(/admin/r/\d+/\d+/)"', page)
        assert link is not None
        assert admin_client.get(link[1])["Location"].endswith(f"/artists/{artist.pk}")


class TestLists:
    def test_artists_with_the_number_of_their_tracks(self, client, artist):
        text = text_of(client, "/artists")
        assert "Artist 0 3 tracks" in text
        assert "Guest 1 track" in text
        assert "Artists 2 Albums 2 Tags 2" in text
        most_first = text_of(client, "/artists?order=tracks")
        assert most_first.index("Artist 0") < most_first.index("Guest")

    def test_search_is_blind_to_case_and_accents(self, client, artist):
        Artist.objects.filter(name="Guest").update(name="Sigur Rós")
        text = text_of(client, "/artists?search=SIGUR+ros")
        assert "1 artist found" in text
        assert "Artist 0" not in text
        nothing = client.get("/albums?search=%3Cb%3E").content.decode()
        assert "No albums with “&lt;b&gt;”." in nothing
        assert text_of(client, "/tags?search=%00&order=%00&page=x")

    def test_tags_stand_below_their_categories(self, client, artist):
        Tag.objects.create(name="plain").tracks.add(Track.objects.first())
        text = text_of(client, "/tags")
        assert "other tags plain 1 track genre g0 2 tracks g1 1 track" in text

    def test_page_by_page_with_what_was_searched(self, client, artist, monkeypatch):
        monkeypatch.setattr(library_pages, "PAGE_SIZE", 1)
        page = client.get("/artists?search=t&order=tracks").content.decode()
        assert "1–1 of 2 artists" in page
        assert "Page 1 of 2" in page
        (following,) = re.findall(r'rel="next" href="([^"]+)"', page)
        text = text_of(client, "/artists" + following.replace("&amp;", "&"))
        assert "Guest" in text
        assert "Artist 0" not in text
        assert "Page 2 of 2" in text

    @pytest.mark.parametrize("kind", ["artists", "albums", "tags"])
    def test_an_empty_library(self, client, db, kind):
        assert f"No {kind} yet" in text_of(client, f"/{kind}")


def test_words_for_numbers():
    assert [count(1, "track"), count(1234, "track")] == ["1 track", "1,234 tracks"]
    assert [years(None, None), years(1999, 1999), years(1999, 2004)] == ["", "1999", "1999–2004"]
