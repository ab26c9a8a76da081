"""Whether what lies near sounds alike to people too: labels of the nearest moments, by layer."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from embeddings.benchmarks.common import BenchmarkError
from embeddings.benchmarks.precision import nearest_elsewhere, precision
from embeddings.models import Layer
from embeddings.queries import chosen_layers
from embeddings.storage import read_layer
from musicexplore.progress import Progress
from tracks.models import Track

NEAREST = 10
MOST_ASKED = 2000  # moments of a layer
DIGITS = 3

Labels = Mapping[int, set[str]]  # of tracks


def measure(
    category: Sequence[str] | None = None, *, progress: Progress | None = None
) -> dict[str, Any]:
    """The precision of the library's neighbours, for each layer and category of tags.

    Of all categories that tell tracks apart, or those named. Raises `BenchmarkError`.
    """
    progress = progress or Progress()
    by_category = _labels(category)
    layers = list(chosen_layers())
    progress.start(len(layers), "layers")
    results: dict[str, Any] = {name: {} for name in by_category}
    for layer in layers:
        progress.advance(0, message=layer.name)
        for name, labels in by_category.items():
            if (measured := _measure_layer(layer, labels)) is not None:
                results[name][layer.name] = measured
        progress.advance()
    progress.finish()
    if not any(results.values()):
        raise BenchmarkError(
            f"No layer has {NEAREST} moments of labelled tracks: run extract_all first."
        )
    return {
        "neighbours": NEAREST,
        "categories": {
            name: {
                "tracks": len(labels),
                "labels": len(set().union(*labels.values())),
                "layers": results[name],
            }
            for name, labels in by_category.items()
        },
    }


def _labels(wanted: Sequence[str] | None) -> dict[str, Labels]:
    """Each category's labels; raises `BenchmarkError` where there are none, or of one kind."""
    there: dict[str, dict[int, set[str]]] = {}
    if Track._meta.db_table in connection.introspection.table_names():
        rows = Track.objects.filter(tags__isnull=False)
        for track, category, name in rows.values_list("pk", "tags__category", "tags__name"):
            there.setdefault(category, {}).setdefault(track, set()).add(name)
    telling = {
        category: labels
        for category, labels in sorted(there.items())
        if len({frozenset(each) for each in labels.values()}) > 1
    }
    if not telling:
        raise BenchmarkError(
            "No tags tell this library's tracks apart, so there is nothing to compare neighbours "
            "with: load metadata that has tags (load_jamendo_data), or run make demo."
        )
    if unknown := set(wanted or ()) - telling.keys():
        raise BenchmarkError(
            f"No tags of the category {', '.join(sorted(unknown))} tell tracks apart; those of "
            f"{', '.join(telling)} do."
        )
    return {name: telling[name] for name in wanted or telling}


def _measure_layer(layer: Layer, labels: Labels) -> dict[str, Any] | None:
    """None where a layer has not enough."""
    data = read_layer(layer, sorted(labels))
    heard = data.vectors.any(axis=1)  # silence is near to nothing
    vectors, ids = data.vectors[heard], data.track_ids[heard]
    known, tracks = np.unique(ids, return_inverse=True)
    if len(known) < 2 or len(ids) - np.bincount(tracks).max() < NEAREST:
        return None
    numbers = np.random.default_rng(0)
    queries = np.sort(numbers.choice(len(ids), min(MOST_ASKED, len(ids)), replace=False))
    found = nearest_elsewhere(vectors, tracks, queries, NEAREST)
    result = precision(_matrix(known, labels), tracks, queries, found)
    return {name: round(value, DIGITS) for name, value in asdict(result).items()}


def _matrix(tracks: NDArray[np.int64], labels: Labels) -> NDArray[np.bool_]:
    """Which track has which label, (tracks, labels)."""
    names = sorted(set().union(*labels.values()))
    return np.array([[name in labels[track] for name in names] for track in tracks.tolist()])
