"""Checks that a file is the frozen graph that the registry describes."""

from embeddings.registry import ModelSpec


class WeightsError(Exception):
    """Weights that cannot be had or used; `str()` is one line that says why and what to do."""


def check_graph(content: bytes, spec: ModelSpec) -> None:
    """Raises `WeightsError` unless `content` is a frozen graph with the model's nodes."""
    from google.protobuf.message import DecodeError
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    try:
        graph = GraphDef.FromString(content)
    except DecodeError:
        raise WeightsError(f"{spec.name}: the file is not a frozen TensorFlow graph.") from None
    nodes = {node.name: node for node in graph.node}
    needed = [spec.input_node, *(layer.node for layer in spec.layers)]
    missing = [node for node in needed if node not in nodes]
    if missing:
        raise WeightsError(
            f"{spec.name}: the graph has no {', '.join(missing)}: it is another network's."
        )
