"""Real files of every kind that goes wrong, and of some that only look as if they would."""

import wave
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 44_100


def noise(seconds: float, rate: int = RATE, channels: int = 1, seed: int = 0) -> NDArray[np.int16]:
    """Samples (frames, channels) that no other seed gives."""
    random = np.random.default_rng(seed)
    return random.integers(-8000, 8000, (round(seconds * rate), channels), np.int16)


def write_wav(path: Path, samples: NDArray[np.int16], rate: int = RATE) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def encode(path: Path, codec: str, samples: NDArray[np.int16], rate: int, layout: str) -> Path:
    """Write (frames, channels) in the format of the path's extension."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        output.start_encoding()
        resampler = av.AudioResampler(
            format=stream.codec_context.format, rate=rate, frame_size=stream.frame_size or 4096
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return path


def write_float_wav_with_nan(path: Path) -> Path:
    samples = (noise(7)[:, 0] / 32768).astype("<f4")
    samples[RATE : RATE + 100] = np.nan
    with path.open("wb") as file:
        file.write(b"RIFF" + (36 + samples.nbytes).to_bytes(4, "little") + b"WAVEfmt ")
        for number, size in ((16, 4), (3, 2), (1, 2), (RATE, 4), (4 * RATE, 4), (4, 2), (32, 2)):
            file.write(number.to_bytes(size, "little"))
        file.write(b"data" + samples.nbytes.to_bytes(4, "little") + samples.tobytes())
    return path


def write_all(folder: Path) -> None:
    """The bad-input files of the tests, named by what is the matter with them."""
    write_wav(folder / "good.wav", noise(7, seed=1))
    (folder / "empty.mp3").touch()
    (folder / "text.mp3").write_text("These are words and no sound. " * 200)
    (folder / "playlist.mp3").write_text(f"#EXTM3U\n#EXTINF:7,x\nfile://{folder}/good.wav\n")
    mp3 = encode(folder / "truncated.mp3", "libmp3lame", noise(12, seed=2), RATE, "mono")
    mp3.write_bytes(mp3.read_bytes()[: mp3.stat().st_size * 2 // 3 + 7])
    write_wav(folder / "short.wav", noise(0.3, seed=3))
    write_wav(folder / "silent.wav", np.zeros((7 * RATE, 2), np.int16))
    write_wav(folder / "telephone.wav", noise(7, 8000, seed=4), rate=8000)
    encode(folder / "surround.flac", "flac", noise(7, 48_000, 6, seed=5), 48_000, "5.1")
    encode(folder / "fine.flac", "flac", noise(7, 96_000, 2, seed=6), 96_000, "stereo")
    write_float_wav_with_nan(folder / "nan.wav")
    write_wav(folder / "vanishing.wav", noise(7, seed=7))
    write_wav(folder / "forbidden.wav", noise(7, seed=8)).chmod(0)
    write_wav(folder / "killer.wav", noise(200, seed=9))
