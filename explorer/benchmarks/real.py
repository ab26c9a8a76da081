"""The real vectors that a measurement has at hand: the library's own, or else the demo's."""

import math
from pathlib import Path

import numpy as np
from django.db import connection

from embeddings.benchmarks.common import BenchmarkError, audio_files, weights_for
from embeddings.benchmarks.mixing import RealVectors
from embeddings.benchmarks.windows import window_vectors
from embeddings.models import Layer
from embeddings.storage import count_segments, read_layer
from explorer.benchmarks.steps import Steps
from explorer.demo import fetch_music
from musicexplore.wheels import DownloadError
from tracks.media import MediaError

MODEL, KEY = "msd-musicnn", "embeddings"
LAYER = f"{MODEL}-{KEY}"
FEWEST = 1000  # of a library, or the demo has more to offer
MOST = 50_000  # each of which is compared with each


def real_vectors(scratch: Path, steps: Steps, *, weight: float) -> RealVectors:
    """The vectors of `LAYER` in the library, which `connection` leads to, if it has enough.

    Else the demo's music is fetched into `scratch`, and each half second of it begins a window.
    Raises `BenchmarkError`.
    """
    with steps("reading the library's vectors", 0):
        real = _of_library()
    if real is not None:
        return real
    with steps("fetching the demo's music and a network", 0):
        try:
            fetch_music(scratch / "audio", downloads=scratch / "downloads")
        except DownloadError as error:
            raise BenchmarkError(str(error)) from error
    files = audio_files(scratch / "audio")
    with weights_for([MODEL], scratch) as weights:
        listener = steps.within("listening to the demo's music", weight, len(files))
        try:
            return window_vectors(files, weights, MODEL, KEY, listener)
        except MediaError as error:
            raise BenchmarkError(f"The demo's music cannot be decoded: {error}") from error


def _of_library() -> RealVectors | None:
    """None where there are few, or no tables at all."""
    if Layer._meta.db_table not in connection.introspection.table_names():
        return None
    layer = Layer.objects.filter(name=LAYER).first()
    if layer is None or (count := count_segments(layer)) < FEWEST:
        return None
    every = math.ceil(count / MOST)
    data = read_layer(layer, every=every)
    heard = data.vectors.any(axis=1)  # silence has no direction
    return RealVectors(
        data.vectors[heard],
        data.track_ids[heard],
        data.positions[heard] * np.float64(layer.hop_seconds),
        layer.segment_seconds,
    )
