"""Turns a training graph and its checkpoint into a frozen graph, without TensorFlow."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

VARIABLE_OPS = {"Variable", "VariableV2", "VarHandleOp"}
# Attributes that only TensorFlow's own bookkeeping reads.
DROPPED_ATTRIBUTES = ("_output_shapes", "_class")


def freeze(
    meta_graph: bytes,
    variables: Mapping[str, NDArray[np.float32]],
    *,
    outputs: Iterable[str],
    false_placeholders: Iterable[str] = (),
    renames: Mapping[str, str] | None = None,
) -> bytes:
    """A serialised `GraphDef` of the nodes that `outputs` need, with variables as constants.

    `meta_graph` is a serialised `MetaGraphDef` (`.meta`). `false_placeholders` are boolean inputs
    that become a false constant (whether the network is being trained). `renames` maps prefixes
    of node names to others. The same input gives the same bytes.
    """
    from tensorboard.compat.proto.graph_pb2 import GraphDef
    from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef

    meta = MetaGraphDef.FromString(meta_graph)
    nodes = {node.name: node for node in meta.graph_def.node}
    switched_off = set(false_placeholders)
    renames = renames or {}
    frozen = GraphDef(versions=meta.graph_def.versions)
    for name in _needed(nodes, outputs):
        source = nodes[name]
        node = frozen.node.add(name=_renamed(name, renames))
        if source.op in VARIABLE_OPS:
            _make_constant(node, variables[name])
        elif name in switched_off:
            _make_constant(node, np.array(False))
        else:
            node.op = source.op
            node.input.extend(_renamed_input(edge, renames) for edge in source.input)
            for key, value in source.attr.items():
                if key not in DROPPED_ATTRIBUTES:
                    node.attr[key].CopyFrom(value)
    return frozen.SerializeToString(deterministic=True)


def _needed(nodes: Mapping[str, Any], outputs: Iterable[str]) -> list[str]:
    """Names of the nodes behind `outputs`, in the order of the graph."""
    found: set[str] = set()
    waiting = list(outputs)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [edge.removeprefix("^").split(":")[0] for edge in nodes[name].input]
    return [name for name in nodes if name in found]


def _make_constant(node: Any, value: NDArray[Any]) -> None:
    from tensorboard.compat.proto.types_pb2 import DT_BOOL, DT_FLOAT

    dtype = DT_BOOL if value.dtype == np.bool_ else DT_FLOAT
    node.op = "Const"
    node.attr["dtype"].type = dtype
    tensor = node.attr["value"].tensor
    tensor.dtype = dtype
    for size in value.shape:
        tensor.tensor_shape.dim.add(size=size)
    tensor.tensor_content = value.tobytes()


def _renamed_input(edge: str, renames: Mapping[str, str]) -> str:
    if edge.startswith("^"):
        return "^" + _renamed(edge[1:], renames)
    return _renamed(edge, renames)


def _renamed(name: str, renames: Mapping[str, str]) -> str:
    for old, new in renames.items():
        if name.startswith(old):
            return new + name.removeprefix(old)
    return name
