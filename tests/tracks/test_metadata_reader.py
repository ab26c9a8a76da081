"""The same tags, written by mutagen into each container, are read as the same fields."""

import os

import mutagen
import pytest
from mutagen.apev2 import APEv2
from mutagen.asf import ASF
from mutagen.id3 import ID3, TALB, TCMP, TCON, TDRC, TIT2, TPE1, TPE2, TPOS, TRCK, TXXX, UFID
from mutagen.mp4 import MP4

from tests.tracks.sounds import write_audio
from tracks.metadata.containers import MetadataError
from tracks.metadata.reader import FileTags, interpret, read_tags

ARTIST_IDS = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"]
ALBUM_ARTIST_ID = "33333333-3333-4333-8333-333333333333"
RELEASE_ID = "44444444-4444-4444-8444-444444444444"
RECORDING_ID = "55555555-5555-4555-8555-555555555555"

EXPECTED = FileTags(
    title="Ágætis byrjun",
    artists=["Sigur Rós", "Björk"],
    artist_ids=ARTIST_IDS,
    album_artist="Sigur Rós",
    album_artist_id=ALBUM_ARTIST_ID,
    album="Ny batterí",
    release_id=RELEASE_ID,
    recording_id=RECORDING_ID,
    disc=2,
    number=3,
    year=1999,
    compilation=True,
    genres=["post-rock", "ambient"],
)

VORBIS = {
    "title": "Ágætis byrjun",
    "artist": ["Sigur Rós", "Björk"],
    "musicbrainz_artistid": ARTIST_IDS,
    "albumartist": "Sigur Rós",
    "musicbrainz_albumartistid": ALBUM_ARTIST_ID,
    "album": "Ny batterí",
    "musicbrainz_albumid": RELEASE_ID,
    "musicbrainz_trackid": RECORDING_ID,
    "discnumber": "2",
    "tracknumber": "03/10",
    "date": "1999-06-12",
    "compilation": "1",
    "genre": ["Post-Rock", "Ambient"],
}


def id3_frames():
    return [
        TIT2(text="Ágætis byrjun"),
        TPE1(text=["Sigur Rós", "Björk"]),
        TPE2(text="Sigur Rós"),
        TALB(text="Ny batterí"),
        TPOS(text="2/2"),
        TRCK(text="03/10"),
        TDRC(text="1999-06-12"),
        TCMP(text="1"),
        TCON(text=["Post-Rock", "(26)"]),  # 26 is Ambient in ID3v1's list
        TXXX(desc="MusicBrainz Artist Id", text=ARTIST_IDS),
        TXXX(desc="MusicBrainz Album Artist Id", text=ALBUM_ARTIST_ID),
        TXXX(desc="MusicBrainz Album Id", text=RELEASE_ID),
        UFID(owner="http://musicbrainz.org", data=RECORDING_ID.encode()),
    ]


def tag_id3(path):
    audio = mutagen.File(path)
    if audio.tags is None:
        audio.add_tags()
    for frame in id3_frames():
        audio.tags.add(frame)
    audio.save()


def tag_bare_id3(path):
    """AAC streams have no tags of their own, but players put ID3 in front."""
    tags = ID3()
    for frame in id3_frames():
        tags.add(frame)
    tags.save(path)


def tag_vorbis(path):
    audio = mutagen.File(path)
    audio.update(VORBIS)
    audio.save()


def tag_mp4(path):
    audio = MP4(path)
    own = "----:com.apple.iTunes:MusicBrainz "
    audio.update(
        {
            "©nam": "Ágætis byrjun",
            "©ART": ["Sigur Rós", "Björk"],
            "aART": "Sigur Rós",
            "©alb": "Ny batterí",
            "disk": [(2, 2)],
            "trkn": [(3, 10)],
            "©day": "1999-06-12",
            "cpil": True,
            "©gen": ["Post-Rock", "Ambient"],
            own + "Artist Id": [value.encode() for value in ARTIST_IDS],
            own + "Album Artist Id": ALBUM_ARTIST_ID.encode(),
            own + "Album Id": RELEASE_ID.encode(),
            own + "Track Id": RECORDING_ID.encode(),
        }
    )
    audio.save()


def tag_asf(path):
    audio = ASF(path)
    audio.update(
        {
            "Title": "Ágætis byrjun",
            "Author": ["Sigur Rós", "Björk"],
            "WM/AlbumArtist": "Sigur Rós",
            "WM/AlbumTitle": "Ny batterí",
            "WM/PartOfSet": "2",
            "WM/TrackNumber": "3",
            "WM/Year": "1999",
            "WM/IsCompilation": True,
            "WM/Genre": ["Post-Rock", "Ambient"],
            "MusicBrainz/Artist Id": ARTIST_IDS,
            "MusicBrainz/Album Artist Id": ALBUM_ARTIST_ID,
            "MusicBrainz/Album Id": RELEASE_ID,
            "MusicBrainz/Track Id": RECORDING_ID,
        }
    )
    audio.save()


