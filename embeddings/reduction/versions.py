"""Versions of a projection in the database: which is newest, its coordinates, the next one."""

from collections.abc import Mapping

import numpy as np
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Length
from django.utils import timezone
from numpy.typing import NDArray

from embeddings.models import Projection, ProjectionTrack
from embeddings.reduction.layout import Layout
from embeddings.reduction.quality import Quality
from embeddings.storage import track_slices

# The newest, and the one before: a page that is open on it when the new one comes still works.
KEPT_VERSIONS = 2
ROWS_AT_ONCE = 2000
MEASURES = (
    "trustworthiness",
    "neighbours_kept",
    "trustworthiness_other_tracks",
    "neighbours_kept_other_tracks",
)


def of(request: Projection) -> QuerySet[Projection]:
    """All versions of the same recipe, whatever their state."""
    return Projection.objects.filter(layer=request.layer, recipe=request.recipe)


def newest(request: Projection) -> Projection | None:
    """The newest finished version of the same recipe."""
    return of(request).filter(state=Projection.State.DONE).order_by("-version").first()


def segment_counts(projection: Projection) -> dict[int, int]:
    """How many segments of each track a projection shows."""
    lengths = projection.tracks.annotate(length=Length(F("coordinates")))
    row_bytes = 4 * projection.dimensions
    return {
        track: length // row_bytes for track, length in lengths.values_list("track_id", "length")
    }


def earlier_coordinates(
    projection: Projection, track_ids: NDArray[np.int64]
) -> NDArray[np.float32] | None:
    """Coordinates (n, dimensions) in an older version of segments sorted by track, (n,).

    Rows of NaN for segments that it does not have; None where it has none of them.
    """
    rows = dict(projection.tracks.values_list("track_id", "coordinates"))
    found = np.full((len(track_ids), projection.dimensions), np.nan, np.float32)
    for track_id, start, end in track_slices(track_ids):
        old = np.frombuffer(rows.get(track_id, b""), "<f4").reshape(-1, projection.dimensions)
        # A track of another length now was decoded anew: its segments are other segments.
        if len(old) == end - start:
            found[start:end] = old
    return found if np.isfinite(found[:, 0]).any() else None


def store(
    projection: Projection,
    track_ids: NDArray[np.int64],
    layout: Layout,
    quality: Quality,
    averages: Mapping[int, NDArray[np.float32]],
) -> None:
    """Finish a version: its coordinates, what is known of it, and the end of older ones, at once.

    `averages` are the places (dimensions,) of tracks as a whole. Raises `ValueError` for
    coordinates that are not finite.
    """
    coordinates = layout.coordinates.astype("<f4")
    if not np.isfinite(coordinates).all():
        raise ValueError("The method gave positions that are not numbers (NaN or infinity).")
    projection.state = Projection.State.DONE
    projection.dimensions = coordinates.shape[1]
    projection.segments = len(coordinates)
    projection.explained_variance = layout.explained_variance.tolist()
    projection.repeatable = layout.repeatable
    for measure in MEASURES:
        setattr(projection, measure, getattr(quality, measure))
    projection.finished_at = timezone.now()
    with transaction.atomic():
        ProjectionTrack.objects.bulk_create(
            (
                ProjectionTrack(
                    projection=projection,
                    track_id=track_id,
                    coordinates=coordinates[start:end].tobytes(),
                    trust=quality.trust[start:end].tobytes(),
                    average=_bytes(averages.get(track_id)),
                )
                for track_id, start, end in track_slices(track_ids)
            ),
            batch_size=ROWS_AT_ONCE,
        )
        projection.save()
        _prune(projection)


def store_trust(
    projection: Projection, track_ids: NDArray[np.int64], trust: NDArray[np.uint8]
) -> None:
    """Add the trust (n,) of segments sorted by track, (n,), to a finished version."""
    slices = {track: (start, end) for track, start, end in track_slices(track_ids)}
    rows = list(projection.tracks.only("pk", "track_id"))
    for row in rows:
        start, end = slices[row.track_id]
        row.trust = trust[start:end].tobytes()
    ProjectionTrack.objects.bulk_update(rows, ["trust"], batch_size=ROWS_AT_ONCE)


def store_averages(projection: Projection, averages: Mapping[int, NDArray[np.float32]]) -> None:
    """Add the places of tracks as a whole to a finished version."""
    rows = list(projection.tracks.filter(track__in=averages.keys()).defer("coordinates"))
    for row in rows:
        row.average = _bytes(averages[row.track_id])
    ProjectionTrack.objects.bulk_update(rows, ["average"], batch_size=ROWS_AT_ONCE)


def _bytes(place: NDArray[np.float32] | None) -> bytes | None:
    return None if place is None else place.astype("<f4").tobytes()


def _prune(projection: Projection) -> None:
    """Empty finished versions beyond those kept; delete failed attempts that this makes good."""
    earlier = of(projection).filter(version__lt=projection.version)
    earlier.filter(state=Projection.State.FAILED).delete()
    finished = earlier.filter(state=Projection.State.DONE).order_by("-version")
    kept = finished.values_list("pk", flat=True)[: KEPT_VERSIONS - 1]
    replaced = list(finished.exclude(pk__in=list(kept)).values_list("pk", flat=True))
    ProjectionTrack.objects.filter(projection__in=replaced).delete()
    Projection.objects.filter(pk__in=replaced).update(state=Projection.State.REPLACED)
