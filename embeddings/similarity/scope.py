"""Among which tracks of a layer is searched, and whether its index is asked."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.db.models import Sum

from embeddings.models import Layer, TrackAverage
from embeddings.neighbours import Metric
from embeddings.storage import segment_counts
from tracks.models import Track, TrackArtist
from tracks.selection import TrackSelection, drawn

Same = Literal["track", "artist", "album"]

# So many are compared within 25 ms (of 200 numbers each); of more, the index finds 97% and more.
FEW_SEGMENTS = 30_000
MOST_COMPARED = 200_000  # segments, by the metrics that no index knows
SAMPLE_SEED = 0


@dataclass(frozen=True)
class Sample:
    """Whole tracks drawn by lot, for there are too many to compare with."""

    segments: int  # in the sample
    of: int  # that there are


@dataclass(frozen=True)
class Scope:
    """Which tracks are searched: some or all, without others."""

    tracks: Sequence[int] | None = None  # None: all
    without: Sequence[int] = ()
    exact: bool = False
    sample: Sample | None = None

    def leaving_out(self, tracks: Iterable[int]) -> "Scope":
        """The same without some more tracks."""
        return replace(self, without=sorted({*self.without, *tracks}))


def scope_of(
    layer: Layer,
    selection: TrackSelection,
    *,
    starts: Collection[int],
    without: Collection[Same] = (),
    metric: Metric = "cosine",
) -> Scope:
    """Where to look for what sounds like some tracks, `starts`: among those selected.

    `without` leaves out these tracks themselves, those of their artists, or those of their albums.
    """
    scope = Scope(without=_same(starts, without))
    if selection.as_dict():
        chosen = selection.apply(Track.objects.all()).values_list("pk", flat=True)
        scope = replace(scope, tracks=sorted({*chosen} - {*scope.without}))
    if metric != "cosine":
        return _compared(layer, scope)
    if scope.tracks is None:
        return scope
    averages = TrackAverage.objects.filter(layer=layer, track__in=scope.tracks)
    segments = averages.aggregate(segments=Sum("segments"))["segments"] or 0
    return replace(scope, exact=segments <= FEW_SEGMENTS)


def _same(starts: Collection[int], without: Collection[Same]) -> list[int]:
    """The tracks to leave out, ascending."""
    tracks = set(starts) if "track" in without else set()
    if "artist" in without:
        credits = TrackArtist.objects.filter(track__in=starts).values("artist")
        same = TrackArtist.objects.filter(artist__in=credits)
        tracks |= set(same.values_list("track", flat=True))
    if "album" in without:
        same_album = Track.objects.filter(album__tracks__in=starts)
        tracks |= set(same_album.values_list("pk", flat=True))
    return sorted(tracks)


def _compared(layer: Layer, scope: Scope) -> Scope:
    """The same for a comparison with each segment: a sample of tracks, where they are many."""
    counts = segment_counts(layer)
    for track in scope.without:
        counts.pop(track, None)
    if scope.tracks is not None:
        counts = {track: counts[track] for track in scope.tracks if track in counts}
    total = sum(counts.values())
    if total <= MOST_COMPARED:
        return replace(scope, exact=True)
    lots = drawn(Track.objects.filter(pk__in=list(counts)), len(counts), SAMPLE_SEED)
    chosen: list[int] = []
    segments = 0
    for track in lots.values_list("pk", flat=True):
        if segments + counts[track] <= MOST_COMPARED:  # a shorter one may still have room
            chosen.append(track)
            segments += counts[track]
    return replace(scope, tracks=sorted(chosen), exact=True, sample=Sample(segments, total))
