"""A layer's vectors as a file that other programs read: one row a segment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from embeddings.exchange.formats import Columns, ExchangeError, check_suffix, write
from embeddings.models import Extraction, Layer, SegmentEmbedding
from embeddings.storage import LayerVectors, iter_layer
from musicexplore.progress import Progress
from tracks.models import Track

# Of vectors whose status row a curator deleted: not padded, and nothing else known.
NO_ORIGIN = (False, "", 0, "")


@dataclass(frozen=True)
class Exported:
    path: Path
    segments: int
    size: int


def export_layer(
    layer: Layer,
    path: Path,
    *,
    progress: Progress = Progress(),  # noqa: B008 (it has no state)
) -> Exported:
    """Write a layer's vectors with where each comes from and how it was made.

    The file appears whole or not at all. Raises `ExchangeError` for a layer without vectors, or a
    name or folder that cannot be written.
    """
    check_suffix(path)
    # Aside, with the same ending, in the same folder: renaming is all or nothing there.
    aside = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        with _snapshot():
            rows = _Rows(layer, progress)
            if not rows.paths:
                raise ExchangeError(f"{layer.name} has no vectors yet: run extract_all first.")
            progress.start(len(rows.paths), "tracks")
            write(aside, rows.blocks(), rows.metadata())
        aside.replace(path)
    except OSError as error:
        raise ExchangeError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        aside.unlink(missing_ok=True)
    progress.finish()
    return Exported(path, rows.segments, layer.size)


@contextmanager
def _snapshot() -> Iterator[None]:
    """All that is read within is of one moment, whatever an extraction writes meanwhile."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


class _Rows:
    """A layer's segments as blocks of columns."""

    def __init__(self, layer: Layer, progress: Progress) -> None:
        self.layer = layer
        self.progress = progress
        self.segments = 0
        self._last_track = -1
        mapped = SegmentEmbedding.objects.filter(layer=layer).values("track")
        self.paths = dict(Track.objects.filter(pk__in=mapped).values_list("pk", "path"))
        # Of tracks with vectors: others failed, or are about to be analysed.
        extractions = Extraction.objects.filter(model=layer.model, track__in=mapped)
        self.origins = {
            track: origin
            for track, *origin in extractions.values_list(
                "track", "padded", "precision", "pipeline_version", "weights_sha256"
            )
        }

    def metadata(self) -> dict[str, Any]:
        """What is true of all rows."""
        origins = self.origins.values()
        return {
            "layer": self.layer.name,
            "model": self.layer.model.name,
            "kind": self.layer.kind,
            "tags": self.layer.tags,
            "size": self.layer.size,
            "segment_seconds": self.layer.segment_seconds,
            "hop_seconds": self.layer.hop_seconds,
            "precision": sorted({origin[1] for origin in origins}),
            "pipeline_version": sorted({origin[2] for origin in origins}),
            "weights_sha256": sorted({origin[3] for origin in origins}),
            "exported_at": timezone.now().isoformat(timespec="seconds"),
        }

    def blocks(self) -> Iterator[Columns]:
        for block in iter_layer(self.layer):
            yield self._columns(block)
            self.segments += len(block)
            tracks = np.unique(block.track_ids)
            begun = len(tracks) - int(tracks[0] == self._last_track)
            self._last_track = int(tracks[-1])
            self.progress.advance(begun)

    def _columns(self, block: LayerVectors) -> Columns:
        tracks, rows = np.unique(block.track_ids, return_inverse=True)
        ids = tracks.tolist()
        origins = [self.origins.get(track, NO_ORIGIN) for track in ids]
        padded, precision, version, weights = zip(*origins, strict=True)
        starts = block.positions * self.layer.hop_seconds
        return {
            "track": block.track_ids,
            "path": np.array([self.paths[track] for track in ids])[rows],
            "position": block.positions,
            "start": starts,
            "end": starts + self.layer.segment_seconds,
            "vector": block.vectors,
            "padded": np.array(padded)[rows],
            "precision": np.array(precision)[rows],
            "pipeline_version": np.array(version, np.int16)[rows],
            "weights_sha256": np.array(weights)[rows],
        }
