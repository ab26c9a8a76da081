"""The moments and tracks of which a query is truest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from embeddings.models import Layer
from embeddings.similarity.choosing import Wish, choose
from embeddings.similarity.meanings import meanings_of
from embeddings.similarity.moments import Moment
from embeddings.similarity.scope import Scope
from embeddings.similarity.tracks import PASSAGE
from embeddings.similarity.vectors import mean_vectors
from embeddings.similarity.words.language import Node, Term, terms
from embeddings.similarity.words.ranks import Ranks
from embeddings.similarity.words.truth import truths, word_truths

By = Literal["passages", "mean"]


@dataclass(frozen=True)
class Heard:
    """A tag of a query in what was found."""

    term: Term
    share: float  # of the library that what was found stands above with it; below, where negated
    activation: (
        float | None
    )  # mean of the tag's, the strongest of those that say it; None: none does


def best_moments(layer: Layer, query: Node, ranks: Ranks, scope: Scope, wish: Wish) -> list[Moment]:
    """Segments, truest first; the distance is what is short of 1. Of a passage, the best alone."""
    scores = truths(query, ranks.shares)
    rows = np.flatnonzero(peaks(scores, ranks, PASSAGE))
    rows = rows[np.argsort(-scores[rows], kind="stable")]

    def moment(row: int) -> Moment:
        track = int(ranks.tracks[ranks.track_rows[row]])
        return Moment(track, int(ranks.positions[row]), 1, 1 - float(scores[row]))

    return _chosen(layer, rows, ranks.track_rows[rows], moment, ranks, scope, wish)


def best_tracks(
    layer: Layer, query: Node, ranks: Ranks, scope: Scope, wish: Wish, *, by: By = "passages"
) -> list[Moment]:
    """Tracks as moments: each one's truest passage of four segments, or the whole by its mean."""
    scores = truths(query, ranks.shares)
    if by == "mean":
        places, fits = np.zeros(len(ranks.tracks), np.int64), track_means(scores, ranks)
    else:
        places, fits = best_passages(scores, ranks, PASSAGE)
    lengths = ranks.counts if by == "mean" else np.minimum(ranks.counts, PASSAGE)
    order = np.argsort(-fits, kind="stable")

    def moment(row: int) -> Moment:
        fit = 1 - float(fits[row])
        return Moment(int(ranks.tracks[row]), int(places[row]), int(lengths[row]), fit)

    return _chosen(layer, order, order, moment, ranks, scope, wish)


def peaks(scores: NDArray[np.float32], ranks: Ranks, width: int) -> NDArray[np.bool_]:
    """(n,): which segments fit better than those nearer than `width` in the same track.

    Of equals, the first.
    """
    best = np.ones(len(scores), np.bool_)
    for step in range(1, min(width, len(scores))):
        same = ranks.track_rows[step:] == ranks.track_rows[:-step]
        best[step:] &= ~same | (scores[step:] > scores[:-step])
        best[:-step] &= ~same | (scores[:-step] >= scores[step:])
    return best


def track_means(scores: NDArray[np.float32], ranks: Ranks) -> NDArray[np.float64]:
    """(tracks,) of scores (n,)."""
    if not len(ranks.tracks):
        return np.empty(0)
    return np.add.reduceat(scores, ranks.starts, dtype=np.float64) / ranks.counts


def best_passages(
    scores: NDArray[np.float32], ranks: Ranks, length: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Of each track, (tracks,), where the passage of highest mean begins, and that mean.

    Of a track that is shorter, it is the whole.
    """
    places, fits = np.zeros(len(ranks.tracks), np.int64), track_means(scores, ranks)
    long = np.flatnonzero(ranks.counts >= length)
    if not len(long):
        return places, fits
    means = np.full(len(scores), -np.inf)
    means[: len(scores) - length + 1] = sliding_window_view(scores, length).mean(axis=1)
    means[ranks.positions > (ranks.counts - length)[ranks.track_rows]] = -np.inf
    best = np.maximum.reduceat(means, ranks.starts)
    fits[long] = best[long]
    first = np.flatnonzero(means == best[ranks.track_rows])
    found, where = np.unique(ranks.track_rows[first], return_index=True)
    kept = ranks.counts[found] >= length
    places[found[kept]] = ranks.positions[first[where[kept]]]
    return places, fits


def heard(layer: Layer, query: Node, ranks: Ranks, found: Sequence[Moment]) -> list[list[Heard]]:
    """Of each moment, how the tags of a query stand there, in the order of the query."""
    activations = mean_vectors(layer, _runs(found))
    saying = [(meaning, tags) for meaning, tags in meanings_of(layer.tags)]
    rows = []
    for moment, values in zip(found, activations, strict=True):
        start = int(ranks.starts[np.searchsorted(ranks.tracks, moment.track_id)]) + moment.position
        shares = ranks.shares[:, start : start + moment.segments]
        row = []
        for term in terms(query):
            said = [
                float(values[tag])
                for tag, present in saying[term.word.meaning][1]
                if present == term.word.present
            ]
            share = float(word_truths(term, shares).mean())
            row.append(Heard(term, share, max(said, default=None)))
        rows.append(row)
    return rows


def _chosen(
    layer: Layer,
    rows: NDArray[np.int64],
    track_rows: NDArray[np.int64] | NDArray[np.int32],
    moment: Callable[[int], Moment],
    ranks: Ranks,
    scope: Scope,
    wish: Wish,
) -> list[Moment]:
    """What is wished for of rows, best first, each of a track (an index)."""

    def find(left_out: Sequence[int], limit: int) -> list[Moment]:
        inside = ~np.isin(ranks.tracks, [*scope.without, *left_out])
        if scope.tracks is not None:
            inside &= np.isin(ranks.tracks, scope.tracks)
        return [moment(int(row)) for row in rows[inside[track_rows]][:limit]]

    return choose(find, wish, lambda found: mean_vectors(layer, _runs(found)))


def _runs(found: Sequence[Moment]) -> list[tuple[int, int, int]]:
    return [(each.track_id, each.position, each.position + each.segments - 1) for each in found]
