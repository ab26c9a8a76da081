"""Resampling exactly as libsamplerate's medium quality does, several times faster.

The networks' published embeddings were made with Essentia's `MonoLoader`, which resamples so, and
MusiCNN notices another resampler (facts: a mean cosine of 0.986 against soxr).

For a rational ratio a resampler is a periodic linear operator: `up` outputs depend on the inputs
around them by the same matrix every `down` inputs (44.1 to 16 kHz: 160 and 441). libsamplerate is
asked for that matrix once, by unit impulses.
"""

from functools import lru_cache
from math import ceil, gcd
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

CONVERTER = "sinc_medium"
# Inputs that libsamplerate's medium filter looks at on each side, at equal rates: its table
# has 22438 coefficients, 491 a zero crossing.
HALF_WIDTH = ceil(22438 / 491)
LONGEST_PERIOD = 1000  # inputs; the cost of asking for the matrix grows with the square
ROWS = 40  # outputs computed by one matrix product: each row of it is mostly zeros
OUTPUTS = 160  # at least so many a period, or short periods would leave no matrix to multiply


class Resampler(Protocol):
    """A stream of mono float32 samples at one rate, to another."""

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Takes the next samples and returns those that can be told by now."""

    def flush(self) -> NDArray[np.float32]:
        """The rest, the stream being followed by silence; ends the stream."""


def make_resampler(source: int, target: int) -> Resampler:
    """The resampler between two rates in Hz; ratios with a long period use libsamplerate itself."""
    if source == target:
        return PassThrough()
    if source // gcd(source, target) > LONGEST_PERIOD:
        return LibSampleRate(source, target)
    return PeriodicResampler(source, target)


class PassThrough:
    """Equal rates."""

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        return samples

    def flush(self) -> NDArray[np.float32]:
        return np.empty(0, np.float32)


class LibSampleRate:
    """libsamplerate as it is, for odd ratios."""

    def __init__(self, source: int, target: int) -> None:
        import samplerate

        self._resampler = samplerate.Resampler(CONVERTER, channels=1)
        self._source, self._target = source, target
        self._received = self._returned = 0

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        result = self._resampler.process(samples, self._target / self._source)
        self._received += len(samples)
        self._returned += len(result)
        return result

    def flush(self) -> NDArray[np.float32]:
        missing = ceil(self._received * self._target / self._source) - self._returned
        rest = self.push(np.zeros(_reach(self._source, self._target) * 2, np.float32))
        return rest[:missing]


class PeriodicResampler:
    """libsamplerate's operator as matrix products over strided windows of the input."""

    def __init__(self, source: int, target: int) -> None:
        self._operator = _operator(source, target)
        # Before the first sample there was silence.
        self._buffer = np.zeros(self._operator.reach, np.float32)
        self._received = self._returned = 0

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        self._received += len(samples)
        self._buffer = np.concatenate([self._buffer, samples])
        operator = self._operator
        periods = max((len(self._buffer) - 2 * operator.reach) // operator.down, 0)
        result = operator.apply(self._buffer, periods)
        self._buffer = self._buffer[periods * operator.down :]
        self._returned += len(result)
        return result

    def flush(self) -> NDArray[np.float32]:
        operator = self._operator
        received, returned = self._received, self._returned
        total = ceil(received * operator.up / operator.down)
        rest = self.push(np.zeros(operator.down + 2 * operator.reach, np.float32))
        return rest[: total - returned]


class _Operator:
    """The matrix in bands of rows, each with the inputs that its outputs depend on."""

    def __init__(self, *, up: int, down: int, reach: int, matrix: NDArray[np.float32]) -> None:
        self.up, self.down, self.reach = up, down, reach
        self.bands = []
        for row in range(0, up, ROWS):
            rows = matrix[row : row + ROWS]
            columns = np.flatnonzero(rows.any(axis=0))
            first, last = int(columns[0]), int(columns[-1]) + 1
            part = np.ascontiguousarray(rows[:, first:last].T)
            self.bands.append((row, first, last, part))

    def apply(self, samples: NDArray[np.float32], periods: int) -> NDArray[np.float32]:
        """`periods * up` outputs from `(periods * down + 2 * reach,)` inputs or more."""
        result = np.empty((periods, self.up), np.float32)
        if periods:
            stride = samples.strides[0]
            for row, first, last, part in self.bands:
                windows = np.lib.stride_tricks.as_strided(
                    samples[first:], (periods, last - first), (self.down * stride, stride)
                )
                np.matmul(windows, part, out=result[:, row : row + part.shape[1]])
        return result.reshape(-1)


def _reach(source: int, target: int) -> int:
    """Inputs that an output depends on, to each side; downsampling widens the filter."""
    return ceil(HALF_WIDTH * max(1.0, source / target)) + 2


@lru_cache(maxsize=16)
def _operator(source: int, target: int) -> _Operator:
    """libsamplerate's operator between two rates, measured by unit impulses."""
    import samplerate

    common = gcd(source, target)
    up, down = target // common, source // common
    reach = _reach(source, target)
    repeat = ceil(OUTPUTS / up)
    up, down = up * repeat, down * repeat
    # One impulse for each place in a period, so far apart that their answers do not meet.
    spacing = down * ceil((2 * reach + down) / down)
    impulses = np.zeros(spacing * (down + 2), np.float32)
    places = spacing * np.arange(1, down + 1) + np.arange(down)
    impulses[places] = 1
    answers = samplerate.resample(impulses, target / source, CONVERTER)
    matrix = np.zeros((up, down + 2 * reach), np.float32)
    for index, place in enumerate(places):
        _add_impulse(matrix, answers, index=index, period=place // down, down=down, reach=reach)
    return _Operator(up=up, down=down, reach=reach, matrix=matrix)


def _add_impulse(
    matrix: NDArray[np.float32],
    answers: NDArray[np.float32],
    *,
    index: int,
    period: int,
    down: int,
    reach: int,
) -> None:
    """Enters what an impulse at input `index` of `period` did to the periods around it."""
    up = len(matrix)
    for shift in range(-ceil(reach / down), ceil(reach / down) + 1):
        # Seen from `shift` periods later, the impulse lies `shift` periods back.
        column = reach + index - shift * down
        if 0 <= column < matrix.shape[1]:
            start = (period + shift) * up
            matrix[:, column] = answers[start : start + up]
