"""Audio files made for a measurement."""

import wave
from collections.abc import Iterable
from itertools import cycle
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from embeddings.audio.decode import Block, decode
from embeddings.benchmarks.common import BenchmarkError
from tracks.media import MediaError

RATE = 44_100  # Hz, of the long files


def write_wave(path: Path, blocks: Iterable[Block]) -> None:
    """16-bit WAV of decoded audio, of the first block's rate and channels."""
    with wave.open(str(path), "wb") as output:
        for index, block in enumerate(blocks):
            if index == 0:
                output.setnchannels(len(block.samples))
                output.setsampwidth(2)
                output.setframerate(block.rate)
            scaled = np.clip(np.round(block.samples.T * 32768), -32768, 32767)
            output.writeframes(scaled.astype("<i2").tobytes())


def write_adts(path: Path, sources: Iterable[Path], *, seconds: float) -> None:
    """AAC frames (ADTS) of the sources, one after the other and again, mixed to mono.

    Such files may be joined byte by byte. Raises `BenchmarkError` where nothing can be decoded.
    """
    wanted = int(seconds * RATE)
    with av.open(str(path), "w", format="adts") as output:
        stream = output.add_stream("aac", rate=RATE, layout="mono")
        for source in cycle(list(sources)):
            for frame in _frames(source, stream.codec_context.frame_size or 1024):
                frame.pts = None
                output.mux(stream.encode(frame))
                wanted -= frame.samples
                if wanted <= 0:
                    output.mux(stream.encode(None))
                    return


def write_mp3(path: Path, samples: NDArray[np.float32], rate: int, *, bit_rate: int) -> None:
    """MP3 of samples (1 or 2 channels, n) at `rate` Hz, at 44.1 kHz and so many bits a second."""
    layout = "mono" if len(samples) == 1 else "stereo"
    with av.open(str(path), "w", format="mp3") as output:
        stream = output.add_stream("libmp3lame", rate=RATE, layout=layout)
        stream.bit_rate = bit_rate
        output.start_encoding()
        converter = av.AudioResampler(
            format=stream.codec_context.format,
            layout=layout,
            rate=RATE,
            frame_size=stream.codec_context.frame_size,
        )
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples), format="fltp", layout=layout
        )
        frame.sample_rate = rate
        for part in (*converter.resample(frame), *converter.resample(None)):
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))


def repeat(piece: Path, target: Path, *, times: int) -> None:
    """`times` copies of a file's bytes in one file."""
    content = piece.read_bytes()
    with target.open("wb") as file:
        for _ in range(times):
            file.write(content)


def _frames(source: Path, size: int) -> Iterable[av.AudioFrame]:
    converter = av.AudioResampler(format="fltp", layout="mono", rate=RATE, frame_size=size)
    try:
        for block in decode(str(source)):
            mono = np.ascontiguousarray(block.mono()[np.newaxis])
            frame = av.AudioFrame.from_ndarray(mono, format="fltp", layout="mono")
            frame.sample_rate = block.rate
            yield from converter.resample(frame)
    except MediaError as error:
        raise BenchmarkError(f"{source.name} cannot be used: {error}") from error
