"""DJ mixes made of single tracks, with the moments at which one track gives way to the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.audio.decode import Block, decode
from embeddings.audio.resample import make_resampler
from embeddings.benchmarks.audio import write_wave
from embeddings.benchmarks.common import BenchmarkError
from embeddings.registry import SAMPLE_RATE
from tracks.media import MediaError

TRACKS = (5, 8)  # in a mix, at least and at most
FADE_SECONDS = (4.0, 10.0)
LEAST_SECONDS = 22.0  # of a track: what is left between its fades is heard by itself
MOST_SECONDS = 240.0

Samples = NDArray[np.float32]  # (n,) mono at SAMPLE_RATE


@dataclass(frozen=True)
class Mix:
    """Tracks that fade into each other."""

    samples: Samples
    boundaries: list[float]  # seconds: the middle of each cross-fade

    def write(self, path: Path) -> None:
        write_wave(path, [Block(samples=self.samples[None], rate=SAMPLE_RATE)])


def read_albums(files: Sequence[Path]) -> dict[str, list[Samples]]:
    """Tracks by the folder that they lie in: those that are long enough.

    Raises `BenchmarkError` where there are too few for a mix.
    """
    albums: dict[str, list[Samples]] = {}
    for file in files:
        try:
            samples = _read(file)
        except MediaError:
            continue
        if len(samples) >= LEAST_SECONDS * SAMPLE_RATE:
            albums.setdefault(str(file.parent), []).append(samples)
    if len(albums) < 2 or sum(map(len, albums.values())) < TRACKS[1]:
        raise BenchmarkError(
            f"Mixes need {TRACKS[1]} tracks of {LEAST_SECONDS:g} s or more, in two folders or more "
            "(one an album): give another --audio."
        )
    return albums


def make_mix(albums: Mapping[str, Sequence[Samples]], seed: int) -> Mix:
    """A mix of tracks of which none is of the album of the one before it, all drawn by lot.

    So are the part of each track that is heard, and the lengths of the cross-fades, in which both
    have equal power: a quarter of a sine each.
    """
    lots = np.random.default_rng(seed)
    tracks = [_cut(track, lots) for track in _draw(albums, lots)]
    mix = tracks[0]
    boundaries = []
    for track in tracks[1:]:
        fade = int(lots.uniform(*FADE_SECONDS) * SAMPLE_RATE)
        boundaries.append((len(mix) - fade / 2) / SAMPLE_RATE)
        mix = cross_fade(mix, track, fade)
    return Mix(mix, boundaries)


def cross_fade(one: Samples, other: Samples, fade: int) -> Samples:
    """The second begins `fade` samples before the first ends."""
    angles = np.linspace(0, np.pi / 2, fade, dtype=np.float32)
    both = one[-fade:] * np.cos(angles) + other[:fade] * np.sin(angles)
    return np.concatenate([one[:-fade], both, other[fade:]])


def _draw(albums: Mapping[str, Sequence[Samples]], lots: np.random.Generator) -> list[Samples]:
    """Different tracks, neighbours of different albums; fewer where no other album has any left."""
    left = {name: list(lots.permutation(len(tracks))) for name, tracks in albums.items()}
    drawn: list[Samples] = []
    last = ""
    for _ in range(lots.integers(TRACKS[0], TRACKS[1] + 1)):
        others = [name for name, tracks in left.items() if tracks and name != last]
        if not others:
            break
        last = str(lots.choice(others))
        drawn.append(albums[last][left[last].pop()])
    return drawn


def _cut(track: Samples, lots: np.random.Generator) -> Samples:
    longest = min(len(track), int(MOST_SECONDS * SAMPLE_RATE))
    length = int(lots.integers(int(LEAST_SECONDS * SAMPLE_RATE), longest + 1))
    start = int(lots.integers(0, len(track) - length + 1))
    return track[start : start + length]


def _read(file: Path) -> Samples:
    parts: list[Samples] = []
    resampler, rate = None, 0
    for block in decode(str(file)):
        if resampler is None or block.rate != rate:
            if resampler is not None:
                parts.append(resampler.flush())
            resampler, rate = make_resampler(block.rate, SAMPLE_RATE), block.rate
        parts.append(resampler.push(block.mono()))
    if resampler is not None:
        parts.append(resampler.flush())
    return np.concatenate(parts)
