"""OpenVINO on the processor: reads the frozen TensorFlow graph as it is."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.inference.errors import InferenceUnavailable
from embeddings.registry import ModelSpec

# OpenVINO calls a processor capable of BF16 that has AVX512-BF16 or AMX.
CAPABILITY = {"f32": "FP32", "bf16": "BF16"}


def load_openvino(
    spec: ModelSpec, path: Path, *, precision: str, threads: int
) -> "OpenVinoNetwork":
    """Raises `InferenceUnavailable` where the graph or the precision cannot be used."""
    import openvino

    core = openvino.Core()
    if CAPABILITY[precision] not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        raise InferenceUnavailable(
            "This processor has no bf16 arithmetic (AVX512-BF16 or AMX): use --precision f32."
        )
    try:
        model = _prepare(core.read_model(path), spec)
    except RuntimeError as error:
        raise InferenceUnavailable(
            f"{path} is not a graph of {spec.name}: run manage.py fetch_models {spec.name}."
        ) from error
    compiled = core.compile_model(
        model,
        "CPU",
        {
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": precision,
            "NUM_STREAMS": 1,
        },
    )
    return OpenVinoNetwork(compiled, spec)


class OpenVinoNetwork:
    """See `embeddings.inference.Network`."""

    def __init__(self, compiled: Any, spec: ModelSpec) -> None:
        self._request = compiled.create_infer_request()
        self._outputs = {layer.key: compiled.output(f"{layer.node}:0") for layer in spec.layers}

    def __call__(self, patches: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        result = self._request.infer([patches])
        return {key: result[output].copy() for key, output in self._outputs.items()}


def _prepare(model: Any, spec: ModelSpec) -> Any:
    """Leaves the patches as the only input, any number at once, and the layers as outputs."""
    model.add_outputs([f"{layer.node}:0" for layer in spec.layers if not _is_output(model, layer)])
    for parameter in list(model.get_parameters()):
        if f"{spec.input_node}:0" not in parameter.output(0).get_names():
            _switch_off(model, parameter)
    model.reshape({f"{spec.input_node}:0": [-1, spec.patch_frames, spec.bands]})
    return model


def _is_output(model: Any, layer: Any) -> bool:
    return any(f"{layer.node}:0" in output.get_names() for output in model.outputs)


def _switch_off(model: Any, parameter: Any) -> None:
    """Replaces a boolean input, whether the network is being trained, by a false constant."""
    from openvino import opset13

    if parameter.get_element_type().get_type_name() != "boolean":
        raise RuntimeError(f"the graph has an unknown input {parameter.friendly_name}")
    parameter.output(0).replace(opset13.constant(np.array(False)).output(0))
    model.remove_parameter(parameter)
