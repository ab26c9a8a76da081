"""From files with tags to tracks, artists, albums, genres and covers in the library."""

import io
import os
from pathlib import Path

import mutagen
import pytest
from django.core.management import CommandError, call_command
from mutagen.flac import Picture
from PIL import Image

from tests.tracks.planner import told_of
from tests.tracks.sounds import write_audio, write_wav
from tracks.indexing import index_audio
from tracks.metadata.covers import covers_folder
from tracks.metadata.loading import MetadataSummary, load_metadata
from tracks.models import Album, Artist, Tag, Track, TrackArtist

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(tmp_path, settings):
    settings.AUDIO_DIR = str(tmp_path / "music")
    settings.MUSICEXPLORE_HOME = tmp_path / "home"
    (tmp_path / "music").mkdir()
    return tmp_path / "music"


def add(root: Path, name: str, **tags: str | list[str]) -> Path:
    path = write_audio(root / name) if not (root / name).exists() else root / name
    audio = mutagen.File(path)
    audio.delete()
    audio.update(tags)
    audio.save()
    return path


def load(root: Path, **options) -> MetadataSummary:
    index_audio(root, folder=root)
    return load_metadata(**options)


def artists(track: Track) -> list[str]:
    return [credit.artist.name for credit in track.credits.all()]


def image(
    color: str = "red",
    size: tuple[int, int] = (900, 600),
    kind: str = "JPEG",
    mode: str = "RGB",
) -> bytes:
    data = io.BytesIO()
    Image.new(mode, size, color).save(data, kind)
    return data.getvalue()


def test_tags_become_rows(root):
    add(
        root,
        "a.flac",
        title="Title",
        artist=["First", "Second"],
        albumartist="First",
        album="Album",
        date="1999",
        tracknumber="2/9",
        discnumber="1",
        genre=["Rock", "Pop"],
    )
    summary = load(root)
    track = Track.objects.get()
    assert (summary.read, summary.without_tags, summary.problems) == (1, 0, [])
    assert (track.title, track.year, track.number, track.disc) == ("Title", 1999, 2, 1)
    assert artists(track) == ["First", "Second"]
    assert (track.album.title, track.album.artist.name, track.album.year) == (
        "Album",
        "First",
        1999,
    )
    assert sorted(map(str, track.tags.all())) == ["genre---pop", "genre---rock"]


def test_a_file_without_tags_is_called_by_its_name(root):
    write_wav(root / "03 - some_song.wav")
    assert load(root).without_tags == 1
    track = Track.objects.get()
    assert track.title == "some song"
    assert (track.album, artists(track), track.tags.count()) == (None, [], 0)


def test_the_planner_is_told_of_many_files(root, monkeypatch):
    for number in range(3):
        write_wav(root / f"{number}.wav")
    index_audio(root, folder=root)
    with told_of(2, monkeypatch):
        Track.objects.last().delete()
        load_metadata()


def test_only_new_and_changed_files_are_read(root):
    path = add(root, "a.flac", title="Old", genre="rock")
    load(root)
    assert load(root).read == 0
    assert load(root, force=True).read == 1
    add(root, "a.flac", title="New", genre="jazz")
    os.utime(path, ns=(1, 1))
    assert load(root).read == 1
    track = Track.objects.get()
    assert track.title == "New"
    assert list(map(str, track.tags.all())) == ["genre---jazz"]


def test_a_compilation_is_one_album(root):
    for number in range(3):
        add(
            root,
            f"Hits/{number}.flac",
            artist=f"Artist {number}",
            albumartist="Various Artists",
            album="Hits",
        )
    load(root)
    album = Album.objects.get()
    assert (album.compilation, album.artist, album.tracks.count()) == (True, None, 3)
    assert Artist.objects.count() == 3  # and "Various Artists" is none


def test_without_an_album_artist_the_folder_tells_albums_apart(root):
    add(root, "A/1.flac", artist="A", album="Greatest Hits")
    add(root, "B/1.flac", artist="B", album="Greatest Hits")
    add(root, "C/CD1/1.flac", artist="C", album="Greatest Hits")
    add(root, "C/CD2/1.flac", artist="C", album="Greatest hits ")
    load(root)
    assert Album.objects.count() == 3


def test_a_release_id_tells_albums_apart(root):
    ids = [f"{digit * 8}-1111-4111-8111-111111111111" for digit in "ab"]
    for name, release in (("1", ids[0]), ("other folder/2", ids[0]), ("3", ids[1])):
        add(root, f"{name}.flac", album="Same", albumartist="Same", musicbrainz_albumid=release)
    load(root)
    assert sorted(Album.objects.values_list("musicbrainz_id", flat=True)) == ids


def test_artists_of_one_name_and_two_ids_are_two(root):
    for digit in "ab":
        id = f"{digit * 8}-1111-4111-8111-111111111111"
        add(root, f"{digit}.flac", artist="John Williams", musicbrainz_artistid=id)
    add(root, "c.flac", artist="Nirvana")
    add(root, "d.flac", artist="NIRVANA ")
    load(root)
    names = ["John Williams", "John Williams", "Nirvana"]
    assert list(Artist.objects.values_list("name", flat=True)) == names


def test_unknown_artists_are_nobody(root):
    add(root, "a.flac", artist="Unknown Artist", title="A")
    add(root, "b.flac", artist="<Unknown>", title="B")
    load(root)
    assert Artist.objects.count() == 0


def test_wrong_encodings_nuls_and_endless_text(root):
    add(root, "a.flac", title="Ïðèâåò", artist="BjÃ¶rk", album="a\0b", genre="x" * 400)
    add(root, "b.flac", title="t" * 3000, artist="名" * 3000, album="名" * 3000)
    load(root)
    first, second = Track.objects.order_by("path")
    assert (first.title, artists(first)) == ("Привет", ["Björk"])
    assert first.album.title == "a b"
    assert len(first.tags.get().name) == 300
    assert (len(second.title), len(artists(second)[0])) == (500, 500)


