"""Graphs for tests: ours made like Essentia's, and a small network with VGGish's interface."""

from typing import Any

import numpy as np
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.types_pb2 import DT_BOOL, DT_FLOAT, DT_INT32

TYPES = {np.dtype(np.float32): DT_FLOAT, np.dtype(np.int32): DT_INT32}


def with_training_input(content: bytes) -> bytes:
    """Our frozen graph with the boolean input `model/Placeholder_1` that Essentia's files have."""
    graph = GraphDef.FromString(content)
    for node in graph.node:
        if node.name == "model/Placeholder_2":  # a false constant in ours
            node.Clear()
            node.name, node.op = "model/Placeholder_1", "Placeholder"
            node.attr["dtype"].type = DT_BOOL
            node.attr["shape"].shape.unknown_rank = True
        renamed = [
            edge.replace("model/Placeholder_2", "model/Placeholder_1") for edge in node.input
        ]
        node.input[:] = renamed
    return graph.SerializeToString()


def vggish_like(seed: int = 0) -> bytes:
    """A narrow network with VGGish's input (n, 96, 64), its output node and size, and its layers'
    kinds: convolutions, poolings, dense layers; weights are random."""
    random = np.random.default_rng(seed)
    graph = GraphDef()

    def node(name: str, op: str, inputs: list[str], **attributes: Any) -> str:
        added = graph.node.add(name=f"model/{name}", op=op, input=inputs)
        for key, value in attributes.items():
            if isinstance(value, list):
                added.attr[key].list.i.extend(value)
            elif isinstance(value, bytes):
                added.attr[key].s = value
            else:
                added.attr[key].type = value
        return added.name

    def constant(name: str, value: np.ndarray) -> str:
        added = graph.node.add(name=f"model/{name}", op="Const")
        dtype = TYPES[value.dtype]
        added.attr["dtype"].type = dtype
        added.attr["value"].tensor.dtype = dtype
        for size in value.shape:
            added.attr["value"].tensor.tensor_shape.dim.add(size=size)
        added.attr["value"].tensor.tensor_content = value.tobytes()
        return added.name

    def weights(name: str, *shape: int) -> str:
        scale = np.sqrt(2 / np.prod(shape[:-1]))
        return constant(name, (random.standard_normal(shape) * scale).astype(np.float32))

    placeholder = graph.node.add(name="model/Placeholder", op="Placeholder")
    placeholder.attr["dtype"].type = DT_FLOAT
    for size in (-1, 96, 64):
        placeholder.attr["shape"].shape.dim.add(size=size)
    shape = constant("vggish/shape", np.array([-1, 96, 64, 1], np.int32))
    last = node("vggish/Reshape", "Reshape", [placeholder.name, shape], T=DT_FLOAT, Tshape=DT_INT32)
    channels = 1
    for block, width in enumerate((4, 8, 8, 16), start=1):
        kernel = weights(f"vggish/conv{block}/weights", 3, 3, channels, width)
        last = node(
            f"vggish/conv{block}/Conv2D", "Conv2D", [last, kernel],
            T=DT_FLOAT, strides=[1, 1, 1, 1], padding=b"SAME", data_format=b"NHWC",
        )  # fmt: skip
        last = node(f"vggish/conv{block}/Relu", "Relu", [last], T=DT_FLOAT)
        last = node(
            f"vggish/pool{block}/MaxPool", "MaxPool", [last],
            T=DT_FLOAT, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding=b"SAME",
            data_format=b"NHWC",
        )  # fmt: skip
        channels = width
    flat = constant("vggish/flat", np.array([-1, 6 * 4 * channels], np.int32))
    last = node("vggish/Flatten", "Reshape", [last, flat], T=DT_FLOAT, Tshape=DT_INT32)
    for name, sizes in (("fc1", (6 * 4 * channels, 64)), ("fc2", (64, 128))):
        matrix = weights(f"vggish/{name}/weights", *sizes)
        last = node(f"vggish/{name}/MatMul", "MatMul", [last, matrix], T=DT_FLOAT)
        bias = constant(f"vggish/{name}/biases", np.full(sizes[1], 0.1, np.float32))
        last = node(f"vggish/{name}/BiasAdd", "BiasAdd", [last, bias], T=DT_FLOAT)
        if name == "fc1":
            last = node("vggish/fc1/Relu", "Relu", [last], T=DT_FLOAT)
    return graph.SerializeToString()
