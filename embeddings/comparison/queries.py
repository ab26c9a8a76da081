"""What pages and the API read of comparisons."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.models import Comparison
from embeddings.queries import numbered


@dataclass(frozen=True)
class Disagreements:
    """Of the segments that were compared, sorted by track and position; arrays are (n,)."""

    track: NDArray[np.int32]
    position: NDArray[np.int32]
    disagreement: NDArray[np.float32]  # 0 same neighbours, 1 none in common


def disagreements(comparison: Comparison) -> Disagreements:
    rows = list(comparison.tracks.order_by("track_id").values_list("track_id", "disagreements"))
    values = np.frombuffer(b"".join(row[1] for row in rows), "<f4").astype(np.float32)
    track, position = numbered(rows, bytes_each=4)
    measured = np.isfinite(values)
    return Disagreements(track[measured], position[measured], values[measured])
