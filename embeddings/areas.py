"""Which points of a map lie inside areas drawn on it, in plain numpy.

The page does the same in the same precision (`static/js/select/polygon.js`, and `drawnPlaces` in
`static/js/map/plane.js`), so that what travels as a polygon is what the person saw: change both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Share of a logarithmic axis between its lowest value and those that have no logarithm.
EDGE = 0.05


@dataclass(frozen=True)
class Area:
    """A polygon to add to a selection or to take away from it."""

    add: bool
    polygon: NDArray[np.float64]  # (corners, 2) x and y in data coordinates; closes by itself


def inside_areas(
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    areas: Sequence[Area],
    *,
    log: tuple[bool, bool] = (False, False),
) -> NDArray[np.bool_]:
    """Which points of a map, (n,), are selected once all areas are applied in their order.

    Without areas all are, and a first area that takes away takes away from all. `x` and `y` are of
    the whole map, for on a logarithmic axis points are where they are drawn, and edges are straight
    there. Raises `ValueError` for a corner that such an axis has no place for.
    """
    across, upwards = _drawn(x, log[0]), _drawn(y, log[1])
    selected = np.full(len(x), not areas or not areas[0].add)
    for area in areas:
        corners = np.column_stack([_corners(area.polygon[:, axis], log[axis]) for axis in (0, 1)])
        inside = inside_polygon(across, upwards, corners)
        selected = selected | inside if area.add else selected & ~inside
    return selected


def inside_polygon(
    x: NDArray[Any], y: NDArray[Any], polygon: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which of the points, (n,), lie inside a polygon (corners, 2) by the even-odd rule.

    A ray to the right of each point counts edges. An edge holds its lower end and not its upper
    one, and a point on an edge lies to the right of it: polygons that share an edge share no
    point. Points that are not finite are outside.

    Points are sorted by height once, and each edge looks at those beside it alone: the time grows
    with the number of edges that a horizontal line crosses, not with that of all edges.
    """
    inside = np.zeros(len(x), np.bool_)
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    near = np.flatnonzero((x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1]))
    order = near[np.argsort(y[near])]
    px, py = x[order].astype(np.float64), y[order].astype(np.float64)
    odd = np.zeros(len(order), np.bool_)
    for (xi, yi), (xj, yj) in zip(polygon, np.roll(polygon, 1, axis=0), strict=True):
        begin, end = np.searchsorted(py, sorted((yi, yj)))
        if begin < end:
            beside = slice(begin, end)
            # In this order of operations, which the page has too.
            odd[beside] ^= px[beside] < (xj - xi) * (py[beside] - yi) / (yj - yi) + xi
    inside[order] = odd
    return inside


def _drawn(values: NDArray[np.float32], log: bool) -> NDArray[np.float32]:
    """Coordinates as the page draws them: along a logarithmic axis their logarithms, with the
    values that have none at the low edge.
    """
    if not log:
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = np.log10(values.astype(np.float64)).astype(np.float32)
    finite = np.isfinite(drawn)
    edge = 0.0
    if finite.any():
        low, high = float(drawn[finite].min()), float(drawn[finite].max())
        edge = low - max((high - low) * EDGE, 0.1)
    drawn[~finite] = edge
    return drawn


def _corners(values: NDArray[np.float64], log: bool) -> NDArray[np.float64]:
    if not log:
        return values
    if (values <= 0).any():
        raise ValueError("On a logarithmic axis a corner has no place at 0 or below.")
    return np.log10(values)
