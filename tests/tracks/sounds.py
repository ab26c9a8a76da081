"""Small audio files for tests."""

import wave
from pathlib import Path

import av
import numpy as np


def write_wav(path: Path, *, seconds: float = 0.1, rate: int = 16000, tone: float = 440) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.sin(2 * np.pi * tone * np.arange(int(seconds * rate)) / rate)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 20000).astype("<i2").tobytes())
    return path


FORMATS = {  # extension: codec, container, sample rate
    ".mp3": ("libmp3lame", "mp3", 44100),
    ".flac": ("flac", "flac", 44100),
    ".oga": ("flac", "ogg", 44100),
    ".opus": ("libopus", "ogg", 48000),
    ".m4a": ("aac", "ipod", 44100),
    ".aac": ("aac", "adts", 44100),
    ".wav": ("pcm_s16le", "wav", 44100),
    ".aiff": ("pcm_s16be", "aiff", 44100),
    ".wma": ("wmav2", "asf", 44100),
}


def write_audio(path: Path, metadata: dict[str, str] | None = None) -> Path:
    """A fifth of a second of a tone, in the format of the path's extension."""
    codec, container, rate = FORMATS[path.suffix]
    path.parent.mkdir(parents=True, exist_ok=True)
    tone = np.sin(2 * np.pi * 440 * np.arange(rate // 5) / rate).astype(np.float32)
    with av.open(str(path), "w", format=container) as output:
        output.metadata.update(metadata or {})
        stream = output.add_stream(codec, rate=rate, layout="mono")
        stream.bit_rate = 128_000
        output.start_encoding()
        frame = av.AudioFrame.from_ndarray(tone[None, :], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = rate, 0
        resampler = av.AudioResampler(
            format=stream.codec_context.format, rate=rate, frame_size=stream.frame_size or 1024
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return path