def tag_ape(path):
    mutagen.File(path).delete()
    tags = APEv2()
    names = {"albumartist": "Album Artist", "discnumber": "Disc", "tracknumber": "Track"}
    for name, value in VORBIS.items():
        tags[names.get(name, name)] = value
    tags.save(path)


@pytest.mark.parametrize(
    ("extension", "tag"),
    [
        (".mp3", tag_id3),
        (".mp3", tag_ape),
        (".wav", tag_id3),
        (".aiff", tag_id3),
        (".aac", tag_bare_id3),
        (".flac", tag_vorbis),
        (".oga", tag_vorbis),
        (".opus", tag_vorbis),
        (".m4a", tag_mp4),
        (".wma", tag_asf),
    ],
)
def test_every_container(tmp_path, extension, tag):
    path = write_audio(tmp_path / f"song{extension}")
    tag(path)
    assert read_tags(os.fsencode(path)) == EXPECTED


def test_riff_info_of_wav_files(tmp_path):
    path = write_audio(tmp_path / "song.wav", {"title": "A title", "artist": "Somebody"})
    tags = read_tags(os.fsencode(path))
    assert (tags.title, tags.artists) == ("A title", ["Somebody"])


def test_a_file_without_tags(tmp_path):
    for extension in (".mp3", ".flac", ".m4a", ".aiff"):
        path = write_audio(tmp_path / f"song{extension}")
        mutagen.File(path).delete()
        assert read_tags(os.fsencode(path)) == FileTags()


def test_id3v1_alone(tmp_path):
    path = write_audio(tmp_path / "song.mp3")
    mutagen.File(path).delete()
    block = b"TAG" + b"Title".ljust(30, b"\0") + b"\xcf\xf0\xe8\xe2\xe5\xf2".ljust(30, b"\0")
    block += b"Album".ljust(30, b"\0") + b"1999" + b"".ljust(30, b"\0") + b"\x11"
    with path.open("ab") as file:
        file.write(block)
    tags = read_tags(os.fsencode(path))
    assert (tags.title, tags.artists, tags.year) == ("Title", ["Привет"], 1999)
    assert tags.genres == ["rock"]


@pytest.mark.parametrize("damage", [100, 1000])
@pytest.mark.parametrize("extension", [".mp3", ".flac", ".m4a", ".opus", ".wma", ".wav", ".aiff"])
def test_broken_files_are_an_error_or_nothing_else(tmp_path, extension, damage):
    path = write_audio(tmp_path / f"song{extension}")
    data = bytearray(path.read_bytes())
    data[20:damage] = b"\xff\0" * ((damage - 20) // 2)
    path.write_bytes(data)
    try:
        read_tags(os.fsencode(path))
    except MetadataError as error:
        assert str(error)


def test_a_file_that_is_gone(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_tags(os.fsencode(tmp_path / "gone.mp3"))


@pytest.mark.parametrize(
    ("values", "artists"),
    [
        (["A; B"], ["A", "B"]),
        (["A feat. B"], ["A", "B"]),
        (["AC/DC"], ["AC/DC"]),
        (["A", "a "], ["a"]),
        (["Unknown Artist"], []),
        (["<unknown>", "Various Artists", ""], []),
        (["A\0B"], ["A B"]),
    ],
)
def test_artists(values, artists):
    assert interpret({"artist": values}).artists == artists


@pytest.mark.parametrize(
    ("raw", "name", "value"),
    [
        ({"tracknumber": ["0"]}, "number", None),
        ({"tracknumber": ["99999"]}, "number", None),
        ({"tracknumber": ["A3"]}, "number", None),
        ({"date": ["12/06/1999"]}, "year", 1999),
        ({"date": ["19990612"]}, "year", 1999),
        ({"date": ["0"]}, "year", None),
        ({"compilation": ["0"]}, "compilation", False),
        ({"albumartist": ["Various Artists"]}, "compilation", True),
        ({"album": ["Unknown Album"]}, "album", ""),
        ({"genre": ["Rock; Pop", "rock"]}, "genres", ["rock", "pop"]),
        ({"musicbrainz_albumid": ["no id"]}, "release_id", ""),
        ({"title": ["", "\0"]}, "title", ""),
        ({"title": ["a\0b\ud800"]}, "title", "a b?"),
        ({"title": ["x" * 600]}, "title", "x" * 500),
    ],
)
def test_odd_values(raw, name, value):
    assert getattr(interpret(raw), name) == value
