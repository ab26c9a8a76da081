"""Audio of which it is known what is the same recording: copies, excerpts, and other pieces."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from embeddings.audio.decode import decode

RATE = 44_100  # Hz, of what is made here
TEMPO = 120  # beats a minute, of all pieces
SCALE = (0, 2, 4, 7, 9)  # semitones: pentatonic, so that any two notes go together


@dataclass(frozen=True)
class Encoding:
    """How a file is encoded."""

    extension: str
    codec: str  # FFmpeg's encoder
    rate: int  # Hz
    bit_rate: int  # bits a second


ENCODINGS = (
    Encoding(".mp3", "libmp3lame", 44_100, 128_000),
    Encoding(".opus", "libopus", 48_000, 48_000),
    Encoding(".m4a", "aac", 44_100, 96_000),
    Encoding(".mp3", "libmp3lame", 44_100, 64_000),
    Encoding(".opus", "libopus", 48_000, 24_000),
    Encoding(".m4a", "aac", 44_100, 64_000),
    Encoding(".mp3", "libmp3lame", 44_100, 256_000),
    Encoding(".mp3", "libmp3lame", 22_050, 32_000),
)


def read(path: Path) -> tuple[NDArray[np.float32], int]:
    """A file's samples (channels, n) and rate. Raises `MediaError`."""
    blocks = list(decode(str(path)))
    return np.concatenate([block.samples for block in blocks], axis=1), blocks[0].rate


def encode(samples: NDArray[np.float32], rate: int, target: Path, encoding: Encoding) -> None:
    """Write samples (channels, n) of a rate, as stereo, to a file with the encoding's extension."""
    with av.open(str(target), "w") as output:
        added = output.add_stream(encoding.codec, rate=encoding.rate, layout="stereo")
        stream = cast(AudioStream, added)
        stream.bit_rate = encoding.bit_rate
        output.start_encoding()
        converter = av.AudioResampler(
            format=stream.codec_context.format,
            layout="stereo",
            rate=encoding.rate,
            frame_size=stream.frame_size or 4096,
        )
        layout = "mono" if len(samples) == 1 else "stereo"
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples[:2]), format="fltp", layout=layout
        )
        frame.sample_rate = rate
        for source in (frame, None):
            for part in converter.resample(source):
                output.mux(stream.encode(part))
        output.mux(stream.encode(None))


def plucked_piece(seed: int, seconds: float) -> NDArray[np.float32]:
    """(1, n) samples: a melody with a bass, drawn by the seed, on one plucked string instrument.

    All pieces have its tempo, scale and sound (Karplus and Strong 1983) in common.
    """
    numbers = np.random.default_rng(seed)
    piece = np.zeros(round(seconds * RATE), np.float32)
    step = RATE * 60 // TEMPO // 2  # an eighth
    strings = {  # by semitones above 110 Hz
        note: _string(110 * 2 ** (note / 12))
        for octave in (0, 12, 24)
        for note in (octave + tone for tone in SCALE)
    }
    for lowest, every in ((0, 4), (12, 1)):  # the bass on every second beat
        for start in range(0, len(piece), step * every):
            if every == 1 and numbers.random() < 0.3:
                continue
            note = int(numbers.choice([each for each in strings if each >= lowest][:8]))
            sound = strings[note][: len(piece) - start]
            piece[start : start + len(sound)] += sound
    return (0.8 * piece / np.abs(piece).max())[np.newaxis]


def _string(hertz: float) -> NDArray[np.float32]:
    """A second and a half of a plucked string, the same at each stroke."""
    length = round(RATE / hertz)
    string = np.random.default_rng(length).uniform(-1, 1, length).astype(np.float32)
    periods = [string]
    for _ in range(int(1.5 * hertz)):
        string = 0.498 * (string + np.roll(string, 1))
        periods.append(string)
    return np.concatenate(periods)
