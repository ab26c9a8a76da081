"""Many vectors of little music: of windows that begin every so often, and so overlap."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.audio.decode import decode
from embeddings.audio.features import PatchStream
from embeddings.benchmarks.mixing import RealVectors
from embeddings.inference import Network, load_network
from embeddings.pipeline import BATCH, resampled
from embeddings.registry import MODELS, SAMPLE_RATE
from musicexplore.progress import Progress

STEP_SECONDS = 0.5


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
    step = round(STEP_SECONDS * SAMPLE_RATE)
    parts, recordings, starts = [], [], []
    for number, file in enumerate(files):
        samples = np.concatenate(list(resampled(decode(str(file)))))
        for offset in range(0, spec.patch_frames * spec.hop, step):
            patches = PatchStream(spec.front_end).push(samples[offset:])
            if len(patches):
                parts.append(_infer(network, patches, key))
                recordings.append(np.full(len(patches), number))
                first = offset / SAMPLE_RATE
                starts.append(first + spec.segment_seconds * np.arange(len(patches)))
        progress.advance()
    return RealVectors(
        np.concatenate(parts),
        np.concatenate(recordings),
        np.concatenate(starts),
        spec.segment_seconds,
    )


def _infer(network: Network, patches: NDArray[np.float32], key: str) -> NDArray[np.float32]:
    return np.concatenate(
        [network(patches[i : i + BATCH])[key] for i in range(0, len(patches), BATCH)]
    )
