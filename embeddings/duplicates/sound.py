"""Whether two files hold the same recording, and how much later one begins: by listening to both.

Spectrograms say at which offset the two are most alike; they would also agree on music that repeats
itself. Whether it is one and the same recording is asked of the waveforms, which another take, or
the next round of a loop, does not follow.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.audio.decode import decode
from embeddings.audio.features import MelStream
from embeddings.pipeline import resampled
from embeddings.registry import FRONT_ENDS, SAMPLE_RATE

LONGEST = 1200.0  # seconds of a file that are listened to, from its beginning
FRAME = FRONT_ENDS["musicnn"].hop  # samples between frames of the spectrogram: 16 ms
MEL_BANDS = 72  # of 96: up to 4 kHz, which low bit rates keep
BANDS = 24
LEVEL_FRAMES = 62  # to each side: a second, whose mean is taken away
LEAST_SECONDS = 2.0  # that the two have in common
LEAST_LIKENESS = 0.4  # of spectrograms, for waveforms to be looked at; other music: up to 0.23

WINDOW = 1 << 16  # samples of which waveforms are compared: 4.1 s
WINDOWS = 10
QUANTILE = 0.25  # of them: one round of a loop follows the other in some places
REACH = 0.06  # seconds around the offset of the spectrograms
LOW, HIGH = 200.0, 2000.0  # Hz: what all encoders keep in phase
AUDIBLE = 1e-3  # of the loudest window's energy


@dataclass(frozen=True)
class Sound:
    """What is kept of a file in order to compare it."""

    samples: NDArray[np.int16]  # (n,) mono, 16 kHz
    features: NDArray[np.float32]  # (frames, BANDS): see `features`

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE


@dataclass(frozen=True)
class Match:
    """Two sounds at the offset where they are most alike."""

    offset: float  # seconds into the one at which the other begins; negative: it begins before
    overlap: float  # seconds that both have
    likeness: float  # correlation of the spectrograms, -1 to 1
    correlation: float  # of the waveforms, in most places, 0 to 1; 0 where spectrograms differ


def listen(path: bytes | str) -> Sound:
    """Decode a file's first twenty minutes. Raises `MediaError`."""
    stream = MelStream("musicnn")
    samples, frames, heard = [], [], 0
    for part in resampled(decode(path)):
        part = part[: int(LONGEST * SAMPLE_RATE) - heard]
        heard += len(part)
        samples.append(np.clip(np.round(part * 32767), -32768, 32767).astype(np.int16))
        frames.append(stream.push(part))
        if heard >= LONGEST * SAMPLE_RATE:
            break
    frames.append(stream.flush())
    return Sound(np.concatenate(samples), features(np.concatenate(frames)))


def features(mel: NDArray[np.float32]) -> NDArray[np.float32]:
    """What of a mel spectrogram (frames, 96) is alike in all encodings of it: (frames, BANDS).

    Changes within two seconds, in each band against the others: loudness, equalisers and what
    all music has in common are taken out. Each band has a standard deviation of 1, or is silent.
    """
    bands = mel[:, :MEL_BANDS].reshape(len(mel), BANDS, -1).mean(axis=2)
    sums = np.cumsum(np.pad(bands, ((1, 0), (0, 0))), axis=0, dtype=np.float64)
    place = np.arange(len(bands))
    begin = np.maximum(place - LEVEL_FRAMES, 0)
    end = np.minimum(place + LEVEL_FRAMES + 1, len(bands))
    level = (sums[end] - sums[begin]) / (end - begin)[:, None]
    changes = bands - level.astype(np.float32)
    changes -= changes.mean(axis=1, keepdims=True)
    return changes / np.maximum(changes.std(axis=0, keepdims=True), 1e-6)


def match(one: Sound, other: Sound, *, least: float) -> Match | None:
    """Two sounds at the offset where they are most alike, with so many seconds in common at least.

    None where they cannot have so many.
    """
    frames = max(least, LEAST_SECONDS) * SAMPLE_RATE / FRAME
    found = best_lag(one.features, other.features, least=frames)
    if found is None:
        return None
    lag, likeness = found
    correlation, shift = 0.0, 0
    if likeness >= LEAST_LIKENESS:
        correlation, shift = same_waveform(one.samples, other.samples, lag * FRAME)
    offset = (lag * FRAME + shift) / SAMPLE_RATE
    overlap = min(one.seconds, other.seconds + offset) - max(offset, 0.0)
    return Match(offset, overlap, likeness, correlation)


