"""Integrated loudness, ITU-R BS.1770-4, as a stream."""

import numpy as np
from numpy.typing import NDArray

BLOCK_STEPS = 4  # gating blocks of 400 ms every 100 ms
ABSOLUTE_GATE = -70.0  # LUFS
RELATIVE_GATE = -10.0  # LU below the mean of what passes the absolute gate
OFFSET = -0.691  # dB: a 997 Hz sine at full scale in one channel measures -3.01 LUFS
# Of channels in FFmpeg's order (left, right, centre, low frequencies, surround...).
SURROUND_WEIGHTS = (1.0, 1.0, 1.0, 0.0, 1.41, 1.41, 1.41, 1.41)


class LoudnessMeter:
    """Loudness of a stream of samples at one rate with one number of channels."""

    def __init__(self, *, rate: int, channels: int) -> None:
        self._sections = k_weighting(rate)
        self._state = np.zeros((len(self._sections), channels, 2))
        self._step = round(rate / 10)  # samples
        self._weights = _weights(channels)
        self._rest = np.empty((channels, 0), np.float32)
        self._powers: list[NDArray[np.float64]] = []

    def push(self, samples: NDArray[np.float32]) -> None:
        """Takes the next samples, (channels, n)."""
        from scipy.signal import sosfilt

        filtered, self._state = sosfilt(self._sections, samples, axis=1, zi=self._state)
        filtered = np.concatenate([self._rest, filtered], axis=1)
        count = filtered.shape[1] // self._step
        steps = filtered[:, : count * self._step].reshape(len(filtered), count, self._step)
        # Mean squares of 100 ms, channels summed by weight.
        self._powers.append(self._weights @ (np.einsum("cts,cts->ct", steps, steps) / self._step))
        self._rest = filtered[:, count * self._step :]

    def step_powers(self) -> NDArray[np.float64]:
        """(n,): weighted mean square of each 100 ms so far."""
        return np.concatenate([np.empty(0), *self._powers])


def integrated_loudness(powers: NDArray[np.float64]) -> float | None:
    """LUFS of consecutive 100 ms powers; None where nothing passes the gate (silence).

    Less than one block of 400 ms is measured as if it were one.
    """
    if len(powers) == 0:
        return None
    window = min(BLOCK_STEPS, len(powers))
    blocks = np.convolve(powers, np.full(window, 1 / window), mode="valid")
    blocks = blocks[_lufs(blocks) > ABSOLUTE_GATE]
    if len(blocks) == 0:
        return None
    gate = _lufs(blocks.mean()) + RELATIVE_GATE
    return float(_lufs(blocks[_lufs(blocks) > gate].mean()))


def k_weighting(rate: int) -> NDArray[np.float64]:
    """The K-weighting filter at a rate in Hz, as two second-order sections (2, 6).

    The standard tabulates coefficients at 48 kHz; these are its two analogue filters (a shelf and
    a high pass) brought to any rate by the bilinear transform, and equal the table at 48 kHz.
    """
    frequency, quality, gain = 1681.974450955533, 0.7071752369554196, 3.999843853973347
    k = np.tan(np.pi * frequency / rate)
    high = 10 ** (gain / 20)
    band = high**0.4996667741545416
    scale = 1 + k / quality + k * k
    shelf = [
        (high + band * k / quality + k * k) / scale,
        2 * (k * k - high) / scale,
        (high - band * k / quality + k * k) / scale,
        1.0,
        2 * (k * k - 1) / scale,
        (1 - k / quality + k * k) / scale,
    ]
    frequency, quality = 38.13547087602444, 0.5003270373238773
    k = np.tan(np.pi * frequency / rate)
    scale = 1 + k / quality + k * k
    high_pass = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / scale, (1 - k / quality + k * k) / scale]
    return np.array([shelf, high_pass])


def _weights(channels: int) -> NDArray[np.float64]:
    if channels == 1:
        # One channel is played from two loudspeakers; as players and FFmpeg's `dualmono`.
        return np.array([1.0])
    return np.array([*SURROUND_WEIGHTS, *[1.0] * channels][:channels])


def _lufs(power: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        return OFFSET + 10 * np.log10(power)
