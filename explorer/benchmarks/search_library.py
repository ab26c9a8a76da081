"""Libraries that searches are measured in: real vectors alone, or segments mixed of them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from embeddings.benchmarks.mixing import Mixer, RealVectors
from embeddings.models import Layer
from embeddings.storage import add_vectors, fill_averages
from explorer.benchmarks.library import make_extractions, make_tracks, track_lengths
from musicexplore.progress import Progress
from tracks.models import Tag, Track

CATEGORY = "benchmark"
SHARES = {"1pct": 0.01, "10pct": 0.1}  # of the tracks, drawn by lot
FAR = "far"
FAR_SHARE = 0.1  # of the tracks, at least


@dataclass(frozen=True)
class SearchLibrary:
    """A library whose tracks each sound like one real recording."""

    layer: Layer
    tags: dict[str, Tag]
    tracks: int
    far_from: NDArray[np.int64]  # ids of the tracks that the tag `FAR` is far from


def make_search_library(
    segments: int, real: RealVectors, layer: Layer, progress: Progress, *, seed: int = 0
) -> SearchLibrary:
    """Fill an empty database with exactly `segments`, mixed of the real ones; always the same."""
    numbers = np.random.default_rng(seed)
    lengths = track_lengths(segments, numbers)
    recordings = np.unique(real.recordings)
    homes = numbers.integers(0, len(recordings), len(lengths))
    mixer = Mixer(real)
    rows = [np.flatnonzero(real.recordings == recording) for recording in recordings]

    def mixed() -> Iterator[tuple[int, NDArray[np.float32]]]:
        for track, count, home in zip(tracks, lengths.tolist(), homes.tolist(), strict=True):
            yield track.pk, mixer.mix(numbers.choice(rows[home], count), numbers)
            progress.advance(count)

    with transaction.atomic():
        tracks = make_tracks(lengths, layer, numbers)
        add_vectors(layer, mixed())
        make_extractions(tracks, lengths, layer)
        fill_averages(layer)
        ids = np.array([track.pk for track in tracks])
        means = np.array([real.vectors[which].mean(axis=0) for which in rows])
        home, far = _far_homes(means, homes)
        tags = {
            name: _tag(name, numbers.permutation(ids)[: max(round(share * len(ids)), 1)])
            for name, share in SHARES.items()
        }
        tags[FAR] = _tag(FAR, ids[np.isin(homes, far)])
    return SearchLibrary(layer, tags, len(ids), ids[homes == home])


def store_real(real: RealVectors, layer: Layer) -> int:
    """Fill an empty database with the real vectors; returns how many are distinct as stored."""
    numbers = np.random.default_rng(0)
    halves = real.vectors.astype(np.float16)
    _, first = np.unique(halves, axis=0, return_index=True)
    kept = np.sort(first)
    recordings, lengths = np.unique(real.recordings[kept], return_counts=True)
    tracks = make_tracks(lengths, layer, numbers)
    add_vectors(
        layer,
        (
            (track.pk, halves[kept[real.recordings[kept] == recording]])
            for track, recording in zip(tracks, recordings, strict=True)
        ),
    )
    return len(kept)


def _far_homes(
    means: NDArray[np.float32], homes: NDArray[np.int64]
) -> tuple[int, NDArray[np.int64]]:
    """A recording with tracks, and those furthest from it that have `FAR_SHARE` of the tracks.

    Of all recordings, the one that has another the furthest away.
    """
    unit = means / np.linalg.norm(means, axis=1, keepdims=True)
    alike = unit @ unit.T
    counts = np.bincount(homes, minlength=len(means))
    alike[counts == 0] = alike[:, counts == 0] = np.inf
    home = int(alike.min(axis=1).argmin())
    order = np.argsort(alike[home])
    enough = int(np.searchsorted(np.cumsum(counts[order]), FAR_SHARE * counts.sum())) + 1
    return home, order[:enough]


def _tag(name: str, tracks: NDArray[np.int64]) -> Tag:
    tag = Tag.objects.create(category=CATEGORY, name=name)
    through = Track.tags.through
    through.objects.bulk_create(
        through(track_id=track, tag_id=tag.pk) for track in np.sort(tracks).tolist()
    )
    return tag
