"""The resampler against libsamplerate itself, and against tones with a known answer."""

import numpy as np
import pytest
import samplerate

from embeddings.audio.resample import LibSampleRate, PeriodicResampler, make_resampler
from tests.embeddings.music import sine

RATES = [8000, 11025, 12000, 22050, 24000, 32000, 44100, 48000, 88200, 96000]


def resample(samples: np.ndarray, rate: int, *, parts: int) -> np.ndarray:
    resampler = make_resampler(rate, 16000)
    pieces = [resampler.push(part) for part in np.array_split(samples, parts)]
    return np.concatenate([*pieces, resampler.flush()])


@pytest.mark.parametrize("rate", RATES)
def test_it_is_libsamplerates_medium_quality(rate: int) -> None:
    samples = np.random.default_rng(1).uniform(-1, 1, 2 * rate).astype(np.float32)
    expected = samplerate.resample(samples, 16000 / rate, "sinc_medium")
    result = resample(samples, rate, parts=7)
    assert len(result) == 32000
    np.testing.assert_allclose(result[: len(expected)], expected, atol=5e-6)


@pytest.mark.parametrize("rate", [44100, 8000, 44056])
def test_the_cutting_of_the_stream_does_not_matter(rate: int) -> None:
    samples = np.random.default_rng(2).uniform(-1, 1, rate).astype(np.float32)
    whole = resample(samples, rate, parts=1)
    for parts in (3, 50):
        np.testing.assert_allclose(resample(samples, rate, parts=parts), whole, atol=2e-6)


def test_odd_ratios_use_libsamplerate() -> None:
    assert isinstance(make_resampler(44100, 16000), PeriodicResampler)
    assert isinstance(make_resampler(44057, 16000), LibSampleRate)
    assert len(resample(np.zeros(44057, np.float32), 44057, parts=4)) == 16000


@pytest.mark.parametrize("rate", [44100, 48000, 44057])
def test_a_tone_stays_a_tone(rate: int) -> None:
    result = resample(sine(frequency=1000, seconds=1, rate=rate), rate, parts=5)
    expected = sine(frequency=1000, seconds=1, rate=16000)
    np.testing.assert_allclose(result[500:-500], expected[500:-500], atol=1e-3)


def test_what_lies_above_the_new_range_is_gone() -> None:
    result = resample(sine(frequency=9500, seconds=1, rate=44100), 44100, parts=5)
    assert np.abs(result[500:-500]).max() < 1e-4


@pytest.mark.parametrize("count", [0, 1, 5, 440])
def test_the_shortest_streams(count: int) -> None:
    result = resample(np.ones(count, np.float32), 44100, parts=1)
    assert len(result) == -(-count * 160 // 441)


def test_equal_rates_pass_through() -> None:
    samples = np.arange(100, dtype=np.float32)
    np.testing.assert_array_equal(resample(samples, 16000, parts=3), samples)
