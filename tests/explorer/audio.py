"""Music whose every moment is unlike any other, to tell where a clip was cut."""

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

SECONDS = 12
# File: codec, container, sample rate, options of the container, quality of a variable bit rate.
FORMATS = {
    "wav": ("pcm_s16le", "wav", 44100, {}, None),
    "aiff": ("pcm_s16be", "aiff", 44100, {}, None),
    "flac": ("flac", "flac", 44100, {}, None),
    "alac.m4a": ("alac", "ipod", 44100, {}, None),
    "aac.m4a": ("aac", "ipod", 44100, {}, None),
    "aac": ("aac", "adts", 44100, {}, None),
    "cbr.mp3": ("libmp3lame", "mp3", 44100, {}, None),
    "vbr.mp3": ("libmp3lame", "mp3", 44100, {}, 2),
    "vbr-without-header.mp3": ("libmp3lame", "mp3", 44100, {"write_xing": "0"}, 2),
    "vorbis.ogg": ("vorbis", "ogg", 44100, {}, None),
    "opus": ("libopus", "ogg", 48000, {}, None),
    "wma": ("wmav2", "asf", 44100, {}, None),
}


def noise(rate: int, *, seconds: int = SECONDS) -> NDArray[np.float32]:
    """Low-pass noise (n,) of changing loudness, which makes a variable bit rate vary."""
    numbers = np.random.default_rng(7)
    kernel = np.hanning(15) / np.hanning(15).sum()
    white = np.convolve(numbers.standard_normal(seconds * rate), kernel, "same")
    loudness = np.repeat(numbers.uniform(0.02, 0.5, seconds * 4), rate // 4)
    return np.clip(white * loudness, -0.95, 0.95).astype(np.float32)


def write(path: Path, kind: str, samples: NDArray[np.float32] | None = None) -> Path:
    """Writes the samples (n,), or noise, as stereo, both channels the same."""
    codec, container, rate, options, quality = FORMATS[kind]
    samples = noise(rate) if samples is None else samples
    with av.open(str(path), "w", format=container, options=options) as output:
        stream = output.add_stream(codec, rate=rate, layout="stereo")
        if quality is None:
            stream.bit_rate = 128_000
        else:
            stream.codec_context.options = {"q": str(quality), "flags": "+qscale"}
            stream.codec_context.flags |= av.codec.context.Flags.qscale
            stream.codec_context.global_quality = quality * 118  # FF_QP2LAMBDA
        if codec == "vorbis":
            stream.codec_context.options = {"strict": "experimental"}
        if codec == "aac":  # or decoders fill in noise of their own, each time another
            stream.codec_context.options = {"aac_pns": "0"}
        frame = av.AudioFrame.from_ndarray(np.tile(samples, (2, 1)), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = rate, 0
        resampler = av.AudioResampler(
            format=stream.format.name, layout="stereo", rate=rate, frame_size=1024
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return path


def decode(path: Path) -> tuple[NDArray[np.float64], int]:
    """The first channel (n,) of a whole file, decoded from its beginning, and its rate in Hz."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=stream.rate)
        blocks = [
            converted.to_ndarray()[0]
            for frame in container.decode(stream)
            for converted in resampler.resample(frame)
        ]
        return np.concatenate(blocks).astype(np.float64), stream.rate


def lag(whole: NDArray[np.float64], part: NDArray[np.float64]) -> int:
    """Where in `whole` (n,) the samples of `part` (m,) lie, by cross-correlation."""
    size = 1 << int(np.ceil(np.log2(len(whole) + len(part))))
    spectrum = np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size))
    return int(np.argmax(np.fft.irfft(spectrum, size)[: len(whole)]))
