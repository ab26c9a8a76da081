"""What decoding gives of good files and of damaged ones."""

from pathlib import Path

import mutagen.id3
import mutagen.mp3
import numpy as np
import pytest

from embeddings.audio.decode import decode
from embeddings.pipeline import audio_hash
from tests.embeddings.music import sine, transcode, write_float_wave, write_wave
from tracks.media import MediaError


def mono(path: Path) -> tuple[np.ndarray, int]:
    blocks = list(decode(str(path)))
    return np.concatenate([block.mono() for block in blocks]), blocks[0].rate


def test_channels_are_averaged(tmp_path: Path) -> None:
    left = sine(frequency=440, seconds=3, rate=44100)
    channels = np.stack([left, np.zeros_like(left), np.zeros_like(left)])
    samples, rate = mono(write_wave(tmp_path / "three.wav", channels, rate=44100))
    assert rate == 44100
    np.testing.assert_allclose(samples, left / 3, atol=1e-4)


@pytest.mark.parametrize(
    ("codec", "extension"),
    [("flac", "flac"), ("pcm_s24le", "wav"), ("pcm_s16be", "aiff"), ("alac", "m4a")],
)
def test_lossless_formats_give_the_same_samples(tmp_path: Path, codec: str, extension: str) -> None:
    channels = np.stack([sine(frequency=f, seconds=2, rate=44100) for f in (440, 660)])
    source = write_wave(tmp_path / "a.wav", channels, rate=44100)
    copy = transcode(source, tmp_path / f"copy.{extension}", codec=codec, rate=44100)
    np.testing.assert_allclose(mono(copy)[0], mono(source)[0], atol=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_samples_that_are_not_numbers(tmp_path: Path, value: float) -> None:
    samples = sine(frequency=440, seconds=2, rate=44100)
    samples[70_000] = value
    path = write_float_wave(tmp_path / "nan.wav", samples, rate=44100)
    with pytest.raises(MediaError, match="not numbers") as caught:
        mono(path)
    assert caught.value.code == "damaged"


def test_a_truncated_file_gives_what_is_there(tmp_path: Path, demo_music: Path) -> None:
    source = demo_music / "calm" / "calm_acoustic_1.opus"
    whole = transcode(source, tmp_path / "whole.mp3", codec="libmp3lame", rate=44100)
    cut = tmp_path / "cut.mp3"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2 + 33])
    samples, expected = mono(cut)[0], mono(whole)[0]
    assert 0.45 < len(samples) / len(expected) < 0.55
    end = len(samples) - 5000
    np.testing.assert_allclose(samples[:end], expected[:end], atol=1e-6)


def test_a_hole_in_a_file_is_passed_over(tmp_path: Path, demo_music: Path) -> None:
    source = demo_music / "calm" / "calm_acoustic_1.opus"
    whole = transcode(source, tmp_path / "whole.mp3", codec="libmp3lame", rate=44100)
    content = bytearray(whole.read_bytes())
    content[200_000:220_000] = bytes(20_000)
    damaged = tmp_path / "damaged.mp3"
    damaged.write_bytes(content)
    assert len(mono(damaged)[0]) > 0.9 * len(mono(whole)[0])


def test_nothing_to_decode(tmp_path: Path) -> None:
    header = write_wave(tmp_path / "a.wav", np.zeros(100, np.float32), rate=8000).read_bytes()[:44]
    path = tmp_path / "header.wav"
    path.write_bytes(header)
    with pytest.raises(MediaError) as caught:
        mono(path)
    assert caught.value.code == "damaged"


def test_the_rate_may_change_within_a_file(tmp_path: Path, demo_music: Path) -> None:
    """As when recordings of Internet radio are joined."""
    source = demo_music / "calm" / "calm_acoustic_1.opus"
    first = transcode(source, tmp_path / "a.aac", codec="aac", rate=44100).read_bytes()
    second = transcode(source, tmp_path / "b.aac", codec="aac", rate=32000).read_bytes()
    joined = tmp_path / "joined.aac"
    joined.write_bytes(first + second)
    blocks = list(decode(str(joined)))
    assert {block.rate for block in blocks} == {44100, 32000}
    assert sum(b.samples.shape[1] / b.rate for b in blocks) == pytest.approx(63, abs=2)


def test_what_cannot_be_decoded_does_not_spoil_the_rest(tmp_path: Path, demo_music: Path) -> None:
    """A chained Vorbis file whose second part FFmpeg refuses ("patches welcome")."""
    source = demo_music / "calm" / "calm_acoustic_1.opus"
    first = transcode(source, tmp_path / "a.ogg", codec="vorbis", rate=44100).read_bytes()
    second = transcode(source, tmp_path / "b.ogg", codec="vorbis", rate=32000).read_bytes()
    chained = tmp_path / "chained.ogg"
    chained.write_bytes(first + second)
    seconds = sum(block.samples.shape[1] / block.rate for block in decode(str(chained)))
    assert seconds == pytest.approx(31.4, abs=1)


def test_the_hash_is_of_the_sound(tmp_path: Path, demo_music: Path) -> None:
    source = demo_music / "calm" / "calm_acoustic_1.opus"
    path = transcode(source, tmp_path / "a.mp3", codec="libmp3lame", rate=44100)
    before = audio_hash(str(path))
    tagged = mutagen.mp3.MP3(path)
    if tagged.tags is None:
        tagged.add_tags()
    tagged.tags.add(mutagen.id3.TIT2(text=["Another title"]))
    tagged.tags.add(mutagen.id3.APIC(mime="image/png", type=3, data=bytes(100_000)))
    tagged.save()
    assert path.stat().st_size > 100_000
    assert audio_hash(str(path)) == before
    other = transcode(source, tmp_path / "b.mp3", codec="libmp3lame", rate=48000)
    assert audio_hash(str(other)) != before
