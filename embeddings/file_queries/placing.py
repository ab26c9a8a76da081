"""Where a file's segments lie on maps that were made without it.

A linear map (PCA) places any vector exactly. Its rows hold no axes, but they need not: places are
an affine function of vectors, and the map's own segments, whose vectors and places are both known,
determine it. It is solved for by least squares, once for each map. On maps of t-SNE and UMAP a
segment goes to the weighted place of its true nearest ones, as averages do (see
`reduction/placing.py`); those are found through the layer's index.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from embeddings.models import Projection, ProjectionTrack
from embeddings.neighbours import Neighbour, nearest_segments
from embeddings.reduction.placing import NEIGHBOURS, weighted_places
from embeddings.similarity.scope import FEW_SEGMENTS
from embeddings.storage import read_layer, track_slices

LINEAR = (Projection.Method.PCA, Projection.Method.STD_PCA)
ENOUGH = 16  # times as many segments as an affine function has unknowns
SMALLEST = 1e-6  # share of the largest singular value, below which there is rounding alone
OFF = 1e-2  # of a map's spread: places further from the function than this were made of others


class NotPlaced(Exception):
    """Nothing says where the file lies on this map; `str()` says why."""


@dataclass(frozen=True)
class Affine:
    """places = vectors @ matrix + offset."""

    matrix: NDArray[np.float64]  # (size, 2)
    offset: NDArray[np.float64]  # (2,)

    def __call__(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        return (vectors @ self.matrix + self.offset).astype(np.float32)


def places(
    projection: Projection, vectors: NDArray[np.float32], *, x: int = 0, y: int = 1
) -> NDArray[np.float32]:
    """(n, 2) of vectors (n, size), in two dimensions of a finished map. Raises `NotPlaced`."""
    if projection.method in LINEAR:
        return _affine(projection.pk, projection.finished_at, x, y)(vectors)
    return _among_neighbours(projection, vectors, x, y)


def fitted(
    vectors: NDArray[np.float32], coordinates: NDArray[np.float32], *, standardised: bool
) -> Affine:
    """The affine function that takes vectors (n, size) to coordinates (n, 2).

    Of those that do (fewer segments than dimensions leave a choice), it is the one whose axes lie
    where the vectors vary; `standardised`, once each dimension is divided by its deviation. That
    is where principal components lie. Raises `NotPlaced` where there is none.
    """
    mean, centre = vectors.mean(axis=0, dtype=np.float64), coordinates.mean(axis=0)
    deviation = vectors.std(axis=0, dtype=np.float64)
    scale = np.where(standardised & (deviation > 0), deviation, 1.0)
    centred = (vectors - mean) / scale
    matrix, *_ = np.linalg.lstsq(centred, coordinates - centre, rcond=SMALLEST)
    left = np.abs(centred @ matrix + centre - coordinates).max()
    if left > OFF * np.ptp(coordinates, axis=0).max():
        raise NotPlaced("The map was made of other vectors than there are now. Run reduce_all.")
    matrix /= scale[:, None]
    return Affine(matrix, centre - mean @ matrix)


@lru_cache(maxsize=64)  # some kilobytes each; a finished map never changes
def _affine(projection_id: int, _finished_at: object, x: int, y: int) -> Affine:
    projection = Projection.objects.select_related("layer").get(pk=projection_id)
    layer = projection.layer
    vectors, coordinates = _sample(projection, ENOUGH * (layer.size + 1))
    if len(vectors) < 2:
        raise NotPlaced("The map shows nothing to go by.")
    standardised = projection.method == Projection.Method.STD_PCA
    return fitted(vectors, coordinates[:, [x, y]], standardised=standardised)


def _sample(
    projection: Projection, segments: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Vectors (n, size) and coordinates (n, dimensions) of so many segments, of whole tracks."""
    tracks = list(projection.tracks.order_by("track_id").values_list("track_id", flat=True))
    share = min(1.0, segments / max(projection.segments, 1))
    chosen = tracks[:: max(int(1 / share), 1)]
    rows = dict(projection.tracks.filter(track__in=chosen).values_list("track_id", "coordinates"))
    data = read_layer(projection.layer, chosen, every=projection.every)
    vectors, coordinates = [], []
    for track, start, end in track_slices(data.track_ids):
        there = np.frombuffer(rows[track], "<f4").reshape(-1, projection.dimensions)
        if len(there) == end - start:  # else it was heard anew, after the map was made
            vectors.append(data.vectors[start:end])
            coordinates.append(there)
    if not vectors:
        return np.zeros((0, projection.layer.size), np.float32), np.zeros((0, 2), np.float32)
    return np.concatenate(vectors), np.concatenate(coordinates)


def _among_neighbours(
    projection: Projection, vectors: NDArray[np.float32], x: int, y: int
) -> NDArray[np.float32]:
    """NaN for silence, which is near to nothing."""
    shown = _Shown(projection)
    placed = np.full((len(vectors), 2), np.nan, np.float32)
    for index, vector in enumerate(vectors):
        near = shown.nearest(vector) if vector.any() else []
        if near:
            distances = np.array([[each.distance for each, _ in near]])
            there = np.array([[place[[x, y]] for _, place in near]])
            placed[index] = weighted_places(distances, there)[0]
    return placed


class _Shown:
    """The segments of a map, and which of them are nearest to a vector."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection
        self._rows: dict[int, NDArray[np.float32]] = {}
        self._partial = bool(projection.subset.get("filter"))
        self._tracks: list[int] | None = None

    def nearest(self, vector: NDArray[np.float32]) -> list[tuple[Neighbour, NDArray[np.float32]]]:
        """Up to `NEIGHBOURS`, each with its place."""
        found = [] if self._partial else self._ask(vector, tracks=None)
        if len(found) < NEIGHBOURS:  # others have come that are not on the map
            found = self._ask(vector, tracks=self._all_tracks())
        return found

    def _all_tracks(self) -> list[int]:
        if self._tracks is None:
            self._tracks = list(self._projection.tracks.values_list("track_id", flat=True))
        return self._tracks

    def _ask(
        self, vector: NDArray[np.float32], *, tracks: list[int] | None
    ) -> list[tuple[Neighbour, NDArray[np.float32]]]:
        every = self._projection.every
        exact = tracks is not None and self._projection.segments * every <= FEW_SEGMENTS
        near = nearest_segments(
            self._projection.layer,
            vector,
            limit=NEIGHBOURS,
            tracks=tracks,
            every=every,
            exact=exact,
        )
        self._learn({each.track_id for each in near})
        return [
            (each, self._rows[each.track_id][each.position // every])
            for each in near
            if np.isfinite(each.distance)
            and each.position // every < len(self._rows.get(each.track_id, ()))
        ]

    def _learn(self, tracks: set[int]) -> None:
        wanted = ProjectionTrack.objects.filter(
            projection=self._projection, track__in=tracks - self._rows.keys()
        )
        for track, coordinates in wanted.values_list("track_id", "coordinates"):
            there = np.frombuffer(coordinates, "<f4").reshape(-1, self._projection.dimensions)
            self._rows[track] = there
