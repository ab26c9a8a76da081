"""What is measured, run as `python -m embeddings.benchmarks.sides SIDE WEIGHTS FILES OUTPUT ...`
in a fresh process each.

WEIGHTS is a directory, FILES a JSON list of paths, OUTPUT where the side writes its result.
"""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.pipeline import Pipeline
from embeddings.registry import FRONT_ENDS, MODELS, SAMPLE_RATE

TAGGERS = tuple(name for name, spec in MODELS.items() if spec.front_end == "musicnn")
Vectors = dict[str, NDArray[np.float32]]  # by layer name: (segments, size)


def reference(weights: Path, files: Sequence[str], output: Path) -> None:
    """The original's way: Essentia alone, one process, TensorFlow's default threads."""
    from embeddings.inference import load_network
    from embeddings.inference.essentia import use_reference_essentia

    use_reference_essentia()
    networks = {
        name: load_network(
            MODELS[name], weights / f"{name}.pb", backend="essentia", precision="f32", threads=0
        )
        for name in TAGGERS
    }
    results = []
    for file in files:
        patches = _reference_patches(file)
        vectors = {}
        for name, network in networks.items():
            outputs = network(patches)
            for layer in MODELS[name].layers:
                vectors[MODELS[name].layer_name(layer)] = outputs[layer.key]
        results.append(vectors)
    _save(output, results)


def _reference_patches(file: str) -> NDArray[np.float32]:
    """(n, 187, 96), cut as the original application does but for its rounded hop."""
    from essentia.standard import FrameGenerator, MonoLoader, TensorflowInputMusiCNN

    spec = FRONT_ENDS["musicnn"]
    audio = MonoLoader(filename=file, sampleRate=SAMPLE_RATE)()
    mel = TensorflowInputMusiCNN()
    frames = FrameGenerator(audio, frameSize=spec.frame, hopSize=spec.hop)
    bands = np.array([mel(frame) for frame in frames])
    count = len(bands) // spec.patch_frames
    return bands[: count * spec.patch_frames].reshape(count, spec.patch_frames, spec.bands)


def ours(
    weights: Path, files: Sequence[str], output: Path, *, precision: str, workers: int
) -> None:
    """This application's way: worker processes with a pipeline each, as `extract_all` has."""
    if workers == 1:
        _start_worker(weights, precision)
        _save(output, map(_vectors, files))
        return
    with ProcessPoolExecutor(
        workers,
        mp_context=get_context("spawn"),
        initializer=_start_worker,
        initargs=(weights, precision),
    ) as pool:
        _save(output, pool.map(_vectors, files))


# One pipeline for each process, as in a worker of `extract_all`.
_pipeline: Pipeline


def _start_worker(weights: Path, precision: str) -> None:
    global _pipeline
    _pipeline = Pipeline({name: weights / f"{name}.pb" for name in TAGGERS}, precision=precision)


def _vectors(file: str) -> Vectors:
    return _pipeline.analyse(file).vectors


def memory(weights: Path, files: Sequence[str], output: Path, *, precision: str) -> None:
    """Peak resident memory in MB of a worker that analyses the files."""
    _start_worker(weights, precision)
    for file in files:
        _pipeline.analyse(file)
    # Not `getrusage`, which on Linux begins with the peak of the process that started this one.
    status = Path("/proc/self/status").read_text()
    (kilobytes,) = re.findall(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    output.write_text(json.dumps(round(int(kilobytes) / 1024, 1)))


def _save(output: Path, results: Iterable[Vectors]) -> None:
    arrays = {
        f"{i}/{layer}": values
        for i, vectors in enumerate(results)
        for layer, values in vectors.items()
    }
    with output.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def main(side: str, weights: str, files: str, output: str, *options: str) -> None:
    """`options`: precision and number of workers, for the sides that take them."""
    sides = {"reference": reference}
    if side == "ours":
        sides["ours"] = partial(ours, precision=options[0], workers=int(options[1]))
    elif side == "memory":
        sides["memory"] = partial(memory, precision=options[0])
    sides[side](Path(weights), json.loads(Path(files).read_text()), Path(output))


if __name__ == "__main__":
    main(*sys.argv[1:])
