"""How loud a track is over time, to be drawn.

Long files are not decoded whole: an evenly spread ten minutes of each are, in short runs between
which packets are passed over unopened. Five hours of MP3 then take as long as ten minutes.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.audio.decode import DAMAGED, frames, packets
from tracks.media import MediaError, open_audio, translated_errors

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream
    from av.container import InputContainer

CELLS = 4096  # at most, whatever a track's length: what is kept of it
_FIRST_CELL_SECONDS = 0.01
_DECODED_SECONDS = 600.0  # of a longer track
_RUNS = 1000  # into which these are cut
_BATCH = 1 << 16  # samples that are looked at together
_SETTLING_SECONDS = 0.1  # of a run, that a decoder may get wrong for want of what came before


class Envelope:
    """Peak and mean square of a stream of samples, in cells of equal length, at most `CELLS`.

    When the cells are used up, pairs of them become one: memory stays the same, however long the
    stream.
    """

    def __init__(self, cell: int) -> None:
        self.cell = cell  # samples
        self._peak = np.zeros(CELLS, np.float32)
        self._square = np.zeros(CELLS, np.float64)
        self._count = np.zeros(CELLS, np.int64)
        self.end = 0  # samples

    @property
    def heard(self) -> bool:
        return bool(self._count.any())

    def add(self, samples: NDArray[np.float32], position: int) -> None:
        """Take in samples (channels, n), the first of which is the stream's `position`th.

        Without samples, the stream only lasts until there.
        """
        length = samples.shape[1]
        self.end = max(self.end, position + length)
        while self.end > CELLS * self.cell:
            self._halve()
        if length == 0:
            return
        samples = np.nan_to_num(samples, posinf=1.0, neginf=-1.0)
        first = position // self.cell
        starts = np.arange(first, (position + length - 1) // self.cell + 1) * self.cell - position
        starts[0] = 0
        cells = slice(first, first + len(starts))
        peaks = np.maximum.reduceat(np.abs(samples).max(axis=0), starts)
        self._peak[cells] = np.maximum(self._peak[cells], peaks)
        self._square[cells] += np.add.reduceat(np.square(samples).mean(axis=0), starts)
        self._count[cells] += np.diff(starts, append=length)

    def levels(self) -> NDArray[np.float32]:
        """(2, cells): peak, and root of the mean square, of each cell; full scale is 1.

        A cell that nothing was heard of repeats the one before.
        """
        used = -(-self.end // self.cell)
        count = self._count[:used]
        levels = np.stack([self._peak[:used], np.sqrt(self._square[:used] / np.maximum(count, 1))])
        heard = np.maximum.accumulate(np.where(count > 0, np.arange(used), 0))
        return np.minimum(levels[:, heard], 1.0).astype(np.float32)

    def _halve(self) -> None:
        self.cell *= 2
        for values, merge in (
            (self._peak, np.maximum), (self._square, np.add), (self._count, np.add),
        ):  # fmt: skip
            values[: CELLS // 2] = merge(values[::2], values[1::2])
            values[CELLS // 2 :] = 0


def first_cell(rate: int) -> int:
    """Samples of a cell to begin with, at a rate in Hz."""
    return max(1, round(rate * _FIRST_CELL_SECONDS))


def measure(path: bytes | str) -> tuple[NDArray[np.float32], float]:
    """A track's levels (2, cells), as `Envelope.levels` has them, and its length in seconds.

    Raises `MediaError` for a file that is not to be read, or holds no audio that can be decoded.
    """
    with open_audio(path) as container, translated_errors("damaged", DAMAGED):
        rate = container.streams.audio[0].codec_context.sample_rate
        envelope = Envelope(first_cell(rate))
        for position, samples in _batches(_stretches(container, rate)):
            envelope.add(samples, position)
    if not envelope.heard:
        raise MediaError("damaged", DAMAGED)
    return envelope.levels(), envelope.end / rate


def resized(levels: NDArray[np.float32], bins: int) -> NDArray[np.float32]:
    """Levels (2, cells) as (2, bins): the highest peak and the mean of the squares of each bin."""
    cells = levels.shape[1]
    edges = np.arange(bins) * cells // bins
    # Where there are more bins than cells, several bins show the same cell.
    widths = np.maximum(np.diff(edges, append=cells), 1)
    peaks = np.maximum.reduceat(levels[0], edges)
    squares = np.add.reduceat(np.square(levels[1]), edges) / widths
    return np.stack([peaks, np.sqrt(squares)])


# Samples (channels, n), which may be none, and the place of the first of them in the track.
_Stretch = tuple[int, NDArray[np.float32]]


def level(samples: NDArray[np.int16]) -> float:
    """How loud 16-bit samples are: the root of their mean square, dB below full scale."""
    power = np.square(samples, dtype=np.float64).mean() / 32768**2 if samples.size else 0.0
    return float(10 * np.log10(max(power, 1e-20)))


def _batches(stretches: Iterator[_Stretch]) -> Iterator[_Stretch]:
    """The same in fewer pieces: what costs time is their number."""
    begin, length = 0, 0
    batch: list[NDArray[np.float32]] = []
    for position, samples in stretches:
        fits = batch and position == begin + length and len(samples) == len(batch[0])
        if batch and not (fits and length < _BATCH):
            yield begin, np.concatenate(batch, axis=1)
            batch = []
        if not batch:
            begin, length = position, 0
        batch.append(samples)
        length += samples.shape[1]
    if batch:
        yield begin, np.concatenate(batch, axis=1)


def _stretches(container: "InputContainer", rate: int) -> Iterator[_Stretch]:
    """What is decoded of a track, in order; the last one ends where the track does."""
    import av

    stream = container.streams.audio[0]
    tick = float(stream.time_base or 0)  # seconds
    seconds = (container.duration or 0) / av.time_base
    cycle = seconds / _RUNS if seconds > _DECODED_SECONDS else 0.0
    run = _DECODED_SECONDS / _RUNS
    position = settled = 0
    listening = True
    for packet in packets(container, stream):
        # By durations, for timestamps in damaged files jump. Where a container gives none, there
        # is no telling how much would be passed over.
        length = round((packet.duration or 0) * tick * rate)
        if cycle and length and (position / rate) % cycle >= run:
            listening = False
        else:
            if not listening:
                stream.codec_context.flush_buffers()
                settled = position + round(_SETTLING_SECONDS * rate)
            listening = True
            place = position
            for samples in _decoded(packet):
                if place >= settled:
                    yield place, samples
                place += samples.shape[1]
            length = length or place - position
        position += length
    yield position, np.zeros((1, 0), np.float32)


def _decoded(packet: "av.Packet[AudioStream]") -> Iterator[NDArray[np.float32]]:
    """Samples (channels, n) of a packet; full scale is 1."""
    for frame in frames(packet):
        samples: NDArray[Any] = frame.to_ndarray()
        if not frame.format.is_planar:
            samples = samples.reshape(-1, frame.layout.nb_channels).T
        full_scale = np.float32(2.0 ** (8 * samples.itemsize - 1))
        if samples.dtype.kind == "u":
            samples = (samples - full_scale) / full_scale
        elif samples.dtype.kind == "i":
            samples = samples / full_scale
        if samples.size:
            yield samples.astype(np.float32, copy=False)
