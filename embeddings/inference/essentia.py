"""Essentia's TensorflowPredict: the reference, with TensorFlow's own arithmetic.

It comes in the package `essentia-tensorflow`, which cannot be installed beside `essentia`: both
own the module name. So it lies in a directory of its own, which goes first on the path before
Essentia is first imported in the process.
"""

import os
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.inference.errors import InferenceUnavailable
from embeddings.registry import ModelSpec

REFERENCE_DIR = Path(sys.prefix) / "reference"  # `make reference` installs there
BATCH = 64  # patches at once, bounds memory


def use_reference_essentia() -> None:
    """Makes `import essentia` give the build with TensorFlow; raises `InferenceUnavailable`."""
    if "essentia" not in sys.modules and (REFERENCE_DIR / "essentia").is_dir():
        sys.path.insert(0, str(REFERENCE_DIR))
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # or it reports on missing GPUs at length
    import essentia

    essentia.log.infoActive = False
    import essentia.standard

    if not hasattr(essentia.standard, "TensorflowPredict"):
        raise InferenceUnavailable(
            "Essentia was loaded without TensorFlow in this process: "
            + (reference_problem() or "start a new process for the backend essentia.")
        )


def reference_problem() -> str:
    """Why the reference cannot be used here and what to do, empty where it can."""
    installed = (REFERENCE_DIR / "essentia").is_dir()
    if installed or _is_installed("essentia-tensorflow"):
        return ""
    return "The package essentia-tensorflow is not installed: run make reference."


def _is_installed(distribution: str) -> bool:
    """Whether the environment has a distribution, without importing it."""
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


def load_essentia(
    spec: ModelSpec, path: Path, *, precision: str, threads: int
) -> "EssentiaNetwork":
    """TensorFlow chooses its own number of threads, whatever `threads` says."""
    if precision != "f32":
        raise InferenceUnavailable("The backend essentia computes in f32 only.")
    use_reference_essentia()
    from essentia.standard import TensorflowPredict

    try:
        predict = TensorflowPredict(
            graphFilename=str(path),
            inputs=[spec.input_node],
            outputs=[layer.node for layer in spec.layers],
            isTrainingName=_training_input(path, spec),
        )
    except RuntimeError as error:
        raise InferenceUnavailable(
            f"{path} is not a graph of {spec.name}: run manage.py fetch_models {spec.name}."
        ) from error
    return EssentiaNetwork(predict, spec)


class EssentiaNetwork:
    """See `embeddings.inference.Network`."""

    def __init__(self, predict: Any, spec: ModelSpec) -> None:
        self._predict = predict
        self._spec = spec

    def __call__(self, patches: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        parts = [self._batch(patches[i : i + BATCH]) for i in range(0, len(patches), BATCH)]
        return {
            layer.key: np.concatenate([part[layer.key] for part in parts])
            for layer in self._spec.layers
        }

    def _batch(self, patches: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        import essentia

        pool = essentia.Pool()
        pool.set(self._spec.input_node, np.ascontiguousarray(patches[:, np.newaxis]))
        result = self._predict(pool)
        return {
            layer.key: np.array(result[layer.node]).reshape(len(patches), layer.size)
            for layer in self._spec.layers
        }


def _training_input(path: Path, spec: ModelSpec) -> str:
    """Name of the graph's boolean input, empty where it has none (ours have none)."""
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    graph = GraphDef.FromString(path.read_bytes())
    return next(
        (n.name for n in graph.node if n.op == "Placeholder" and n.name != spec.input_node), ""
    )
