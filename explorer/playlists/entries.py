"""Stretches joined with what is known of their tracks, in blocks: a few queries for each."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.db.models import Prefetch

from embeddings.stretches import Stretches
from tracks.models import Track, TrackArtist

BLOCK = 2000  # stretches: bounds memory, however many there are


@dataclass(frozen=True)
class Entry:
    """A stretch of a track; None where nothing is said, that is, for a whole track."""

    track: Track  # with its album
    artists: list[str]
    position: int | None = None
    segments: int | None = None
    start: float | None = None
    end: float | None = None


def entries(stretches: Stretches) -> Iterator[Entry]:
    """The entries in their order, without those whose track is gone by now."""
    for begin in range(0, len(stretches), BLOCK):
        block = stretches.take(slice(begin, begin + BLOCK))
        tracks = _tracks(np.unique(block.track).tolist())
        artists = {
            pk: [credit.artist.name for credit in track.credits.all()]
            for pk, track in tracks.items()
        }
        columns = (block.track, block.position, block.segments, block.start, block.end)
        for pk, position, segments, start, end in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            if pk in tracks:
                yield Entry(
                    track=tracks[pk],
                    artists=artists[pk],
                    position=position if position >= 0 else None,
                    segments=segments or None,
                    start=_seconds(start),
                    end=_seconds(end),
                )


def _tracks(ids: list[int]) -> dict[int, Track]:
    credits = TrackArtist.objects.select_related("artist")
    tracks = Track.objects.select_related("album").prefetch_related(Prefetch("credits", credits))
    return tracks.in_bulk(ids)


def _seconds(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 6)
