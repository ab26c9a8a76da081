"""Clips begin at the true second in every format, and decode no more than they need."""

import io
import time

import av
import numpy as np
import pytest

from explorer import clips
from tests.explorer import audio
from tracks.media import MediaError

STARTS = [0.0, 0.3, 7.345, 10.9]


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    """Files of the same noise in every format, made when first asked for."""
    folder = tmp_path_factory.mktemp("music")
    made = {}

    def make(kind):
        if kind not in made:
            made[kind] = audio.write(folder / f"music.{kind}", kind)
        return made[kind]

    return make


@pytest.mark.parametrize("kind", audio.FORMATS)
def test_clip_is_the_same_stretch_of_the_whole_decoded_file(music, kind):
    whole, rate = audio.decode(music(kind))
    for start in STARTS:
        samples, clip_rate = clips.decode_stretch(music(kind), start=start, end=start + 1)
        clip = samples[:, 0] / 32768
        assert (clip_rate, len(clip)) == (rate, rate)
        expected = round(start * rate)
        # WMA's timestamps are whole milliseconds. All others are exact: to the sample.
        tolerance = round(0.001 * rate) if kind == "wma" else 0
        found = audio.lag(whole, clip)
        assert abs(found - expected) <= tolerance, start
        # The same to 16 bits, also in the first samples, which a cold decoder gets wrong.
        difference = np.abs(clip - whole[found : found + rate])
        assert difference[rate // 10 :].max() < 2e-4
        if kind != "wma":
            assert difference.max() < 2e-4, start


@pytest.mark.parametrize("kind", ["wav", "flac", "vbr.mp3", "cbr.mp3", "aac.m4a", "opus"])
def test_second_0_is_where_the_music_began_before_it_was_encoded(music, kind):
    """A second route: the samples that went into the encoder, not those a decoder gave."""
    rate = audio.FORMATS[kind][2]
    original = audio.noise(rate).astype(np.float64)
    samples, _ = clips.decode_stretch(music(kind), start=6.5, end=7.5)
    assert audio.lag(original, samples[:, 0] / 32768) == round(6.5 * rate)


def test_clip_is_a_flac_file_that_knows_its_length(music):
    content = clips.make_clip(music("wav"), start=2, end=4.5)
    assert content.startswith(b"fLaC")
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.channels) == (44100, 2)
        assert float(stream.duration * stream.time_base) == 2.5
        decoded = np.concatenate([f.to_ndarray().ravel() for f in container.decode(stream)])
    samples, _ = clips.decode_stretch(music("wav"), start=2, end=4.5)
    assert np.array_equal(decoded, samples.ravel())


def test_clip_that_reaches_beyond_the_end_is_shorter(music):
    samples, rate = clips.decode_stretch(music("flac"), start=11.5, end=14)
    assert len(samples) == rate // 2


@pytest.mark.parametrize("kind", ["wav", "vbr.mp3", "opus", "aac.m4a", "wma"])
@pytest.mark.parametrize("start", [12.2, 500])
def test_clip_beyond_the_end(music, kind, start):
    with pytest.raises(clips.BeyondEnd, match="ends before"):
        clips.make_clip(music(kind), start=start, end=start + 1)


def test_many_channels_and_high_rates_are_brought_down(tmp_path):
    rate = 96000
    with av.open(str(tmp_path / "a.flac"), "w") as output:
        stream = output.add_stream("flac", rate=rate, layout="5.1")
        tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(
            np.tile(tone[:, None], (1, 6)).reshape(1, -1), format="s16", layout="5.1"
        )
        frame.sample_rate, frame.pts = rate, 0
        output.mux([*stream.encode(frame), *stream.encode(None)])
    content = clips.make_clip(tmp_path / "a.flac", start=0.25, end=0.75)
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.audio[0]
        decoded = np.concatenate([f.to_ndarray().reshape(-1, 2) for f in container.decode(stream)])
    assert stream.rate == 48000
    assert len(decoded) == 24000
    spectrum = np.abs(np.fft.rfft(decoded[:, 0]))
    assert np.argmax(spectrum) * 2 == 440


def test_damage_in_the_middle_is_passed_over(music, tmp_path):
    content = bytearray(music("cbr.mp3").read_bytes())
    middle = len(content) // 2
    content[middle : middle + 300] = b"\x55" * 300
    (tmp_path / "damaged.mp3").write_bytes(content)
    samples, rate = clips.decode_stretch(tmp_path / "damaged.mp3", start=6.5, end=7.5)
    assert len(samples) == rate


@pytest.mark.parametrize("content", [b"", b"no music at all\n" * 1000])
def test_no_audio(tmp_path, content):
    (tmp_path / "text.mp3").write_bytes(content)
    with pytest.raises(MediaError):
        clips.make_clip(tmp_path / "text.mp3", start=0, end=1)


def test_late_clip_of_a_long_file_is_quick(music, tmp_path):
    """The end of an hour of MP3 in well under a second: nearly all of it is never decoded."""
    file = tmp_path / "long.mp3"
    file.write_bytes(music("vbr-without-header.mp3").read_bytes() * 300)
    begin = time.process_time()
    samples, rate = clips.decode_stretch(file, start=3300, end=3303)
    assert len(samples) == 3 * rate
    assert time.process_time() - begin < 1.0  # 0.12 s when nothing else runs; decoding takes 8 s
