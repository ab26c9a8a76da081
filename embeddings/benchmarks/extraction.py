"""Extraction against the reference way: time and parity, on the same files, in one run."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from embeddings.audio.decode import decode
from embeddings.benchmarks.audio import write_wave
from embeddings.benchmarks.common import (
    BenchmarkError,
    Run,
    audio_files,
    processor,
    run_side,
    weights_for,
)
from embeddings.benchmarks.sides import TAGGERS
from embeddings.inference.essentia import reference_problem
from musicexplore.progress import Progress
from tracks.media import MediaError, probe

# What Essentia's own FFmpeg decodes. It is not asked about others: trying Opus, which it has not,
# corrupts its memory.
ESSENTIA_CODECS = {"aac", "flac", "mp3", "mp3float", "pcm_s16le", "pcm_s24le", "vorbis"}


def measure(
    audio: Path,
    *,
    precision: str = "f32",
    rounds: int = 3,
    workers: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Times both sides on the audio files below `audio`, `rounds` times, interleaved.

    Each side runs in a fresh process, so that imports and the loading of graphs count. `workers`
    of our side: one a core unless given. Raises `BenchmarkError`.
    """
    progress = progress or Progress()
    if problem := reference_problem():
        raise BenchmarkError(problem)
    workers = workers or psutil.cpu_count(logical=False) or 1
    found = audio_files(audio)
    with TemporaryDirectory(prefix="musicexplore-benchmark-") as folder:
        scratch = Path(folder)
        listing, left, right = (scratch / n for n in ("files.json", "reference.npz", "ours.npz"))
        with weights_for(TAGGERS, scratch) as weights:
            readable, audio_seconds = _readable(found)
            files = _for_essentia(readable, scratch)
            listing.write_text(json.dumps(files))
            reference_runs, runs = [], []
            progress.start(2 * rounds, "runs")
            for _ in range(rounds):
                reference_runs.append(run_side("reference", weights, listing, left))
                progress.advance(message=f"reference: {reference_runs[-1].seconds:.1f} s")
                runs.append(run_side("ours", weights, listing, right, precision, workers))
                progress.advance(message=f"ours: {runs[-1].seconds:.1f} s")
            progress.finish()
        cosine = _cosines(left, right)
    return {
        "audio_seconds": round(audio_seconds, 1),
        **_times(reference_runs, runs),
        "cosine": cosine,
        "precision": precision,
        "workers": workers,
        "files": len(files),
        "undecodable": len(found) - len(files),
        "transcoded_for_essentia": len(set(files) - set(readable)),
        "processor": processor(),
    }


def _readable(found: Sequence[Path]) -> tuple[list[str], float]:
    """The files that can be decoded, and their seconds in all."""
    files, total = [], 0.0
    for path in found:
        try:
            total += sum(block.samples.shape[1] / block.rate for block in decode(str(path)))
        except MediaError:
            continue
        files.append(str(path))
    if not files:
        raise BenchmarkError("None of the audio files could be decoded.")
    return files, total


def _for_essentia(files: Sequence[str], scratch: Path) -> list[str]:
    """The files as both sides get them: those that Essentia cannot read as WAV."""
    result = []
    for index, file in enumerate(files):
        if probe(file).codec not in ESSENTIA_CODECS:
            copy = scratch / f"{index}.wav"
            write_wave(copy, decode(file))
            file = str(copy)
        result.append(file)
    return result


def _times(reference_runs: Sequence[Run], runs: Sequence[Run]) -> dict[str, Any]:
    reference_seconds = median(run.seconds for run in reference_runs)
    seconds = median(run.seconds for run in runs)
    return {
        "reference_seconds": round(reference_seconds, 2),
        "seconds": round(seconds, 2),
        "ratio": round(reference_seconds / seconds, 3),
        "reference_cpu_seconds": round(median(run.cpu_seconds for run in reference_runs), 2),
        "cpu_seconds": round(median(run.cpu_seconds for run in runs), 2),
        "rounds": [
            {"reference_seconds": round(a.seconds, 2), "seconds": round(b.seconds, 2)}
            for a, b in zip(reference_runs, runs, strict=True)
        ],
    }


def _cosines(reference: Path, ours: Path) -> dict[str, float]:
    """Mean cosine of the two sides' segments, per layer."""
    values: dict[str, list[NDArray[np.float32]]] = {}
    with np.load(reference) as left, np.load(ours) as right:
        for key in left.files:
            a, b = left[key], right[key]
            count = min(len(a), len(b))  # at a file's end one side may complete a patch more
            products = (a[:count] * b[:count]).sum(axis=1)
            norms = np.linalg.norm(a[:count], axis=1) * np.linalg.norm(b[:count], axis=1)
            values.setdefault(key.partition("/")[2], []).append(products / norms)
    return {layer: round(float(np.concatenate(v).mean()), 6) for layer, v in values.items()}
