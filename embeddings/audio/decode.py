"""Decodes a file's samples, a block at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import av
import av.error
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from tracks.media import FORMATS, MediaError, open_audio, translated_errors

BLOCK = 1 << 16  # samples per channel

# What FFmpeg says of data, rather than of the disk that they come from.
UNDECODABLE = (av.error.InvalidDataError, av.error.PatchWelcomeError, av.error.EOFError)

DAMAGED = "The file is damaged: no audio could be decoded."
NOT_NUMBERS = "The file holds samples that are not numbers (NaN or infinity)."


@dataclass(frozen=True)
class Block:
    """Consecutive samples."""

    samples: NDArray[np.float32]  # (channels, n), full scale is 1
    rate: int  # Hz

    def mono(self) -> NDArray[np.float32]:
        """(n,): the mean of the channels, as Essentia's `MonoLoader` mixes them down."""
        return self.samples[0] if len(self.samples) == 1 else self.samples.mean(axis=0)


def decode(path: bytes | str, formats: Sequence[str] = FORMATS) -> Iterator[Block]:
    """Blocks of the first audio stream of a file, at the file's own rate.

    What a player would play is decoded: packets that cannot be are left out, and a file that ends
    early gives what there is of it. Rate and channels may change between blocks (chained Ogg).
    Raises `MediaError` when nothing can be decoded, and for NaN or infinite samples.
    """
    with open_audio(path, formats) as container, translated_errors("damaged", DAMAGED):
        empty = True
        for frame in _in_blocks(_frames(container, container.streams.audio[0])):
            samples = np.asarray(frame.to_ndarray(), np.float32)  # fltp: floats already
            # The sum of squares is finite only if all samples are; one pass without a copy.
            if not np.isfinite(np.vdot(samples, samples)):
                raise MediaError("damaged", NOT_NUMBERS)
            empty = False
            yield Block(samples=samples, rate=frame.sample_rate)
        if empty:
            raise MediaError("damaged", DAMAGED)


def packets(container: InputContainer, stream: AudioStream) -> Iterator["av.Packet[AudioStream]"]:
    """A stream's packets, as far as the file goes."""
    found = container.demux(stream)
    while True:
        try:
            packet = next(found, None)
        except UNDECODABLE:
            return  # the file ends in the middle of a packet
        if packet is None:
            return
        yield packet


def frames(packet: "av.Packet[AudioStream]") -> Iterator[av.AudioFrame]:
    """What a packet of audio decodes to; nothing where it cannot be decoded."""
    try:
        yield from packet.decode()
    except UNDECODABLE:
        return


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[av.AudioFrame]:
    for packet in packets(container, stream):
        yield from frames(packet)


def _in_blocks(frames: Iterator[av.AudioFrame]) -> Iterator[av.AudioFrame]:
    """The same samples as planar floats in larger frames; rate and channels stay as they are."""
    converter: av.AudioResampler | None = None
    form = None
    for frame in frames:
        if form != (frame.sample_rate, frame.layout.name, frame.format.name):
            if converter is not None:
                yield from converter.resample(None)
            form = (frame.sample_rate, frame.layout.name, frame.format.name)
            converter = av.AudioResampler(format="fltp", frame_size=BLOCK)
        assert converter is not None
        # Times in damaged files jump; only the order of the samples counts here.
        frame.pts = None
        yield from converter.resample(frame)
    if converter is not None:
        yield from converter.resample(None)
