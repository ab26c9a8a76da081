"""A path of short steps between two places of a space of vectors; plain numpy.

What is asked of a space is what lies nearest to a point, so that it may be a database's index.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

POOL = 600  # places that a path is looked for among: a step of all to all takes 4 ms
NEAREST = (12, 60)  # of each point, least and most
HALVINGS = 6  # of the range in which the longest step lies

Vectors = NDArray[np.float32]
Distances = NDArray[np.float64]


@dataclass(frozen=True)
class Stop:
    """A segment of a track, or the whole of it; a path has one at most of each `kin`."""

    track_id: int
    position: int | None
    kin: int


class Space(Protocol):
    """Where paths lead through."""

    def nearest(self, point: Vectors, used: Collection[int], number: int) -> Sequence[Stop]:
        """About so many that are nearest to a point (size,), without some kin; nearest first.

        None only where there are no others.
        """
        ...

    def vectors(self, stops: Sequence[Stop]) -> Vectors:
        """(n, size), none of them zero."""
        ...


@dataclass(frozen=True)
class Path:
    """Stops from the first to the last, and the cosine distances between them."""

    stops: list[Stop]
    distances: list[float]  # one fewer than stops
    interpolated_longest: float  # step, had one taken the nearest on the straight line

    @property
    def longest(self) -> float:
        return max(self.distances)


class TooFewStopsError(ValueError):
    """There are not so many that could be on a path; `available` counts them with both ends."""

    def __init__(self, available: int) -> None:
        super().__init__(f"Only {available} can be on this path.")
        self.available = available


def find_path(space: Space, start: Stop, end: Stop, number: int) -> Path:
    """`number` stops, 3 or more, of which the longest step is as short as can be found.

    Of several, that of the smallest sum. First the way known from latent spaces: points on the line
    between both ends, straight and along the sphere, and the nearest to each that is not on the
    path yet. Then a dynamic programme among all that is near these points; its answer is taken
    only where it is better. Raises `TooFewStopsError`.
    """
    ends = space.vectors([start, end])
    pool: dict[Stop, None] = {start: None, end: None}
    apart = {start.kin, end.kin}
    few, many = NEAREST
    about = min(max(POOL // (2 * number), few), many)
    for vector in ends:
        pool.update(dict.fromkeys(space.nearest(vector, apart, about)))
    routes = []
    for between in (straight, spherical):
        route, used = [start], set(apart)
        for share in np.linspace(0, 1, number)[1:-1].tolist():
            point = between(ends[0], ends[1], share)
            near = space.nearest(point, apart, about)
            free = [stop for stop in near if stop.kin not in used]
            free = free or list(space.nearest(point, used, 1))
            if not free:
                raise TooFewStopsError(len(route) + 1)
            pool.update(dict.fromkeys([*near, free[0]]))
            route.append(free[0])
            used.add(free[0].kin)
        routes.append([*route, end])
    stops = list(pool)
    places = {stop: place for place, stop in enumerate(stops)}
    distances = cosine_distances(space.vectors(stops))
    kin = np.unique([stop.kin for stop in stops], return_inverse=True)[1]
    known = [[places[stop] for stop in route] for route in routes]
    best = shortest_steps(distances, kin, known)
    steps = distances[best[:-1], best[1:]]
    interpolated = min(_cost(distances, route)[0] for route in known)
    return Path([stops[place] for place in best], steps.tolist(), interpolated)


def straight(start: Vectors, end: Vectors, share: float) -> Vectors:
    """A point on the line from one vector (size,) to another; never zero."""
    point = (1 - share) * start + share * end
    length = np.linalg.norm(start) + np.linalg.norm(end)
    return point if np.linalg.norm(point) > 1e-3 * length else start


def spherical(start: Vectors, end: Vectors, share: float) -> Vectors:
    """The same along the arc between their directions, at an even pace (Shoemake 1985)."""
    one, other = start / np.linalg.norm(start), end / np.linalg.norm(end)
    angle = np.arccos(np.clip(one @ other, -1, 1))
    if np.sin(angle) < 1e-3:
        return straight(one, other, share)
    return (np.sin((1 - share) * angle) * one + np.sin(share * angle) * other) / np.sin(angle)


def cosine_distances(vectors: Vectors) -> Distances:
    """Of each of (n, size) from each, (n, n)."""
    exact = vectors.astype(np.float64)
    unit = exact / np.linalg.norm(exact, axis=1, keepdims=True)
    return np.maximum(1 - unit @ unit.T, 0)


def shortest_steps(
    distances: Distances, kin: NDArray[np.intp], known: Sequence[Sequence[int]]
) -> list[int]:
    """The best route from place 0 to place 1 of (n, n) distances, never worse than those known.

    As many places as the known ones have, each of another kin (n,), counted from 0: first by the
    longest step, then by their sum. That none is used twice makes this a hard problem (the longest
    path); each place remembers one best way to it alone, so that better routes may be missed.
    """
    number = len(known[0])
    best = min(map(list, known), key=lambda route: _cost(distances, route))
    allowed = np.where(kin[:, None] == kin, np.inf, distances)
    low, high = _least_longest(allowed, kin, number), _cost(distances, best)[0]
    limit = low
    for _ in range(HALVINGS):
        found = _least_sum(np.where(allowed <= limit, allowed, np.inf), kin, number)
        if found and _cost(distances, found) < _cost(distances, best):
            best = found
        if found:
            high = min(limit, _cost(distances, best)[0])
        else:
            low = limit
        if high - low <= 1e-9:
            break
        limit = (low + high) / 2
    return best


def _least_longest(allowed: Distances, kin: NDArray[np.intp], number: int) -> float:
    """What no route's longest step is below, even if it passed a place twice."""
    inner = _inner(kin)
    values = np.where(inner, allowed[0], np.inf)
    for _ in range(number - 3):
        values = np.where(inner, np.maximum(values[:, None], allowed).min(axis=0), np.inf)
    # Rounded up, for it is compared with the distances themselves.
    return float(np.maximum(values, allowed[:, 1]).min()) * (1 + 1e-12)


def _least_sum(allowed: Distances, kin: NDArray[np.intp], number: int) -> list[int] | None:
    """The route of the least sum; None where no remembered way leads to the end."""
    inner, places = _inner(kin), np.arange(len(kin))
    values = np.where(inner, allowed[0], np.inf)
    used = kin[:, None] == np.arange(kin.max() + 1)
    before: list[NDArray[np.intp]] = []
    for _ in range(number - 3):
        sums = np.where(used[:, kin], np.inf, values[:, None] + allowed)
        before.append(sums.argmin(axis=0))
        values = np.where(inner, sums[before[-1], places], np.inf)
        used = used[before[-1]]
        used[places, kin] = True
    last = int((values + allowed[:, 1]).argmin())
    if not np.isfinite(values[last] + allowed[last, 1]):
        return None
    route = [1, last]
    for came_from in reversed(before):
        route.append(int(came_from[route[-1]]))
    return [*route, 0][::-1]


def _inner(kin: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which places may lie between both ends."""
    return (kin != kin[0]) & (kin != kin[1])


def _cost(distances: Distances, route: Sequence[int]) -> tuple[float, float]:
    steps = distances[list(route[:-1]), list(route[1:])]
    return float(steps.max()), float(steps.sum())
