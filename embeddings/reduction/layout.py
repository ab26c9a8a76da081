"""What every method of reduction takes and gives."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

# Called between steps with a few words and the share of the work done, 0 to 1; may raise to stop.
Report = Callable[[str, float], None]


def _silent(message: str, done: float) -> None:
    pass


@dataclass(frozen=True)
class Context:
    """What a run is told besides the vectors and the method's own parameters."""

    seed: int = 0
    # Coordinates of an earlier version, (n, at least 2) float32; rows of NaN for new segments.
    previous: NDArray[np.float32] | None = None
    report: Report = _silent


@dataclass(frozen=True)
class Layout:
    """Vectors laid out in a few dimensions."""

    coordinates: NDArray[np.float32]  # (n, dimensions), at least 2 dimensions
    # Share of the variance that each component explains, of all components, largest first.
    explained_variance: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    repeatable: bool = True  # the same vectors and seed give the same coordinates
    # Where any other (m, size) vectors lie, for a method that is a linear map.
    place: Callable[[NDArray[np.float32]], NDArray[np.float32]] | None = None
