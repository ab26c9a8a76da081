"""Many vectors of little music: of windows that begin every so often, and so overlap."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from embeddings.audio.decode import decode
from embeddings.audio.features import MelStream
from embeddings.benchmarks.mixing import RealVectors
from embeddings.inference import load_network
from embeddings.pipeline import BATCH, resampled
from embeddings.registry import MODELS, SAMPLE_RATE
from musicexplore.progress import Progress

STEP_FRAMES = 31  # of the mel spectrogram: half a second


def window_vectors(
    files: Iterable[Path], weights: Path, model: str, key: str, progress: Progress
) -> RealVectors:
    """What a layer (`key`) of a model hears in the windows of audio files.

    `weights` is the folder with the model's. Tells `progress` of each file. Raises `MediaError`.
    """
    spec = MODELS[model]
    network = load_network(
        spec, weights / f"{model}.pb", backend="openvino", precision="f32", threads=1
    )
    parts, recordings, starts = [], [], []
    for number, file in enumerate(files):
        stream = MelStream(spec.front_end)
        frames = np.concatenate([stream.push(block) for block in resampled(decode(str(file)))])
        firsts = np.arange(0, len(frames) - spec.patch_frames + 1, STEP_FRAMES)
        for begin in range(0, len(firsts), BATCH):
            rows = firsts[begin : begin + BATCH, None] + np.arange(spec.patch_frames)
            parts.append(network(frames[rows])[key])
        recordings.append(np.full(len(firsts), number))
        starts.append(firsts * spec.hop / SAMPLE_RATE)
        progress.advance()
    return RealVectors(
        np.concatenate(parts),
        np.concatenate(recordings),
        np.concatenate(starts),
        spec.segment_seconds,
    )
