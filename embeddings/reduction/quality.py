"""How far a map can be trusted: whether what is near on it is near for the network as well.

Two measures over k = 12 neighbours, both from the ranks that a segment's neighbours on the map
have among its neighbours in full dimension by cosine distance, the metric of the search:
trustworthiness (Venna and Kaski 2001; 1 is perfect, about 0.5 is chance) and the share of the
map's neighbours that are true ones. Ranks are exact, of up to 2,000 anchors against all points.

The same ranks say how far each single segment's place can be trusted, so that a map can mark
those it has put among strangers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 12
FEWEST_POINTS = 2 * NEIGHBOURS  # below, the measure's normalisation has no meaning
MOST_ANCHORS = 2000
BLOCK_NUMBERS = 16_000_000  # of an (anchors, points) matrix held at once: 64 MB of float32
# Nearer by less than this is a tie: two copies of a segment differ by rounding only.
TIE = 1e-6
BETTER = NEIGHBOURS // 2  # neighbours on the map that a segment's trust goes by
MOST_PAIRS = 20_000**2  # of a measured segment and another: 7 s
NOT_MEASURED = 255
BEST = 254
# A place is broken where the mean rank of its better neighbours lies beyond this share of all
# segments, and beyond this rank; docs/reduction.md ("Trust of a place") has how they were chosen.
BROKEN_SHARE = 0.025
BROKEN_RANK = 8


@dataclass(frozen=True)
class Quality:
    """None where there are too few points to say."""

    trustworthiness: float | None
    neighbours_kept: float | None
    # The same, leaving out neighbours from the anchor's own track.
    trustworthiness_other_tracks: float | None
    neighbours_kept_other_tracks: float | None
    # Of each segment, (n,): 0 worst to 254 best, or 255 where it was not measured.
    trust: NDArray[np.uint8] = field(compare=False, repr=False)


def measure(
    vectors: NDArray[np.float32],
    plane: NDArray[np.float32],
    tracks: NDArray[np.int64],
    *,
    seed: int = 0,
    max_anchors: int = MOST_ANCHORS,
    report: Callable[[float], None] = lambda done: None,
) -> Quality:
    """Compare (n, size) vectors with their (n, 2) places on a map; `tracks` (n,) owns them.

    Memory does not grow with the number of points, but for a few numbers for each.
    `report` is called with the share of the anchors done so far.
    """
    count = len(vectors)
    trust = np.full(count, NOT_MEASURED, np.uint8)
    if count < FEWEST_POINTS:
        return Quality(None, None, None, None, trust)
    from scipy.spatial import KDTree

    averaged = _anchors(count, max_anchors, seed)
    anchors = np.union1d(averaged, _anchors(count, MOST_PAIRS // count, seed))
    is_averaged = np.isin(anchors, averaged)
    tree = KDTree(plane)
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))
    inverse = np.divide(1, lengths, out=np.zeros(count), where=lengths > 0).astype(np.float32)
    everywhere, elsewhere = _Tally(), _Tally()
    done = 0
    for block in _blocks(anchors, count):
        similarity = (vectors[block] * inverse[block, None]) @ vectors.T
        similarity *= inverse
        similarity[np.arange(len(block)), block] = -np.inf
        shown = _without_itself(tree.query(plane[block], k=NEIGHBOURS + 1)[1], block)
        ranks = np.stack([_ranks(*pair) for pair in zip(similarity, shown, strict=True)])
        trust[block] = _trust(ranks, count)
        for row in np.flatnonzero(is_averaged[done : done + len(block)]).tolist():
            anchor = block[row]
            everywhere.add(ranks[row], count - 1)
            own = tracks == tracks[anchor]
            same = int(own.sum())  # the anchor among them
            if count - same + 1 >= FEWEST_POINTS:
                similarity[row, own] = -np.inf
                near = tree.query(plane[anchor], k=min(same + NEIGHBOURS, count))[1]
                others = near[tracks[near] != tracks[anchor]]
                elsewhere.add(_ranks(similarity[row], others[:NEIGHBOURS]), count - same)
        done += len(block)
        report(done / len(anchors))
    return Quality(everywhere.trust, everywhere.kept, elsewhere.trust, elsewhere.kept, trust)


def broken_below(count: int) -> int:
    """The trust below which a place is broken, on a map of so many segments."""
    rank = max(BROKEN_RANK, BROKEN_SHARE * count)
    return int(_scale(np.log([rank]), count).round()[0]) if count >= FEWEST_POINTS else 0


class _Tally:
    """Adds up the measures of anchors."""

    def __init__(self) -> None:
        self.anchors = 0
        self._distrust = 0.0
        self._kept = 0.0

    def add(self, ranks: NDArray[np.int64], candidates: int) -> None:
        """An anchor whose k neighbours have these `ranks`, from 1, among so many `candidates`."""
        k = NEIGHBOURS
        worst = k * (2 * (candidates + 1) - 3 * k - 1) / 2  # the largest possible excess
        self.anchors += 1
        self._distrust += float(np.maximum(ranks - k, 0).sum() / worst)
        self._kept += float((ranks <= k).mean())

    @property
    def trust(self) -> float | None:
        return 1 - self._distrust / self.anchors if self.anchors else None

    @property
    def kept(self) -> float | None:
        return self._kept / self.anchors if self.anchors else None


def _anchors(count: int, most: int, seed: int) -> NDArray[np.int64]:
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))


def _blocks(anchors: NDArray[np.int64], count: int) -> Iterator[NDArray[np.int64]]:
    size = max(BLOCK_NUMBERS // count, 1)
    for start in range(0, len(anchors), size):
        yield anchors[start : start + size]


def _without_itself(near: NDArray[np.int64], anchors: NDArray[np.int64]) -> NDArray[np.int64]:
    """Neighbours (b, k + 1) of anchors (b,), nearest first, as (b, k) without the anchors."""
    # Not always the first: copies of a segment may lie on the same spot.
    order = np.argsort(near == anchors[:, None], axis=1, kind="stable")
    return np.take_along_axis(near, order[:, :NEIGHBOURS], axis=1)


def _trust(ranks: NDArray[np.int64], count: int) -> NDArray[np.uint8]:
    """Trust (b,) in anchors whose neighbours on the map have these ranks (b, k) among `count`.

    By the better half of the neighbours alone, so that a stranger which the map has put here
    does not speak against those that belong here; by the logarithm of their ranks, for it makes
    a difference whether they are the tenth or the hundredth, and little whether the 5,000th.
    """
    means = np.log(np.sort(ranks, axis=1)[:, :BETTER]).mean(axis=1)
    return _scale(means, count).round().astype(np.uint8)


def _scale(means: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Mean logarithms of the better neighbours' ranks (b,) as 0 (the last of all) to 254."""
    best = np.log(np.arange(1, BETTER + 1)).mean()
    return BEST * np.clip((np.log(count) - means) / (np.log(count) - best), 0, 1)


def _ranks(similarity: NDArray[np.float32], near: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ranks (k,), from 1, that points `near` (k,) an anchor have by `similarity` (n,) to it."""
    own = similarity[near] + TIE
    # On a good map few points are nearer than its neighbours: only those are counted k times.
    nearer = similarity[similarity > own.min()]
    return 1 + np.count_nonzero(nearer > own[:, None], axis=1)
