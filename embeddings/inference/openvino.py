"""OpenVINO on the processor: reads the frozen TensorFlow graph as it is."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.inference.errors import InferenceUnavailable
from embeddings.registry import LayerSpec, ModelSpec

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
    compiled = core.compile_model(
        read_graph(path, spec),
        "CPU",
        {
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": precision,
            "NUM_STREAMS": 1,
            "ENABLE_CPU_PINNING": False,  # several workers must not share a core
        },
    )
    return OpenVinoNetwork(compiled, spec)


def read_graph(path: Path, spec: ModelSpec) -> Any:
    """OpenVINO's model of a frozen graph: any number of patches in, the layers out.

    Raises `InferenceUnavailable` unless it is a graph of that model.
    """
    import openvino

    try:
        model = openvino.Core().read_model(path)
        _prepare(model, spec)
        _take_patches(model, spec, 1)  # sizes are not known before the number of patches is
        sizes = {layer.node: _output_size(model, layer) for layer in spec.layers}
        _take_patches(model, spec, -1)
    except RuntimeError as error:
        raise InferenceUnavailable(_not_of(path, spec)) from error
    if sizes != {layer.node: layer.size for layer in spec.layers}:
        raise InferenceUnavailable(_not_of(path, spec))
    return model


def _not_of(path: Path, spec: ModelSpec) -> str:
    return f"{path} is not a graph of {spec.name}: run manage.py fetch_models {spec.name}."


def _output_size(model: Any, layer: LayerSpec) -> int:
    return int(model.output(f"{layer.node}:0").partial_shape[1].to_string())


class OpenVinoNetwork:
    """See `embeddings.inference.Network`."""

    def __init__(self, compiled: Any, spec: ModelSpec) -> None:
        self._request = compiled.create_infer_request()
        self._outputs = {layer.key: compiled.output(f"{layer.node}:0") for layer in spec.layers}

    def __call__(self, patches: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        result = self._request.infer([patches])
        return {key: result[output].copy() for key, output in self._outputs.items()}


def _prepare(model: Any, spec: ModelSpec) -> None:
    """Leaves the patches as the only input, and the layers as outputs."""
    present = {name for output in model.outputs for name in output.get_names()}
    model.add_outputs(sorted({f"{layer.node}:0" for layer in spec.layers} - present))
    for parameter in list(model.get_parameters()):
        if f"{spec.input_node}:0" not in parameter.output(0).get_names():
            _switch_off(model, parameter)


def _take_patches(model: Any, spec: ModelSpec, count: int) -> None:
    """Sets how many patches the model takes at once; -1 is any number."""
    model.reshape({f"{spec.input_node}:0": [count, spec.patch_frames, spec.bands]})


def _switch_off(model: Any, parameter: Any) -> None:
    """Replaces a boolean input, whether the network is being trained, by a false constant."""
    from openvino import opset13

    if parameter.get_element_type().get_type_name() != "boolean":
        raise RuntimeError(f"the graph has an unknown input {parameter.friendly_name}")
    parameter.output(0).replace(opset13.constant(np.array(False)).output(0))
    model.remove_parameter(parameter)
