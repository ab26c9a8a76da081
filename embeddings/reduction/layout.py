"""What every method of reduction takes and gives."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


def _silent(message: str) -> None:
    pass


@dataclass(frozen=True)
class Context:
    """What a run is told besides the vectors and the method's own parameters."""

    seed: int = 0
    # Coordinates of an earlier version, (n, at least 2) float32; rows of NaN for new segments.
    previous: NDArray[np.float32] | None = None
    # Called between steps with a few words; may raise to stop the work.
    report: Callable[[str], None] = _silent


@dataclass(frozen=True)
class Layout:
    """Vectors laid out in a few dimensions."""

    coordinates: NDArray[np.float32]  # (n, dimensions), at least 2 dimensions
    # Share of the variance that each component explains, of all components, largest first.
    explained_variance: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    repeatable: bool = True  # the same vectors and seed give the same coordinates
