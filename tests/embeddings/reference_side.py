"""Run as a process of its own: the reference's outputs for patches that the test has made.

Arguments: a directory with `<model>.pb` and `<model>.npy` (patches), and the models' names. Writes
`<model>.npz`, an array for each layer's key.
"""

import sys
from pathlib import Path

import numpy as np

from embeddings.inference import load_network
from embeddings.registry import MODELS

folder = Path(sys.argv[1])
for name in sys.argv[2:]:
    path = folder / f"{name}.pb"
    network = load_network(MODELS[name], path, backend="essentia", precision="f32", threads=1)
    np.savez(folder / f"{name}.npz", **network(np.load(folder / f"{name}.npy")))
