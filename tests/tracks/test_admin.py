import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tracks.metadata.covers import covers_folder
from tracks.models import Album, Artist, Tag, Track, TrackArtist

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(settings, tmp_path):
    settings.MUSICEXPLORE_HOME = tmp_path
    return lambda number: [make_track(index) for index in range(number)]


def make_track(number: int) -> Track:
    artist = Artist.objects.create(name=f"Björk {number}", key=f"a{number}")
    album = Album.objects.create(title=f"Début {number}", key=f"b{number}", artist=artist)
    path = f"{number}.mp3"
    track = Track.objects.create(
        path=path, path_bytes=path.encode(), title=f"Title {number}", album=album, duration=125
    )
    TrackArtist.objects.create(track=track, artist=artist)
    track.tags.add(Tag.objects.create(category="genre", name=f"rock {number}"))
    return track


@pytest.mark.parametrize("query", [{}, {"q": "1"}])
@pytest.mark.parametrize("model", ["track", "artist", "album", "tag"])
def test_lists_take_a_constant_number_of_queries(
    admin_client, library, model, query, django_assert_num_queries
):
    library(2)
    url = reverse(f"admin:tracks_{model}_changelist")
    with CaptureQueriesContext(connection) as few:
        assert admin_client.get(url, query).context["cl"].result_count >= 1
    for table in (Track, Album, Artist, Tag):
        table.objects.all().delete()
    library(20)
    with django_assert_num_queries(len(few)):
        assert admin_client.get(url, query).context["cl"].result_count >= 11


def test_the_list_of_tracks_says_who_and_how_long(admin_client, library):
    library(1)
    page = admin_client.get(reverse("admin:tracks_track_changelist")).content.decode()
    assert "Björk 0" in page
    assert "2:05" in page


@pytest.mark.parametrize(
    ("model", "text", "found"),
    [("track", "bjork 2", 1), ("artist", "BJORK", 3), ("album", "debut 1", 1), ("tag", "x", 0)],
)
def test_search(admin_client, library, model, text, found):
    library(3)
    url = reverse(f"admin:tracks_{model}_changelist")
    assert admin_client.get(url, {"q": text}).context["cl"].result_count == found


def test_a_track_is_changed_with_its_artists_and_never_added(admin_client, library):
    (track,) = library(1)
    url = reverse("admin:tracks_track_change", args=[track.pk])
    form = admin_client.get(url).context["adminform"].form
    assert "path" not in form.fields
    credit = track.credits.get()
    other = Artist.objects.create(name="Other", key="o")
    answer = admin_client.post(
        url,
        {
            "title": "New",
            "album": "",
            "tags": [],
            "disc": "",
            "number": "3",
            "year": "",
            "musicbrainz_id": "",
            "credits-TOTAL_FORMS": "2",
            "credits-INITIAL_FORMS": "1",
            "credits-0-id": credit.pk,
            "credits-0-track": track.pk,
            "credits-0-place": "0",
            "credits-0-artist": credit.artist_id,
            "credits-1-track": track.pk,
            "credits-1-place": "1",
            "credits-1-artist": other.pk,
        },
    )
    assert answer.status_code == 302
    track.refresh_from_db()
    assert (track.title, track.number, track.album, track.path) == ("New", 3, None, "0.mp3")
    assert [credit.artist.name for credit in track.credits.all()] == ["Björk 0", "Other"]
    assert admin_client.get(reverse("admin:tracks_track_add")).status_code == 403


def test_an_artist_is_added_once(admin_client):
    url = reverse("admin:tracks_artist_add")
    assert admin_client.post(url, {"name": "New", "musicbrainz_id": ""}).status_code == 302
    again = admin_client.post(url, {"name": "NEW", "musicbrainz_id": ""})
    assert "one of this name already" in again.content.decode()
    artist = Artist.objects.get()
    change = reverse("admin:tracks_artist_change", args=[artist.pk])
    admin_client.post(change, {"name": "Renamed", "musicbrainz_id": ""})
    key = artist.key
    artist.refresh_from_db()
    assert (artist.name, artist.key) == ("Renamed", key)


def test_an_album_is_added_and_shows_its_cover(admin_client, library):
    url = reverse("admin:tracks_album_add")
    data = {"title": "New", "artist": "", "year": "", "musicbrainz_id": ""}
    assert admin_client.post(url, data).status_code == 302
    album = Album.objects.get()
    covers_folder().mkdir()
    (covers_folder() / "c.webp").write_bytes(b"image")
    Album.objects.update(cover="c.webp")
    page = reverse("admin:tracks_album_change", args=[album.pk])
    assert "data:image/webp;base64,aW1hZ2U=" in admin_client.get(page).content.decode()
    Album.objects.update(cover="gone.webp")
    assert admin_client.get(page).status_code == 200


def test_fields_complete_themselves(admin_client, library):
    library(2)
    answer = admin_client.get(
        reverse("admin:autocomplete"),
        {"app_label": "tracks", "model_name": "track", "field_name": "album", "term": "debut"},
    )
    assert [result["text"] for result in answer.json()["results"]] == ["Début 0", "Début 1"]
