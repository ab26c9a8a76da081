"""Runs a network on mel patches.

Backends share one contract, one file each, found in `BACKENDS`: `load(spec, path, precision=...,
threads=...)` reads a frozen graph once and returns a `Network`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.inference.errors import InferenceUnavailable
from embeddings.inference.essentia import load_essentia
from embeddings.inference.openvino import load_openvino
from embeddings.registry import ModelSpec

__all__ = ["BACKENDS", "PRECISIONS", "InferenceUnavailable", "Network", "load_network"]

PRECISIONS = ("f32", "bf16")


class Network(Protocol):
    def __call__(self, patches: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """The outputs of patches (n, patch_frames, bands), as (n, size) for each layer's key."""


BACKENDS: Mapping[str, Callable[..., Network]] = {
    "openvino": load_openvino,
    "essentia": load_essentia,
}


def load_network(
    spec: ModelSpec, path: Path, *, backend: str = "openvino", precision: str = "f32", threads: int
) -> Network:
    """Loads a model's graph. Raises `InferenceUnavailable` with the reason and the remedy."""
    if backend not in BACKENDS:
        raise InferenceUnavailable(f"There is no backend {backend}; choose {', '.join(BACKENDS)}.")
    if precision not in PRECISIONS:
        raise InferenceUnavailable(f"There is no precision {precision}; choose f32 or bf16.")
    if not path.is_file():
        raise InferenceUnavailable(
            f"The weights of {spec.name} are missing: run manage.py fetch_models {spec.name}."
        )
    return BACKENDS[backend](spec, path, precision=precision, threads=threads)
