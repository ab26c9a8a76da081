"""Two tracks beside each other as their networks hear them, segment by segment."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Alignment:
    """The mean distance of two tracks at one shift."""

    shift: int  # segments into the one at which the other begins
    segments: int  # that both have
    distance: float  # cosine, 0 to 2
    # The same in units of the distance between neighbouring segments of a track: 1 is what
    # three seconds change.
    ratio: float


def align(
    one: NDArray[np.float32],
    other: NDArray[np.float32],
    *,
    least: int = 1,
    shift: int | None = None,
) -> Alignment | None:
    """The alignment of vectors (n, size) and (m, size) that is nearest, or that at one shift.

    Of shifts that leave `least` segments in common, silence not counted; None without any.
    """
    ours, theirs = _unit(one), _unit(other)
    distances = 1 - ours @ theirs.T
    shifts = range(-len(other) + 1, len(one)) if shift is None else [shift]
    steps = [step for vectors in (ours, theirs) for step in [_step(vectors)] if np.isfinite(step)]
    best: Alignment | None = None
    for each in shifts:
        along = np.diagonal(distances, -each)
        along = along[np.isfinite(along)]
        if len(along) < max(least, 1):
            continue
        mean = max(float(along.mean()), 0.0)  # of equals, rounding gives less
        if best is None or mean < best.distance:
            ratio = mean / max(min(steps, default=np.inf), 1e-9)
            best = Alignment(each, len(along), mean, ratio)
    return best


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit vectors; NaN for silence, which has no direction."""
    with np.errstate(invalid="ignore"):
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _step(unit: NDArray[np.float32]) -> float:
    """The median distance between neighbouring segments; NaN of less than two."""
    steps = 1 - (unit[1:] * unit[:-1]).sum(axis=1)
    steps = steps[np.isfinite(steps)]
    return float(np.median(steps)) if len(steps) else np.nan