def best_lag(
    one: NDArray[np.float32], other: NDArray[np.float32], *, least: float
) -> tuple[int, float] | None:
    """The lag at which `one[t + lag]` correlates best with `other[t]`, and the correlation.

    Of sequences (n, bands) and (m, bands), normalised by the energy of what overlaps at each lag,
    of lags that leave `least` frames in common; None without any.
    """
    lags = np.arange(-len(other) + 1, len(one))
    begin = np.maximum(lags, 0)
    end = np.minimum(len(other) + lags, len(one))
    enough = end - begin >= max(least, 1)
    if not enough.any():
        return None
    size = 1 << (len(one) + len(other) - 1).bit_length()
    products = np.zeros(size // 2 + 1, np.complex128)
    for ours, theirs in zip(one.T, other.T, strict=True):
        products += np.fft.rfft(ours, size) * np.fft.rfft(theirs, size).conj()
    sums = np.fft.irfft(products, size)[lags]
    ours, theirs = (
        np.cumsum(np.append(0, (each.astype(np.float64) ** 2).sum(axis=1))) for each in (one, other)
    )
    energy = (ours[end] - ours[begin]) * (theirs[end - lags] - theirs[begin - lags])
    correlations = np.where(enough, sums / np.sqrt(np.maximum(energy, 1e-9)), -np.inf)
    best = int(np.argmax(correlations))
    return int(lags[best]), float(correlations[best])


def same_waveform(one: NDArray[np.int16], other: NDArray[np.int16], lag: int) -> tuple[float, int]:
    """How well waveforms (n,) and (m,) correlate around a lag in samples, and by how much it errs.

    What three quarters of the windows reach, which are spread over what both have, each at its best
    place within `REACH`. Inverted polarity counts as the same. 0 where nothing is audible.
    """
    begin = max(lag, 0)
    common = min(len(one), len(other) + lag) - begin
    size = min(WINDOW, common)
    count = min(WINDOWS, max(2 * common // size - 1, 1))
    starts = begin + np.linspace(0, common - size, count).astype(int)
    ours = [_spectrum(one[start : start + size]) for start in starts]
    theirs = [_spectrum(other[start - lag : start - lag + size]) for start in starts]
    energies = np.array([[_energy(each) for each in side] for side in (ours, theirs)])
    heard = (energies > AUDIBLE * energies.max(axis=1, keepdims=True)).all(axis=0)
    found = [
        _peak(ours[window], theirs[window], size, energies[:, window].prod() ** 0.5)
        for window in np.flatnonzero(heard)
    ]
    if not found:
        return 0.0, 0
    correlations, shifts = zip(*found, strict=True)
    return float(np.quantile(correlations, QUANTILE)), int(np.median(shifts))


def _spectrum(samples: NDArray[np.int16]) -> NDArray[np.complex128]:
    """Of a window, between `LOW` and `HIGH` alone."""
    spectrum = np.fft.rfft(samples * np.hanning(len(samples)))
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    return np.where((hertz >= LOW) & (hertz <= HIGH), spectrum, 0)


def _energy(spectrum: NDArray[np.complex128]) -> float:
    return float(np.vdot(spectrum, spectrum).real)


def _peak(
    one: NDArray[np.complex128], other: NDArray[np.complex128], size: int, energy: float
) -> tuple[float, int]:
    """The best correlation of windows of so many samples within `REACH`, and the lag there."""
    reach = min(int(REACH * SAMPLE_RATE), size // 2 - 1)
    turned = np.fft.irfft(one * other.conj(), size) * size / (2 * max(energy, 1e-9))
    near = np.abs(np.concatenate([turned[len(turned) - reach :], turned[: reach + 1]]))
    best = int(np.argmax(near))
    return min(float(near[best]), 1.0), best - reach
