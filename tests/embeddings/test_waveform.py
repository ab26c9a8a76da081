"""Waveforms show each format's loudness where it is, and cost little."""

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.audio import waveform
from tests.explorer import audio
from tracks.media import MediaError


def steps(levels: list[float], rate: int) -> NDArray[np.float32]:
    """A second of a tone (n,) at each peak level, each different from the next."""
    tone = np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    return np.concatenate([level * tone for level in levels]).astype(np.float32)


@pytest.mark.parametrize("kind", audio.FORMATS)
def test_levels_of_a_tone_in_every_format(tmp_path, kind):
    levels = [0.1, 0.8, 0.2, 0.6, 0.4, 0.8, 0.1, 0.5]
    file = audio.write(tmp_path / f"a.{kind}", kind, steps(levels, audio.FORMATS[kind][2]))
    measured, seconds = waveform.measure(file)
    assert seconds == pytest.approx(len(levels), abs=0.1)
    at = ((np.arange(len(levels)) + 0.5) / seconds * measured.shape[1]).astype(int)
    assert measured[0, at] == pytest.approx(np.array(levels), rel=0.1)
    # The root of the mean square of a sine is its peak by the root of two.
    assert measured[1, at] == pytest.approx(np.array(levels) / np.sqrt(2), rel=0.1)


def test_an_envelope_that_halves_again_and_again():
    """Against the same computed at once; positions, cells and counts at every odd length."""
    samples = np.random.default_rng(1).uniform(-1, 1, (2, 50_001)).astype(np.float32)
    envelope = waveform.Envelope(1)
    for begin in range(0, samples.shape[1], 977):
        envelope.add(samples[:, begin : begin + 977], begin)
    levels = envelope.levels()
    assert envelope.cell == 16
    assert levels.shape == (2, -(-50_001 // 16))
    padded = np.pad(samples, ((0, 0), (0, 15)), constant_values=np.nan).reshape(2, -1, 16)
    assert levels[0] == pytest.approx(np.nanmax(np.abs(padded), axis=(0, 2)))
    assert levels[1] == pytest.approx(np.sqrt(np.nanmean(padded**2, axis=(0, 2))), rel=1e-5)


def test_what_was_not_decoded_repeats_what_was_before():
    envelope = waveform.Envelope(10)
    envelope.add(np.full((1, 10), 0.5, np.float32), 0)
    envelope.add(np.full((1, 5), 2.0, np.float32), 35)  # beyond full scale
    envelope.add(np.zeros((1, 0), np.float32), 60)
    assert envelope.levels()[0].tolist() == [0.5, 0.5, 0.5, 1, 1, 1]


@pytest.mark.parametrize("bins", [1, 3, 5, 7, 40])
def test_any_number_of_bins(bins):
    levels = np.array([[0.1, 0.9, 0.3, 0.2, 0.5], [0.1, 0.5, 0.1, 0.1, 0.3]], np.float32)
    peaks, rms = waveform.resized(levels, bins)
    assert len(peaks) == len(rms) == bins
    assert peaks.max() == np.float32(0.9)
    assert (rms <= peaks + 1e-6).all()
    if bins == 1:
        assert rms[0] == pytest.approx(np.sqrt(np.mean(levels[1] ** 2)))


def test_an_hour_takes_seconds_and_shows_where_it_is_loud(tmp_path):
    """Most of it is never decoded; decoding all takes eight seconds."""
    rate = audio.FORMATS["cbr.mp3"][2]
    quiet, loud = (
        audio.write(tmp_path / f"{level}.mp3", "cbr.mp3", steps([level] * 12, rate)).read_bytes()
        for level in (0.1, 0.8)
    )
    (tmp_path / "long.mp3").write_bytes(quiet * 100 + loud * 100 + quiet * 100)
    begin = time.process_time()
    levels, seconds = waveform.measure(tmp_path / "long.mp3")
    assert time.process_time() - begin < 5.0  # 1.6 s when nothing else runs
    assert seconds == pytest.approx(3600, rel=0.02)
    assert levels.shape[1] <= waveform.CELLS
    peaks, rms = waveform.resized(levels, 90)
    assert peaks[[10, 45, 80]] == pytest.approx([0.1, 0.8, 0.1], rel=0.15)
    assert rms[[10, 45, 80]] == pytest.approx(np.array([0.1, 0.8, 0.1]) / np.sqrt(2), rel=0.15)


@pytest.mark.parametrize("kind", audio.FORMATS)
def test_long_files_of_every_format_are_as_long_as_they_are(tmp_path, kind, monkeypatch):
    monkeypatch.setattr(waveform, "_DECODED_SECONDS", 8.0)
    monkeypatch.setattr(waveform, "_RUNS", 10)
    file = audio.write(tmp_path / f"a.{kind}", kind)  # 12 s
    levels, seconds = waveform.measure(file)
    assert seconds == pytest.approx(audio.SECONDS, abs=0.1)
    assert levels[0].max() > 0.1


def test_damage_in_the_middle_is_passed_over(tmp_path):
    content = bytearray(audio.write(tmp_path / "a.mp3", "cbr.mp3").read_bytes())
    content[len(content) // 2 : len(content) // 2 + 300] = b"\x55" * 300
    (tmp_path / "a.mp3").write_bytes(content)
    assert waveform.measure(tmp_path / "a.mp3")[1] == pytest.approx(audio.SECONDS, abs=0.1)


def test_no_audio_at_all(tmp_path):
    (tmp_path / "a.mp3").write_bytes(b"no music\n" * 1000)
    with pytest.raises(MediaError):
        waveform.measure(tmp_path / "a.mp3")
