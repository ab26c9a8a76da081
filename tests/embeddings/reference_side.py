"""Run as a process of its own, for the reference's `essentia` and ours cannot live in one.

`patches FOLDER MODEL...`: the reference's outputs of `<model>.pb` for `<model>.npy`, written to
`<model>.npz` with an array for each layer's key.
`track FOLDER MODEL FILE`: a pipeline on the reference; writes `track.npz`, an array a layer.
"""

import sys
from pathlib import Path

import numpy as np

from embeddings.inference import load_network
from embeddings.pipeline import Pipeline
from embeddings.registry import MODELS


def patches(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / f"{name}.pb"
        network = load_network(MODELS[name], path, backend="essentia", precision="f32", threads=1)
        np.savez(folder / f"{name}.npz", **network(np.load(folder / f"{name}.npy")))


def track(folder: Path, name: str, file: str) -> None:
    pipeline = Pipeline({name: folder / f"{name}.pb"}, backend="essentia")
    np.savez(folder / "track.npz", **pipeline.analyse(file).vectors)


if __name__ == "__main__":
    {"patches": patches, "track": track}[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
