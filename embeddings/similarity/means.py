"""The means of all tracks of a layer, read once for each version of it.

Reading 50,000 of 200 numbers takes half a second, comparing them a fiftieth of that.
"""

import threading
from functools import lru_cache

import numpy as np

from embeddings.averages import Averages, read_averages
from embeddings.models import Layer
from embeddings.queries import layer_version
from embeddings.similarity.centroids import Space
from embeddings.similarity.scope import Scope

LAYERS_KEPT = 3  # one, its taggrams, and another: 40 MB each for 50,000 tracks of 200 numbers

_reading = threading.Lock()


def all_means(layer: Layer) -> Averages:
    """The averages of every track that the layer has. Shared: not to be written to."""
    version = _version(layer)
    with _reading:  # who comes meanwhile waits for the same, rather than reading it again
        return _read(layer.pk, version)


def space_of(layer: Layer) -> Space:
    """In which the averages of a layer, of which there are some, count alike."""
    version = _version(layer)
    with _reading:
        return _space(layer.pk, version)


def means_within(layer: Layer, scope: Scope) -> Averages:
    """Those of the tracks in a scope."""
    means = all_means(layer)
    inside = ~np.isin(means.track, np.array(scope.without, np.int64))
    if scope.tracks is not None:
        inside &= np.isin(means.track, np.array(scope.tracks, np.int64))
    return means if inside.all() else means.only(inside)


@lru_cache(maxsize=LAYERS_KEPT)
def _read(layer_id: int, version: str) -> Averages:
    return read_averages(Layer.objects.get(pk=layer_id))


@lru_cache(maxsize=LAYERS_KEPT)
def _space(layer_id: int, version: str) -> Space:
    return Space.of(_read(layer_id, version).means)


def _version(layer: Layer) -> str:
    return f"{layer_version(layer)} {layer.averages.count()}"
