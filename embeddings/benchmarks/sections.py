"""How well sections find where one track gives way to the next, on mixes whose turns are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.benchmarks.common import audio_files, processor, weights_for
from embeddings.benchmarks.mixes import Mix, Samples, make_mix, read_albums
from embeddings.benchmarks.sides import TAGGERS
from embeddings.pipeline import Pipeline
from embeddings.registry import MODELS, SAMPLE_RATE
from embeddings.sections import cut_sections
from musicexplore.progress import Progress

TOLERANCE_SECONDS = 6.0
DEFAULT_LAYER = f"{TAGGERS[0]}-embeddings"
LONG_HOURS = 3
HOPS = {
    spec.layer_name(layer): spec.segment_seconds
    for spec in MODELS.values()
    for layer in spec.layers
}


@dataclass
class Score:
    """Boundaries that there are, that were found, and that match."""

    true: int = 0
    found: int = 0
    matched: int = 0

    def add(self, true: Sequence[float], found: Sequence[float]) -> None:
        self.true += len(true)
        self.found += len(found)
        self.matched += matched(true, found)

    @property
    def f1(self) -> float:
        return 2 * self.matched / max(self.true + self.found, 1)

    def rounded(self) -> dict[str, float]:
        return {
            "precision": round(self.matched / max(self.found, 1), 3),
            "recall": round(self.matched / max(self.true, 1), 3),
            "f1": round(self.f1, 3),
        }


def measure(
    audio: Path, *, mixes: int = 16, seed: int = 0, progress: Progress | None = None
) -> dict[str, Any]:
    """Cuts so many mixes of the tracks below `audio`, through the networks, and each track itself.

    Folders are albums. The price of a cut was tuned on seeds 1000 to 1015. Raises `BenchmarkError`.
    """
    progress = progress or Progress()
    files = audio_files(audio)
    albums = read_albums(files)
    with TemporaryDirectory(prefix="musicexplore-benchmark-") as folder:
        scratch = Path(folder)
        with weights_for(TAGGERS, scratch) as weights:
            pipeline = Pipeline({name: weights / f"{name}.pb" for name in TAGGERS})
            tracks = [samples for own in albums.values() for samples in own]
            progress.start(mixes + len(tracks), "recordings")
            scores: dict[str, Score] = {}
            for number in range(mixes):
                mix = make_mix(albums, seed + number)
                for layer, vectors in heard(pipeline, mix, scratch).items():
                    found = boundaries(layer, vectors)
                    scores.setdefault(layer, Score()).add(mix.boundaries, found)
                progress.advance(message=f"mix {number + 1}")
            inside = _inside_tracks(pipeline, tracks, scratch, progress)
    progress.finish()
    return {
        "mixes": mixes,
        "seed": seed,
        "boundaries": scores[DEFAULT_LAYER].true,
        "tolerance_seconds": TOLERANCE_SECONDS,
        "default_layer": DEFAULT_LAYER,
        **scores[DEFAULT_LAYER].rounded(),
        "layers": {name: score.rounded() for name, score in sorted(scores.items())},
        "tracks": len(tracks),
        "boundaries_inside_tracks": inside,
        "three_hours_cpu_seconds": round(_long_seconds(), 2),
        "processor": processor(),
    }


def heard(pipeline: Pipeline, mix: Mix, scratch: Path) -> dict[str, NDArray[np.float32]]:
    """The vectors of a mix, (segments, size) by layer."""
    path = scratch / "mix.wav"
    mix.write(path)
    return pipeline.analyse(str(path)).vectors


def boundaries(layer: str, vectors: NDArray[np.float32]) -> list[float]:
    """Seconds at which sections of a layer's (segments, size) vectors begin, but for the first."""
    first = cut_sections(vectors, hop_seconds=HOPS[layer]).first[1:]
    return [float(position * HOPS[layer]) for position in first]


def matched(true: Sequence[float], found: Sequence[float]) -> int:
    """How many pairs at most lie within the tolerance, each moment in one pair; both ascending.

    Taking the earliest that fits is best, for all tolerances are equal.
    """
    number = place = 0
    for moment in true:
        while place < len(found) and found[place] < moment - TOLERANCE_SECONDS:
            place += 1
        if place < len(found) and found[place] <= moment + TOLERANCE_SECONDS:
            number, place = number + 1, place + 1
    return number


def _inside_tracks(
    pipeline: Pipeline, tracks: Sequence[Samples], scratch: Path, progress: Progress
) -> Mapping[str, int]:
    """By layer, how often tracks are cut that are no mixes."""
    cuts: dict[str, int] = {}
    for samples in tracks:
        for layer, vectors in heard(pipeline, Mix(samples, []), scratch).items():
            cuts[layer] = cuts.get(layer, 0) + len(boundaries(layer, vectors))
        progress.advance(message=f"a track of {len(samples) / SAMPLE_RATE:.0f} s")
    return dict(sorted(cuts.items()))


def _long_seconds() -> float:
    """Processor time for cutting a recording of three hours, of made-up vectors."""
    hop = HOPS[DEFAULT_LAYER]
    numbers = np.random.default_rng(0)
    count = int(LONG_HOURS * 3600 / hop)
    tracks = np.repeat(numbers.normal(size=(count // 60 + 1, 200)), 60, axis=0)[:count]
    vectors = (tracks + numbers.normal(size=tracks.shape)).astype(np.float32)
    before = process_time()
    cut_sections(vectors, hop_seconds=hop)
    return process_time() - before
