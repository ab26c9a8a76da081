"""Reads a TensorFlow checkpoint ("tensor bundle") without TensorFlow.

`.index` is a table in the format of LevelDB (doc/table_format.md there), uncompressed, that maps
a variable's name to a `BundleEntryProto` (tensorflow/core/protobuf/tensor_bundle.proto): data
type, shape, and place in `.data-00000-of-00001`, where numbers lie raw and little-endian.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = 0xDB4775248B80FB57  # last 8 bytes of every LevelDB table
_FOOTER_BYTES = 48
_FLOAT = 1  # TensorFlow's DT_FLOAT


class CheckpointError(ValueError):
    """A checkpoint that is not as expected."""


@dataclass(frozen=True)
class _Entry:
    dtype: int
    shape: tuple[int, ...]
    offset: int
    size: int


def read_checkpoint(index: bytes, data: bytes) -> dict[str, NDArray[np.float32]]:
    """The float variables of a checkpoint of one shard, by name; other types are left out."""
    variables = {}
    for key, value in _table(index):
        if not key:  # the header of the bundle
            continue
        entry = _entry(value)
        if entry.dtype != _FLOAT:
            continue
        raw = data[entry.offset : entry.offset + entry.size]
        variables[key.decode()] = np.frombuffer(raw, "<f4").reshape(entry.shape)
    return variables


def _table(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of a table, in order."""
    footer = content[-_FOOTER_BYTES:]
    if len(footer) < _FOOTER_BYTES or struct.unpack("<Q", footer[-8:])[0] != _MAGIC:
        raise CheckpointError("The checkpoint's index is not a LevelDB table.")
    place = 0
    for _ in range(2):  # the metaindex block's place, which nothing here needs
        _, place = _varint(footer, place)
    for _, handle in _block(content, footer, place):
        yield from _block(content, handle, 0)


def _block(content: bytes, handle: bytes, place: int) -> Iterator[tuple[bytes, bytes]]:
    """Entries of the block whose offset and size are the two numbers at `handle[place:]`."""
    start, place = _varint(handle, place)
    size, _ = _varint(handle, place)
    if content[start + size] != 0:
        raise CheckpointError("The checkpoint's index is compressed, which is not supported.")
    block = content[start : start + size]
    (restarts,) = struct.unpack("<I", block[-4:])
    end = size - 4 - 4 * restarts
    key, place = b"", 0
    while place < end:
        shared, place = _varint(block, place)
        own, place = _varint(block, place)
        length, place = _varint(block, place)
        key = key[:shared] + block[place : place + own]
        place += own
        yield key, block[place : place + length]
        place += length


def _entry(message: bytes) -> _Entry:
    fields = dict(_fields(message))
    shape = tuple(
        int(dict(_fields(dimension)).get(1, 0))
        for number, dimension in _fields(fields.get(2, b""))
        if number == 2
    )
    return _Entry(
        dtype=fields.get(1, 0), shape=shape, offset=fields.get(4, 0), size=fields.get(5, 0)
    )


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Field numbers and values of a protobuf message, of the wire types that occur here."""
    place = 0
    while place < len(message):
        tag, place = _varint(message, place)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, place = _varint(message, place)
            yield number, value
        elif wire == 2:
            length, place = _varint(message, place)
            yield number, message[place : place + length]
            place += length
        elif wire == 5:
            yield number, struct.unpack_from("<I", message, place)[0]
            place += 4
        else:
            raise CheckpointError(f"The checkpoint's index has a field of unknown type {wire}.")


def _varint(buffer: bytes, place: int) -> tuple[int, int]:
    """The number at `place`, and the place after it."""
    value = shift = 0
    while True:
        byte = buffer[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7
