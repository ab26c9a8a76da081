"""Real music in many formats, and simple sounds with known answers."""

import wave
from pathlib import Path

import av
import numpy as np
import soundfile
from numpy.typing import NDArray


def transcode(source: Path, target: Path, *, codec: str, rate: int, seconds: float = 3600) -> Path:
    """Encodes the beginning of an audio file again, in stereo, as the target's extension says."""
    with av.open(str(source)) as container:
        converter = av.AudioResampler(format="fltp", layout="stereo", rate=rate, frame_size=4096)
        frames = (f for f in container.decode(audio=0) if f.time is None or f.time < seconds)
        parts = [part for frame in [*frames, None] for part in converter.resample(frame)]
    if codec == "vorbis":
        # By libvorbis: PyAV's FFmpeg has only an encoder of its own, experimental, whose files
        # the FFmpeg inside Essentia decodes otherwise than libvorbis does.
        samples = np.concatenate([part.to_ndarray() for part in parts], axis=1)
        soundfile.write(target, samples.T, rate, format="OGG", subtype="VORBIS")
    else:
        _encode(parts, target, codec=codec, rate=rate)
    return target


def _encode(frames: list[av.AudioFrame], target: Path, *, codec: str, rate: int) -> None:
    with av.open(str(target), "w") as output:
        stream = output.add_stream(codec, rate=rate, layout="stereo")
        if not codec.startswith(("pcm", "flac")):
            stream.bit_rate = 192_000
        output.start_encoding()
        converter = av.AudioResampler(
            format=stream.codec_context.format,
            layout="stereo",
            rate=rate,
            frame_size=stream.frame_size or 4096,
        )
        for frame in [*frames, None]:
            for part in converter.resample(frame):
                output.mux(stream.encode(part))
        output.mux(stream.encode(None))


def sine(
    *, frequency: float, seconds: float, rate: int, amplitude: float = 0.5
) -> NDArray[np.float32]:
    """(n,) samples of a tone."""
    times = np.arange(round(seconds * rate)) / rate
    return (amplitude * np.sin(2 * np.pi * frequency * times)).astype(np.float32)


def write_wave(path: Path, samples: NDArray[np.float32], *, rate: int) -> Path:
    """16-bit WAV of (n,) or (channels, n) samples."""
    channels = np.atleast_2d(samples)
    with wave.open(str(path), "wb") as output:
        output.setnchannels(len(channels))
        output.setsampwidth(2)
        output.setframerate(rate)
        output.writeframes(np.round(channels.T * 32767).astype("<i2").tobytes())
    return path


def write_float_wave(path: Path, samples: NDArray[np.float32], *, rate: int) -> Path:
    """32-bit float WAV of (n,) samples, of any value."""
    with av.open(str(path), "w", format="wav") as output:
        stream = output.add_stream("pcm_f32le", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="flt", layout="mono")
        frame.sample_rate, frame.pts = rate, 0
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path
