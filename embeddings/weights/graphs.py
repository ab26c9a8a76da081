"""Checks that a file is the frozen graph that the registry describes."""

from pathlib import Path

from embeddings.inference.errors import InferenceUnavailable
from embeddings.inference.openvino import read_graph
from embeddings.registry import ModelSpec


class WeightsError(Exception):
    """Weights that cannot be had or used; `str()` is one line that says why and what to do."""


def check_graph(path: Path, spec: ModelSpec) -> None:
    """Raises `WeightsError` unless the file is a frozen graph with the model's nodes and sizes."""
    from google.protobuf.message import DecodeError
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    try:
        nodes = {node.name for node in GraphDef.FromString(path.read_bytes()).node}
    except DecodeError:
        nodes = set()
    if not nodes:
        raise WeightsError(f"{spec.name}: the file is not a frozen TensorFlow graph.")
    needed = [spec.input_node, *(layer.node for layer in spec.layers)]
    missing = [node for node in needed if node not in nodes]
    if missing:
        raise WeightsError(f"{spec.name}: the graph is another network's, without {missing[0]}.")
    try:
        read_graph(path, spec)
    except InferenceUnavailable as error:
        raise WeightsError(f"{spec.name}: the graph is another network's: {error}") from error
