"""Whether neighbours have the same label: precision, its interval, and what chance would give."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
LEVEL = 0.95
QUERIES_AT_ONCE = 64


@dataclass(frozen=True)
class Precision:
    """Shares from 0 to 1; the interval holds the precision in 95% of resamples of the tracks."""

    precision: float
    low: float
    high: float
    chance: float
    moments: int  # that were asked about


def nearest_elsewhere(
    vectors: NDArray[np.float32],
    tracks: NDArray[np.int64],
    queries: NDArray[np.int64],
    count: int,
) -> NDArray[np.int64]:
    """Rows of the `count` nearest to some rows by cosine, (queries, count), in other tracks.

    `vectors` are (n, size), none of zeros, `tracks` (n,). Each is compared. In no order.
    """
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    found = np.empty((len(queries), count), np.int64)
    for begin in range(0, len(queries), QUERIES_AT_ONCE):
        block = queries[begin : begin + QUERIES_AT_ONCE]
        alike = unit[block] @ unit.T
        alike[tracks[block, None] == tracks] = -np.inf
        found[begin : begin + len(block)] = np.argpartition(-alike, count - 1, axis=1)[:, :count]
    return found


def precision(
    labels: NDArray[np.bool_],
    tracks: NDArray[np.int64],
    queries: NDArray[np.int64],
    found: NDArray[np.int64],
    *,
    seed: int = 0,
) -> Precision:
    """The share of neighbours that share a label with the moment they are found for.

    `labels` are (tracks, labels), `tracks` (n,) each row's index in them; `queries` and `found`
    rows as above. Chance is the share among all moments of other tracks, so it is exact. The
    interval is a bootstrap over the tracks that are asked about (Efron 1979): moments of one
    track are no independent observations.
    """
    asked = tracks[queries]
    right = (labels[asked][:, None] & labels[tracks[found]]).any(axis=2).mean(axis=1)
    homes, home, moments = np.unique(asked, return_inverse=True, return_counts=True)
    by_track = np.bincount(home, right)
    draws = np.random.default_rng(seed).multinomial(
        len(homes), np.full(len(homes), 1 / len(homes)), RESAMPLES
    )
    low, high = np.quantile(
        (draws @ by_track) / (draws @ moments), [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    )
    sizes = np.bincount(tracks, minlength=len(labels))
    chances = [_chance(labels, sizes, int(track)) for track in homes]
    return Precision(
        precision=float(by_track.sum() / len(queries)),
        low=float(low),
        high=float(high),
        chance=float(np.dot(chances, moments) / len(queries)),
        moments=len(queries),
    )


def _chance(labels: NDArray[np.bool_], sizes: NDArray[np.int64], track: int) -> float:
    """Share of the other tracks' moments that have a label of this track."""
    others = sizes.copy()
    others[track] = 0
    same = labels[:, labels[track]].any(axis=1)
    return float(others[same].sum() / others.sum())
