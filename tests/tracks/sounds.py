"""Small audio files for tests."""

import wave
from pathlib import Path

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
