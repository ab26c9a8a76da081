"""Stretches of tracks: segments that follow each other as one, in plain numpy."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Stretches:
    """Stretches of tracks in the order in which they are played; all arrays are (n,)."""

    track: NDArray[np.int64]
    position: NDArray[np.int32]  # of the first segment; -1 where nothing is said of segments
    segments: NDArray[np.int32]  # how many; 0 where nothing is said of them
    start: NDArray[np.float64]  # seconds; NaN for the track's beginning
    end: NDArray[np.float64]  # seconds; NaN for the track's end

    def __len__(self) -> int:
        return len(self.track)

    def take(self, index: NDArray[np.int64] | slice) -> "Stretches":
        """Some of them, in the order of `index`."""
        return Stretches(**{field.name: getattr(self, field.name)[index] for field in fields(self)})

    def collapsed(self) -> "Stretches":
        """Without those that follow one of the same track; a whole track may be meant twice."""
        whole = np.isnan(self.start) & np.isnan(self.end)
        kept = np.ones(len(self), np.bool_)
        kept[1:] = (np.diff(self.track) != 0) | (whole[1:] & whole[:-1])
        return self.take(np.flatnonzero(kept))

    def sorted_like(self, tracks: NDArray[np.int64]) -> "Stretches":
        """Those of the given tracks, (m,) all different, in the order of these."""
        if not len(tracks):
            return self.take(slice(0))
        by_id = np.argsort(tracks)
        found = np.minimum(np.searchsorted(tracks[by_id], self.track), len(tracks) - 1)
        places = by_id[found]
        known = np.flatnonzero(tracks[places] == self.track)
        return self.take(known[np.argsort(places[known], kind="stable")])


def whole_tracks(tracks: Sequence[int]) -> Stretches:
    """Each track once, from beginning to end."""
    ids = np.array(list(dict.fromkeys(tracks)), np.int64)
    unsaid = np.full(len(ids), np.nan)
    return Stretches(
        track=ids,
        position=np.full(len(ids), -1, np.int32),
        segments=np.zeros(len(ids), np.int32),
        start=unsaid,
        end=unsaid,
    )


def from_runs(
    track: NDArray[Any],
    first: NDArray[Any],
    count: NDArray[Any],
    *,
    hop_seconds: float,
    segment_seconds: float,
) -> Stretches:
    """So many segments from the first of each, all (n,)."""
    start = first.astype(np.float64) * hop_seconds
    return Stretches(
        track=track.astype(np.int64),
        position=first.astype(np.int32),
        segments=count.astype(np.int32),
        start=start,
        end=start + (count - 1) * hop_seconds + segment_seconds,
    )


def stretches_of(
    track: NDArray[Any],
    position: NDArray[Any],
    *,
    hop_seconds: float,
    segment_seconds: float,
) -> Stretches:
    """Segments, (n,) sorted by track and position, all different, as contiguous stretches."""
    begins = np.ones(len(track), np.bool_)
    begins[1:] = (np.diff(track) != 0) | (np.diff(position) != 1)
    first = np.flatnonzero(begins)
    return from_runs(
        track[first],
        position[first],
        np.diff(np.append(first, len(track))),
        hop_seconds=hop_seconds,
        segment_seconds=segment_seconds,
    )


def joined(one: Stretches, other: Stretches) -> Stretches:
    """Both, each track's by their starts; the tracks in the order in which they come."""
    pairs = [(getattr(one, field.name), getattr(other, field.name)) for field in fields(one)]
    both = Stretches(*map(np.concatenate, pairs))
    _, first, inverse = np.unique(both.track, return_index=True, return_inverse=True)
    start = np.nan_to_num(both.start, nan=-1)  # the track's beginning
    return both.take(np.lexsort((start, first[inverse])))


def parse_ranges(text: str) -> list[tuple[int, int]]:
    """`0-4,7` as [(0, 4), (7, 7)]: sorted, and joined where they touch or overlap.

    Raises `ValueError` for anything else, saying of what.
    """
    joined: list[tuple[int, int]] = []
    for low, high in sorted(map(_range, text.split(","))):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _range(text: str) -> tuple[int, int]:
    low, dash, high = text.strip().partition("-")
    numbers = (low, high) if dash else (low, low)
    if not all(number.isascii() and number.isdecimal() and len(number) < 10 for number in numbers):
        raise ValueError(f"“{text[:40]}” is no position, nor a range of positions such as 0-4.")
    if int(numbers[1]) < int(numbers[0]):
        raise ValueError(f"“{text}” ends before it begins.")
    return int(numbers[0]), int(numbers[1])
