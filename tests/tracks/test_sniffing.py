"""Formats by their first bytes: of real files, and of what only claims to be one."""

from pathlib import Path

import pytest

from tests.embeddings import bad_files
from tracks.media import FORMATS
from tracks.sniffing import audio_format

RATE = 44_100


@pytest.mark.parametrize(
    ("name", "codec", "rate", "expected"),
    [
        ("a.mp3", "libmp3lame", RATE, "mp3"),
        ("a.flac", "flac", RATE, "flac"),
        ("a.ogg", "libopus", 48_000, "ogg"),
        ("a.opus", "libopus", 48_000, "ogg"),
        ("a.m4a", "aac", RATE, "mov"),
        ("a.aac", "aac", RATE, "aac"),
        ("a.wav", "pcm_s16le", RATE, "wav"),
        ("a.aiff", "pcm_s16be", RATE, "aiff"),
    ],
)
def test_every_format_there_is(tmp_path: Path, name, codec, rate, expected) -> None:
    path = bad_files.encode(tmp_path / name, codec, bad_files.noise(1, rate), rate, "mono")
    assert audio_format(path.read_bytes()) == expected
    assert expected in FORMATS


FRAME = bytes.fromhex("fffb9064") + bytes(400)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (FRAME, "mp3"),
        (bytes(100) + FRAME, "mp3"),
        (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "asf"),
        (b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128) + b"fLaC", "flac"),
        (b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128) + b"\xff\xf1\x50\x80", "aac"),
        (b"ID3\x04\x00\x00\x00\x7f\x7f\x7f", "mp3"),  # a picture longer than what is looked at
        (b"ID3", "mp3"),
        (b"", None),
        (bytes(50), None),
        (b"#EXTM3U\n", None),
        (b"RIFF\0\0\0\0AVI ", None),
        (b"FORM\0\0\0\0ILBM", None),
        (b"\xff\xfeh\0i\0", None),  # text in UTF-16
        (b"\xff\xd8\xff\xe0", None),  # a JPEG
        (b"GIF89a", None),
    ],
)
def test_first_bytes(head, expected) -> None:
    assert audio_format(head) == expected
