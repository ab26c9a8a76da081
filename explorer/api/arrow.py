"""Columns of numbers as Arrow IPC streams, and how they travel.

Arrow's own compression is not used: no JavaScript reader opens it. HTTP's gzip takes its place.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from explorer.anonymity import names

MEDIA_TYPE = "application/vnd.apache.arrow.stream"


def to_stream(columns: Mapping[str, NDArray[Any]], metadata: Mapping[str, object]) -> bytes:
    """One record batch of (n,) columns; metadata values that are not text become JSON.

    `layer` and the like are true names, and become those that are shown.
    """
    import pyarrow as pa  # 28 MB that a process without maps need not hold

    schema = pa.schema(
        [
            pa.field(name, pa.from_numpy_dtype(column.dtype), nullable=False)
            for name, column in columns.items()
        ],
        metadata={
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in names().row(metadata).items()
        },
    )
    arrays = [pa.array(np.ascontiguousarray(column)) for column in columns.values()]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        writer.write_batch(pa.record_batch(arrays, schema=schema))
    return sink.getvalue().to_pybytes()


class ArrowRenderer(BaseRenderer):
    """Makes content negotiation accept the Arrow media type; the views make the bytes."""

    media_type = MEDIA_TYPE
    format = "arrow"
    charset = None
    render_style = "binary"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return data


class ArrowView(APIView):
    """A view that answers an Arrow stream, and its errors in JSON."""

    renderer_classes = [ArrowRenderer]

    def handle_exception(self, exc: Exception) -> Response:
        # The negotiated renderer writes bytes only, and errors have one shape everywhere.
        request: Request = self.request
        request.accepted_renderer = JSONRenderer()
        request.accepted_media_type = JSONRenderer.media_type
        return super().handle_exception(exc)
