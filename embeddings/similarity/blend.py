"""What sounds like several moments or tracks at once, or like some of them but not like others.

The vectors are added and subtracted: relevance feedback (Rocchio 1971), and the arithmetic of word
vectors (Mikolov et al. 2013).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.models import Layer, SegmentEmbedding
from embeddings.neighbours import Metric
from embeddings.similarity.choosing import Wish
from embeddings.similarity.moments import Moment, moments_like
from embeddings.similarity.scope import Scope
from embeddings.similarity.tracks import SimilarTrack, tracks_like_vector
from embeddings.similarity.vectors import LAST, mean_vectors

LEAST = 0.02  # length, beside that of the longest sum, below which the direction is of noise alone


@dataclass(frozen=True)
class Start:
    """A run of segments, or a whole track, and how much it counts: below zero, to be unlike it."""

    track_id: int
    first: int = 0
    last: int = LAST
    weight: float = 1.0

    @property
    def whole(self) -> bool:
        return self.last == LAST

    @property
    def moment(self) -> Moment:
        return Moment(self.track_id, self.first, self.last - self.first + 1, 0.0)


class BlendError(ValueError):
    """Nothing can be searched by these starts; the message says why."""


def blended(vectors: NDArray[np.float32], weights: Sequence[float]) -> NDArray[np.float32]:
    """The weighted sum (size,) of the directions of (n, size) vectors, as long as they are.

    Directions, for else the longest would count most; the length, the mean of theirs by weight,
    matters to the Euclidean distance. A vector of zeros adds nothing.
    Raises `BlendError` where nothing remains.
    """
    exact, shares = vectors.astype(np.float64), np.asarray(weights, np.float64)
    lengths = np.linalg.norm(exact, axis=1)
    heard = np.abs(shares) * (lengths > 0)
    if not heard.any():
        raise BlendError("Nothing to search by: each start is silent or has the weight 0.")
    total = (shares / np.maximum(lengths, 1e-12)) @ exact
    remains = np.linalg.norm(total)
    if remains < LEAST * heard.sum():
        raise BlendError(
            "These starts cancel each other out, so that nothing is left to search by. "
            "Change a weight, or remove a start."
        )
    return (total / remains * (heard @ lengths / heard.sum())).astype(np.float32)


def moments_like_blend(
    layer: Layer, starts: Sequence[Start], scope: Scope, wish: Wish, *, metric: Metric = "cosine"
) -> list[Moment]:
    """The segments nearest to a blend, nearest first, without those that it starts from.

    Raises `BlendError`, and `SegmentEmbedding.DoesNotExist` for starts that the layer lacks.
    """
    runs = [start.moment for start in starts if not start.whole]
    inside = scope.leaving_out(start.track_id for start in starts if start.whole)
    point = _point(layer, starts)[None]
    return moments_like(layer, point, inside, wish, metric=metric, apart_from=runs)


def tracks_like_blend(
    layer: Layer, starts: Sequence[Start], scope: Scope, wish: Wish, *, metric: Metric = "cosine"
) -> list[SimilarTrack]:
    """The tracks whose means are nearest to a blend, without those that it starts from.

    Raises as above.
    """
    inside = scope.leaving_out(start.track_id for start in starts)
    return tracks_like_vector(layer, _point(layer, starts), inside, wish, metric=metric)


def _point(layer: Layer, starts: Sequence[Start]) -> NDArray[np.float32]:
    vectors = mean_vectors(layer, [(start.track_id, start.first, start.last) for start in starts])
    if np.isnan(vectors).any():
        raise SegmentEmbedding.DoesNotExist
    return blended(vectors, [start.weight for start in starts])
