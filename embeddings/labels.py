"""The most distinctive tag of each segment: names for regions of a map.

Distinctive is what is stronger here than elsewhere in the library: the largest z-score, for some
tags ("rock") are strong everywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.models import Layer
from embeddings.overlap import overlap_means
from embeddings.storage import LayerVectors, iter_layer, segment_counts

NO_LABEL = 255
STEADY = 1e-6  # relative; below, a tag's deviation is rounding


@dataclass(frozen=True)
class Labels:
    """A tag for each segment of a layer, sorted by track and position; arrays are (n,)."""

    track: NDArray[np.int32]
    position: NDArray[np.int32]
    tag: NDArray[np.uint8]  # index into tags, or NO_LABEL
    tags: list[str]  # those of any segment, most segments first; at most 255


def segment_labels(layer: Layer, taggrams: Layer | None) -> Labels:
    """Labels of a layer's segments from a taggram layer, by overlap in time.

    None for segments that it has not tagged, and where no tag is stronger than on average.
    Memory: a few numbers for each segment, and two blocks of taggrams.
    """
    counts = segment_counts(layer)
    track = np.fromiter(counts, np.int64, len(counts))
    segments = np.fromiter(counts.values(), np.int64, len(counts))
    starts = np.cumsum(segments) - segments
    strongest = np.full(segments.sum(), -1)
    if taggrams is not None:
        means, deviations = _statistics(taggrams)
        for block in _whole_tracks(taggrams):
            tagged, tagged_counts = np.unique(block.track_ids, return_counts=True)
            wanted = np.array([counts.get(each, 0) for each in tagged.tolist()])
            scores, covered = overlap_means(
                (block.vectors - means) / deviations, tagged_counts, taggrams, wanted, layer
            )
            some = (covered > 0) & (scores.max(axis=1) > 0)
            ours = np.repeat(starts[np.searchsorted(track, tagged[wanted > 0])], wanted[wanted > 0])
            rows = ours + _places(wanted)
            strongest[rows] = np.where(some, scores.argmax(axis=1), -1)
    tag, tags = _most_frequent(strongest, taggrams.tags if taggrams else [])
    return Labels(
        track=np.repeat(track, segments).astype(np.int32),
        position=_places(segments).astype(np.int32),
        tag=tag,
        tags=tags,
    )


def _statistics(layer: Layer) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and standard deviation (size,) of each tag; infinite for one that never changes."""
    count, sums, squares = 0, np.zeros(layer.size), np.zeros(layer.size)
    for block in iter_layer(layer):
        count += len(block)
        sums += block.vectors.sum(axis=0, dtype=np.float64)
        squares += np.einsum("ij,ij->j", block.vectors, block.vectors, dtype=np.float64)
    means = sums / max(count, 1)
    deviations = np.sqrt(np.maximum(squares / max(count, 1) - means**2, 0))
    steady = deviations < STEADY * np.maximum(np.abs(means), 1)
    return means.astype(np.float32), np.where(steady, np.inf, deviations).astype(np.float32)


def _whole_tracks(layer: Layer) -> Iterator[LayerVectors]:
    """Like `iter_layer`, but blocks end where tracks end."""
    rest: LayerVectors | None = None
    for block in iter_layer(layer):
        whole = block if rest is None else _joined(rest, block)
        end = int(np.searchsorted(whole.track_ids, whole.track_ids[-1]))
        if end:
            yield _rows(whole, slice(end))
        rest = _rows(whole, slice(end, None))
    if rest is not None:
        yield rest


def _joined(one: LayerVectors, other: LayerVectors) -> LayerVectors:
    return LayerVectors(
        np.concatenate([one.track_ids, other.track_ids]),
        np.concatenate([one.positions, other.positions]),
        np.concatenate([one.vectors, other.vectors]),
    )


def _rows(block: LayerVectors, rows: slice) -> LayerVectors:
    return LayerVectors(block.track_ids[rows], block.positions[rows], block.vectors[rows])


def _places(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Position within its track of each segment of tracks with so many segments."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def _most_frequent(
    strongest: NDArray[np.int64], names: list[str]
) -> tuple[NDArray[np.uint8], list[str]]:
    """Indices (n,) into `names`, -1 for none, as indices into those that are used."""
    uses = np.bincount(strongest[strongest >= 0], minlength=len(names))
    kept = [tag for tag in np.argsort(-uses, kind="stable")[:NO_LABEL] if uses[tag]]
    places = np.full(len(names) + 1, NO_LABEL, np.uint8)  # the last one is that of -1
    places[kept] = np.arange(len(kept))
    return places[strongest], [names[tag] for tag in kept]
