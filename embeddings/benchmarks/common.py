"""What the measurements share: audio, weights, and fresh processes."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from embeddings.weights.fetch import fetch_models
from embeddings.weights.store import models_dir
from tracks.media import AUDIO_EXTENSIONS

PROJECT = Path(__file__).resolve().parent.parent.parent


class BenchmarkError(Exception):
    """Nothing can be measured; `str()` is one line that says why and what to do."""


@dataclass(frozen=True)
class Run:
    """What one process took."""

    seconds: float  # from its start to its end
    cpu_seconds: float


def audio_files(directory: Path) -> list[Path]:
    """Files below `directory` with an extension of audio, sorted; raises `BenchmarkError`."""
    found = sorted(p for p in directory.rglob("*") if p.suffix.lower() in AUDIO_EXTENSIONS)
    if not found:
        raise BenchmarkError(f"There is no audio below {directory}: give another --audio.")
    return found


@contextmanager
def weights_for(names: Iterable[str], scratch: Path) -> Iterator[Path]:
    """A directory with the models' weights: the home's, or else fetched into `scratch`."""
    chosen = list(names)
    if all((models_dir() / f"{name}.pb").is_file() for name in chosen):
        yield models_dir()
        return
    results = fetch_models(chosen, directory=scratch / "models", downloads=scratch / "downloads")
    for result in results:
        if result.state == "unavailable":
            raise BenchmarkError(result.reason)
    yield scratch / "models"


def run_side(*arguments: object) -> Run:
    """Runs a side of `sides.py` in a fresh process; raises `BenchmarkError` where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    command = [sys.executable, "-m", "embeddings.benchmarks.sides", *map(str, arguments)]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if result.returncode != 0:
        last = (result.stderr.strip().splitlines() or ["no message"])[-1]
        raise BenchmarkError(f"The side {arguments[0]} failed: {last}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(seconds=seconds, cpu_seconds=used)


def processor() -> str:
    """The processor's name and number of threads."""
    import openvino

    return f"{openvino.Core().get_property('CPU', 'FULL_DEVICE_NAME')}, {os.cpu_count()} threads"
