"""Comparisons of two layers: made once, kept, made anew when the library has changed."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from embeddings.comparison.disagreement import FEWEST_OTHERS, Disagreement
from embeddings.models import Comparison, ComparisonTrack, Layer
from embeddings.overlap import overlap_means
from embeddings.queries import layer_version
from embeddings.storage import read_layer, segment_counts
from musicexplore.progress import Progress

MOST_EXACT = 20_000  # segments that are all compared
SAMPLE = 5000  # of more segments; each is still compared with all
LEAST_COVERED = 0.5  # of a segment by the other layer's: less is an unmatched tail
BLOCK_SEGMENTS = 4096
KEPT_VERSIONS = 2  # a page that is open on the one before still works
ROWS_AT_ONCE = 2000


class ComparisonError(Exception):
    """Why there is no comparison; the message is one sentence for a person."""


@dataclass(frozen=True)
class _Block:
    """Segments of the coarser layer that both have heard, of some tracks; arrays are (n, ...)."""

    rows: NDArray[np.int64]  # place among all segments of the tracks that both have
    tracks: NDArray[np.int64]
    one: NDArray[np.float32]
    other: NDArray[np.float32]


def in_order(one: Layer, other: Layer) -> tuple[Layer, Layer]:
    """The coarser of two layers and the finer; of equals always the same one first."""

    def fineness(layer: Layer) -> tuple[float, float, str]:
        return -layer.hop_seconds, -layer.segment_seconds, layer.name

    coarser, finer = sorted((one, other), key=fineness)
    return coarser, finer


def current(one: Layer, other: Layer) -> Comparison | None:
    """The comparison of two layers as they are now, whichever is named first."""
    coarser, finer = in_order(one, other)
    return Comparison.objects.filter(
        layer=coarser,
        other=finer,
        layer_version=layer_version(coarser),
        other_version=layer_version(finer),
    ).first()


def compare(
    one: Layer,
    other: Layer,
    *,
    seed: int = 0,
    progress: Progress = Progress(),  # noqa: B008 (it has no state)
) -> Comparison:
    """Where two layers disagree, made unless it is there; stopped half way it leaves nothing.

    Up to 20,000 segments all are compared, above a sample that the seed draws. Memory: a block of
    both layers, the anchors, and a number for each segment. Raises `ComparisonError`.
    """
    found = current(one, other)
    if found is not None:
        return found
    begun = time.monotonic()
    coarser, finer = in_order(one, other)
    comparison = Comparison(
        layer=coarser,
        other=finer,
        layer_version=layer_version(coarser),
        other_version=layer_version(finer),
    )
    counts = _common(coarser, finer)
    total = sum(counts.values())
    progress.start(2 * total, "segments")
    anchors = _anchors(total, seed)
    parts = []
    heard = 0
    for block in _blocks(coarser, finer, counts, progress):
        heard += len(block.rows)
        parts.append(_of(block, np.isin(block.rows, anchors)))
    sample = _joined(parts)
    neighbours = Disagreement(sample.tracks, sample.one, sample.other)
    for block in _blocks(coarser, finer, counts, progress):
        neighbours.add(block.tracks, block.one, block.other)
    values = np.full(total, np.nan, np.float32)
    values[sample.rows] = neighbours.result()
    measured = np.isfinite(values)
    if not measured.any():
        raise ComparisonError(
            f"{coarser} and {finer} have too few segments in common: {FEWEST_OTHERS} of other "
            "tracks are needed beside each. Run extract_all for both, with more music."
        )
    comparison.segments, comparison.measured = heard, int(measured.sum())
    comparison.mean = float(values[measured].mean(dtype=np.float64))
    comparison.seconds = time.monotonic() - begun
    _store(comparison, counts, values)
    progress.finish()
    return comparison


def _common(coarser: Layer, finer: Layer) -> dict[int, int]:
    """Segments of the coarser layer of each track that both have."""
    finer_counts = segment_counts(finer)
    counts = {
        track: count for track, count in segment_counts(coarser).items() if track in finer_counts
    }
    if not counts:
        raise ComparisonError(
            f"No track has vectors of both {coarser} and {finer} yet: run extract_all for both."
        )
    return counts


def _anchors(total: int, seed: int) -> NDArray[np.int64]:
    """Segments to be compared, by their place: all, or one drawn of each of as many stretches.

    Spread evenly, since tracks follow each other: so each has its share.
    """
    if total <= MOST_EXACT:
        return np.arange(total)
    edges = np.linspace(0, total, SAMPLE + 1).astype(np.int64)
    return np.random.default_rng(seed).integers(edges[:-1], edges[1:])


def _blocks(
    coarser: Layer, finer: Layer, counts: dict[int, int], progress: Progress
) -> Iterator[_Block]:
    """All segments that both layers have heard, a few tracks at a time."""
    begin = 0
    for tracks in _batches(counts):
        yield _block(coarser, finer, tracks, counts, begin)
        size = sum(counts[track] for track in tracks)
        begin += size
        progress.advance(size)


def _batches(counts: dict[int, int]) -> Iterator[list[int]]:
    batch: list[int] = []
    size = 0
    for track, count in counts.items():
        if batch and size + count > BLOCK_SEGMENTS:
            yield batch
            batch, size = [], 0
        batch.append(track)
        size += count
    yield batch


def _block(
    coarser: Layer, finer: Layer, tracks: Sequence[int], counts: dict[int, int], begin: int
) -> _Block:
    ours, theirs = read_layer(coarser, tracks), read_layer(finer, tracks)
    wanted = np.array([counts[track] for track in tracks])
    # A track extracted anew since they were counted may have other segments now.
    if len(ours) != wanted.sum():
        raise ComparisonError("Tracks were extracted anew meanwhile: ask for it again.")
    their_counts = np.array([np.count_nonzero(theirs.track_ids == track) for track in tracks])
    means, covered = overlap_means(theirs.vectors, their_counts, finer, wanted, coarser)
    block = _Block(begin + np.arange(len(ours)), ours.track_ids, ours.vectors, means)
    # Silence of zeros has no direction, and so no neighbours.
    heard = block.one.any(axis=1) & block.other.any(axis=1)
    return _of(block, heard & (covered >= LEAST_COVERED))


def _of(block: _Block, chosen: NDArray[np.bool_]) -> _Block:
    return _Block(block.rows[chosen], block.tracks[chosen], block.one[chosen], block.other[chosen])


def _joined(blocks: Sequence[_Block]) -> _Block:
    return _Block(
        np.concatenate([block.rows for block in blocks]),
        np.concatenate([block.tracks for block in blocks]),
        np.concatenate([block.one for block in blocks]),
        np.concatenate([block.other for block in blocks]),
    )


def _store(comparison: Comparison, counts: dict[int, int], values: NDArray[np.float32]) -> None:
    """Write a comparison with its tracks, and forget those before the last one, all at once."""
    edges = np.cumsum(list(counts.values()))[:-1]
    rows = []
    for track, part in zip(counts, np.split(values, edges), strict=True):
        measured = part[np.isfinite(part)]
        if len(measured):
            rows.append(
                ComparisonTrack(
                    comparison=comparison,
                    track_id=track,
                    disagreements=part.astype("<f4").tobytes(),
                    mean=float(measured.mean(dtype=np.float64)),
                    measured=len(measured),
                )
            )
    with transaction.atomic():
        comparison.save()
        ComparisonTrack.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
        same = Comparison.objects.filter(layer=comparison.layer, other=comparison.other)
        kept = same.order_by("-pk").values_list("pk", flat=True)[:KEPT_VERSIONS]
        same.exclude(pk__in=list(kept)).delete()
