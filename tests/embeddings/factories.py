"""A small library with vectors, for tests that need one in the database."""

from collections.abc import Mapping

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from embeddings import storage
from embeddings.models import EmbeddingModel, Layer
from tracks.models import Track


def make_layer(
    size: int, *, model: str = "test-net", key: str = "embeddings", tags: tuple[str, ...] = ()
) -> Layer:
    dataset, _, architecture = model.partition("-")
    row, _ = EmbeddingModel.objects.get_or_create(
        name=model,
        defaults={"dataset": dataset, "architecture": architecture, "display_name": model},
    )
    layer = Layer.objects.create(
        model=row,
        name=f"{model}-{key}",
        key=key,
        kind=Layer.Kind.TAGGRAM if tags else Layer.Kind.EMBEDDING,
        size=size,
        tags=list(tags),
        segment_seconds=3,
        hop_seconds=3,
        display_name=key,
    )
    storage.ensure_partition(layer.pk)
    return layer


def make_track(number: int) -> Track:
    path = f"artist/{number:03}.wav"
    track, _ = Track.objects.get_or_create(path=path, defaults={"path_bytes": path.encode()})
    return track


def store(layer: Layer, vectors: Mapping[int, NDArray[np.float32]]) -> list[Track]:
    """Store vectors, (segments, size) for each track's number, and return the tracks."""
    tracks = [make_track(number) for number in vectors]
    for track, rows in zip(tracks, vectors.values(), strict=True):
        with transaction.atomic():
            storage.replace_vectors({layer: rows}, track.pk)
    return tracks