def test_what_a_file_does_not_say_stays(root):
    add(root, "a.flac", title="Title", artist="A", album="Album", date="1999", genre="rock")
    load(root)
    add(root, "a.flac")
    load(root, force=True)
    track = Track.objects.get()
    assert (track.title, track.year, track.album.title) == ("Title", 1999, "Album")
    assert artists(track) == ["A"]
    assert track.tags.count() == 1


def test_what_came_from_jamendo_is_only_completed(root):
    add(root, "a.flac", title="T", artist="A", album="B", date="1999", genre="rock")
    add(root, "b.flac", title="T", artist="A", album="B", date="1999", genre="rock")
    index_audio(root, folder=root)
    track = Track.objects.get(path="a.flac")
    artist = Artist.objects.create(name="Jamendo's", key="j", jamendo_id=1)
    TrackArtist.objects.create(track=track, artist=artist)
    track.tags.add(Tag.objects.create(category="genre", name="jazz"))
    Track.objects.filter(pk=track.pk).update(title="Jamendo's", jamendo_id=1)
    Track.objects.filter(path="b.flac").update(jamendo_id=2)
    load_metadata()
    track.refresh_from_db()
    assert (track.title, artists(track)) == ("Jamendo's", ["Jamendo's"])
    assert (track.year, track.album.title) == (1999, "B")
    assert list(map(str, track.tags.all())) == ["genre---jazz"]
    gaps = Track.objects.get(path="b.flac")
    assert (gaps.title, artists(gaps), gaps.tags.count()) == ("T", ["A"], 1)


def test_files_that_cannot_be_read_are_reported_and_tried_again(root):
    add(root, "a.flac", title="A")
    add(root, "b.flac", title="B")
    index_audio(root, folder=root)
    (root / "a.flac").unlink()
    (root / "b.flac").write_bytes(b"fLaC" + b"\xff" * 500)
    summary = load_metadata()
    assert [path for path, _ in summary.problems] == ["a.flac", "b.flac"]
    assert all(reason for _, reason in summary.problems)
    assert load_metadata().read == 2


def test_the_number_of_queries_does_not_grow(root, django_assert_max_num_queries):
    for number in range(12):
        tags = {"artist": f"A{number}", "album": f"B{number}", "genre": f"C{number}"}
        add(root, f"{number:02}.flac", title=f"T{number}", **tags)
    index_audio(root, folder=root)
    with django_assert_max_num_queries(28):
        load_metadata()
    assert Artist.objects.count() == Album.objects.count() == Tag.objects.count() == 12


# --- covers ---


def embed(path: Path, data: bytes, kind: int = 3) -> None:
    audio = mutagen.File(path)
    picture = Picture()
    picture.data, picture.type, picture.mime = data, kind, "image/jpeg"
    audio.add_picture(picture)
    audio.save()


def cover_of(album: Album) -> Image.Image:
    return Image.open(covers_folder() / album.cover)


def average(album: Album) -> tuple[int, ...]:
    return cover_of(album).convert("RGB").resize((1, 1)).getpixel((0, 0))


def test_an_embedded_cover_becomes_a_thumbnail(root):
    path = add(root, "a.flac", album="A")
    embed(path, image("blue"), kind=4)  # the back
    embed(path, image("red"))
    (root / "cover.jpg").write_bytes(image("green"))
    assert load(root).covers == 1
    album = Album.objects.get()
    assert cover_of(album).size == (300, 200)
    assert cover_of(album).format == "WEBP"
    red, green, blue = average(album)
    assert red > 200 > 50 > max(green, blue)


@pytest.mark.parametrize("name", ["cover.jpg", "Folder.JPG", "front.png"])
def test_the_folders_image_is_the_cover(root, name):
    add(root, "A/a.flac", album="A")
    kind = "PNG" if name.endswith("png") else "JPEG"
    (root / "A" / name).write_bytes(image("green", kind=kind))
    load(root)
    assert average(Album.objects.get())[1] > 100


def test_one_file_for_equal_covers(root):
    for name in ("a", "b"):
        embed(add(root, f"{name}/x.flac", album=name), image())
    assert load(root).covers == 2
    assert len(list(covers_folder().iterdir())) == 1


@pytest.mark.parametrize(
    "data",
    [b"", b"no image", image()[:500], b"\x89PNG\r\n\x1a\n" + b"\xff" * 100],
    ids=["empty", "text", "cut", "broken"],
)
def test_a_broken_cover_is_none_and_the_next_is_taken(root, data):
    embed(add(root, "a.flac", album="A"), data)
    assert load(root).covers == 0
    assert Album.objects.get().cover == ""
    (root / "folder.jpg").write_bytes(image())
    assert load(root, force=True).covers == 1


def test_a_decompression_bomb_is_not_opened(root):
    bomb = image(size=(9000, 9000), kind="PNG", mode="1")
    assert len(bomb) < 100_000  # small on disk, 324 MB in memory as RGBA
    embed(add(root, "a.flac", album="A"), bomb)
    assert load(root).covers == 0


# --- the command ---


def test_command(root, capsys):
    add(root, "a.flac", title="A")
    index_audio(root, folder=root)
    (root / "a.flac").unlink()
    call_command("load_id3_metadata")
    output = capsys.readouterr()
    assert output.out.startswith("1 read")
    assert "a.flac: No such file" in output.err


def test_command_without_a_folder_says_what_to_do(settings):
    settings.AUDIO_DIR = ""
    with pytest.raises(CommandError, match="AUDIO_DIR"):
        call_command("load_id3_metadata")
