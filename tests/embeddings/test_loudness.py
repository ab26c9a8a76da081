"""Loudness against the answers of the standard and of EBU's test signals, and against FFmpeg."""

from pathlib import Path

import av
import numpy as np
import pytest
import scipy.signal

from embeddings.audio.decode import decode
from embeddings.audio.loudness import (
    BlockFilter,
    LoudnessMeter,
    integrated_loudness,
    k_weighting,
)
from tests.embeddings.music import sine


def loudness(samples: np.ndarray, rate: int = 48000, block: int = 1000) -> float | None:
    meter = LoudnessMeter(rate=rate, channels=len(samples))
    for start in range(0, samples.shape[1], block):
        meter.push(samples[:, start : start + block])
    return integrated_loudness(meter.step_powers())


def stereo_tone(level: float, seconds: float, rate: int = 48000) -> np.ndarray:
    tone = sine(frequency=1000, seconds=seconds, rate=rate, amplitude=10 ** (level / 20))
    return np.stack([tone, tone])


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("level", [-23.0, -33.0])
def test_a_stereo_tone_measures_its_level(rate: int, level: float) -> None:
    """EBU Tech 3341, cases 1 and 2: -23 dBFS in both channels is -23 LUFS."""
    assert loudness(stereo_tone(level, 5, rate), rate) == pytest.approx(level, abs=0.1)


def test_997_hz_at_full_scale_in_one_channel() -> None:
    """BS.1770-4: -3.01 LUFS."""
    tone = sine(frequency=997, seconds=5, rate=48000, amplitude=1.0)
    assert loudness(np.stack([tone, 0 * tone])) == pytest.approx(-3.01, abs=0.01)


def test_quiet_passages_do_not_count() -> None:
    """EBU Tech 3341, cases 3 and 4 (shortened): gates leave -23 LUFS."""
    parts = [stereo_tone(level, s) for level, s in ((-72, 5), (-36, 5), (-23, 30), (-36, 5))]
    assert loudness(np.concatenate(parts, axis=1)) == pytest.approx(-23, abs=0.1)


def test_silence_has_no_loudness() -> None:
    assert loudness(np.zeros((2, 48000), np.float32)) is None
    assert loudness(np.zeros((2, 0), np.float32)) is None


def test_low_frequency_channel_does_not_count() -> None:
    tone = sine(frequency=60, seconds=2, rate=48000)
    channels = np.zeros((6, len(tone)), np.float32)
    channels[3] = tone
    assert loudness(channels) is None


def test_the_filter_is_the_standards() -> None:
    """BS.1770-4, tables 1 and 2, at 48 kHz."""
    shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285, 1, -1.69065929318241]
    high_pass = [1, -2, 1, 1, -1.99004745483398]
    expected = np.array([[*shelf, 0.73248077421585], [*high_pass, 0.99007225036621]])
    np.testing.assert_allclose(k_weighting(48000), expected, atol=1e-9)


@pytest.mark.parametrize("parts", [1, 13])
def test_filtering_in_blocks_is_filtering(parts: int) -> None:
    samples = np.random.default_rng(6).uniform(-1, 1, (2, 100_003)).astype(np.float32)
    blocks = BlockFilter(rate=44100, channels=2)
    pieces = np.array_split(samples, parts, axis=1)
    result = np.concatenate([blocks.push(piece) for piece in pieces], axis=1)
    expected = scipy.signal.sosfilt(k_weighting(44100), samples, axis=1)
    assert result.shape[1] > samples.shape[1] - BlockFilter.BLOCK
    np.testing.assert_allclose(result, expected[:, : result.shape[1]], atol=1e-5)


def test_real_music_measures_as_in_ffmpeg(demo_music: Path) -> None:
    path = demo_music / "energetic" / "energetic_electronic_2.opus"
    blocks = list(decode(str(path)))
    samples = np.concatenate([block.samples for block in blocks], axis=1)
    assert loudness(samples, blocks[0].rate) == pytest.approx(by_ffmpeg(path), abs=0.1)


def by_ffmpeg(path: Path) -> float:
    """Integrated loudness of FFmpeg's `ebur128` filter."""
    result = 0.0
    with av.open(str(path)) as container:
        graph = av.filter.Graph()
        graph.link_nodes(
            graph.add_abuffer(template=container.streams.audio[0]),
            graph.add("ebur128", "metadata=1:framelog=quiet"),
            graph.add("abuffersink"),
        ).configure()
        for frame in [*container.decode(audio=0), None]:
            graph.push(frame)
            while True:
                try:
                    result = float(graph.pull().metadata["lavfi.r128.I"])
                except (av.error.BlockingIOError, av.error.EOFError):
                    break
    return result
