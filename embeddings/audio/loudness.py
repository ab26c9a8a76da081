"""Integrated loudness, ITU-R BS.1770-4, as a stream."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

GATING_STEPS = 4  # gating blocks of 400 ms every 100 ms
ABSOLUTE_GATE = -70.0  # LUFS
RELATIVE_GATE = -10.0  # LU below the mean of what passes the absolute gate
OFFSET = -0.691  # dB: a 997 Hz sine at full scale in one channel measures -3.01 LUFS
# Of channels in FFmpeg's order (left, right, centre, low frequencies, surround...).
SURROUND_WEIGHTS = (1.0, 1.0, 1.0, 0.0, 1.41, 1.41, 1.41, 1.41)


class LoudnessMeter:
    """Loudness of a stream of samples at one rate with one number of channels."""

    def __init__(self, *, rate: int, channels: int) -> None:
        self._filter = BlockFilter(rate=rate, channels=channels)
        self._step = round(rate / 10)  # samples
        self._weights = _weights(channels)
        self._rest = np.empty((channels, 0), np.float32)
        self._powers: list[NDArray[np.float64]] = []

    def push(self, samples: NDArray[np.float32]) -> None:
        """Takes the next samples, (channels, n)."""
        filtered = np.concatenate([self._rest, self._filter.push(samples)], axis=1)
        count = filtered.shape[1] // self._step
        steps = filtered[:, : count * self._step].reshape(len(filtered), count, self._step)
        # Mean squares of 100 ms, channels summed by weight.
        squares = np.einsum("cts,cts->ct", steps, steps).astype(np.float64)
        self._powers.append(self._weights @ squares / self._step)
        self._rest = filtered[:, count * self._step :]

    def step_powers(self) -> NDArray[np.float64]:
        """(n,): weighted mean square of each 100 ms so far."""
        return np.concatenate([np.empty(0), *self._powers])


class BlockFilter:
    """The K-weighting filter of a stream of (channels, n) samples, a block at a time.

    A recursive filter is a linear system x' = Ax + Bu, y = Cx + Du. Over `BLOCK` samples it is
    one matrix product with the samples and the state before them, and the states follow each
    other by A**BLOCK: numpy does both for all blocks at once.
    """

    BLOCK = 32  # samples: longer ones multiply more zeros, shorter ones have more states

    def __init__(self, *, rate: int, channels: int) -> None:
        self._system = _block_system(rate, self.BLOCK)
        self._state = np.zeros((channels, 1, 4))
        self._rest = np.empty((channels, 0), np.float32)

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The next samples, filtered; what does not fill a block waits for the next call."""
        samples = np.concatenate([self._rest, samples], axis=1)
        count = samples.shape[1] // self.BLOCK
        self._rest = samples[:, count * self.BLOCK :]
        blocks = samples[:, : count * self.BLOCK].reshape(len(samples), count, self.BLOCK)
        to_state, to_output, advance = self._system
        states = np.concatenate([self._state, blocks @ to_state], axis=1)
        # states[k] = sum of advance**(k - j) @ inputs[j], summed in strides that double.
        stride = 1
        while stride <= count:
            states[:, stride:] += states[:, :-stride] @ advance
            advance = advance @ advance
            stride *= 2
        self._state = states[:, -1:]
        known = np.concatenate([blocks, states[:, :-1].astype(np.float32)], axis=2)
        return (known @ to_output).reshape(len(samples), -1)


@lru_cache(maxsize=16)
def _block_system(
    rate: int, block: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    """What `block` samples and the state before them give, each as a matrix from the right.

    Samples to state (block, 4), samples and state to output (block + 4, block), state to the
    state a block later (4, 4).
    """
    a, b, c, d = _state_space(k_weighting(rate))
    powers = [np.linalg.matrix_power(a, n) for n in range(block + 1)]
    response = np.array([d, *(c @ powers[n] @ b for n in range(block - 1))])
    to_output = np.zeros((block + 4, block))
    for n in range(block):
        to_output[n, n:block] = response[: block - n]
        to_output[block:, n] = c @ powers[n]
    to_state = np.array([powers[block - 1 - n] @ b for n in range(block)])
    return to_state.astype(np.float32), to_output.astype(np.float32), powers[block].T


def _state_space(
    sections: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]:
    """A (4, 4), B (4,), C (4,) and D of two second-order sections, one after the other."""
    (a1, b1, c1, d1), (a2, b2, c2, d2) = (
        (
            np.array([[-s[4], 1.0], [-s[5], 0.0]]),
            np.array([s[1] - s[4] * s[0], s[2] - s[5] * s[0]]),
            np.array([1.0, 0.0]),
            float(s[0]),
        )
        for s in sections
    )
    a = np.block([[a1, np.zeros((2, 2))], [np.outer(b2, c1), a2]])
    return a, np.concatenate([b1, b2 * d1]), np.concatenate([d2 * c1, c2]), d1 * d2


def integrated_loudness(powers: NDArray[np.float64]) -> float | None:
    """LUFS of consecutive 100 ms powers; None where nothing passes the gate (silence).

    Less than one block of 400 ms is measured as if it were one.
    """
    if len(powers) == 0:
        return None
    window = min(GATING_STEPS, len(powers))
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
