"""Where each segment of a library stands with each thing that its tags speak of.

By exact ranks, not by the quantiles of `why.py`: whoever asks for the best twelve of a million
wants them in order. Vectors are of half precision: counting their 65,536 values sorts them.
"""

import io
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from embeddings.models import Layer
from embeddings.similarity.meanings import meanings_of
from embeddings.similarity.why import by_meaning
from embeddings.storage import iter_layer, track_slices

CODES = 1 << 16
FULL = CODES - 1  # what stands for a share of 1


@dataclass(frozen=True)
class Ranks:
    """Of a layer's segments, sorted by track and position from 0."""

    tracks: NDArray[np.int64]  # (tracks,) ids
    counts: NDArray[np.int64]  # (tracks,) segments of each
    shares: NDArray[np.uint16]  # (meanings, n): of the library that a segment stands above, of FULL

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """(tracks,) rows of first segments."""
        return np.cumsum(self.counts) - self.counts

    @cached_property
    def track_rows(self) -> NDArray[np.int32]:
        """(n,) index of each segment's track."""
        return np.repeat(np.arange(len(self.tracks), dtype=np.int32), self.counts)

    @cached_property
    def positions(self) -> NDArray[np.int32]:
        """(n,) of each segment in its track."""
        return (np.arange(self.counts.sum()) - self.starts[self.track_rows]).astype(np.int32)

    def dump(self) -> bytes:
        file = io.BytesIO()
        np.savez(file, tracks=self.tracks, counts=self.counts, shares=self.shares)
        return file.getvalue()

    @classmethod
    def load(cls, file: BinaryIO) -> "Ranks":
        with np.load(file) as arrays:
            return cls(arrays["tracks"], arrays["counts"], arrays["shares"])


def layer_ranks(layer: Layer) -> Ranks:
    """Those of a taggram layer. Memory: six bytes for each segment and tag."""
    tracks, codes = [], []
    for block in iter_layer(layer):
        tracks.append(block.track_ids)
        codes.append(half_codes(block.vectors))
    ids = np.concatenate(tracks) if tracks else np.empty(0, np.int64)
    whole = np.concatenate(codes) if codes else np.empty((0, layer.size), np.uint16)
    slices = np.array(track_slices(ids), np.int64).reshape(-1, 3)
    return Ranks(
        tracks=slices[:, 0],
        counts=slices[:, 2] - slices[:, 1],
        shares=shares_of(whole, layer.tags),
    )


def half_codes(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Whole numbers in the order of values, which are of half precision. None is NaN."""
    bits = (values + np.float32(0)).astype(np.float16).view(np.uint16)  # -0 becomes 0
    negative = bits >> 15 == 1
    return np.where(negative, ~bits, bits | np.uint16(1 << 15))


def shares_of(codes: NDArray[np.uint16], tags: list[str]) -> NDArray[np.uint16]:
    """(meanings, n) from codes (n, tags); of several tags, by the rank of their mean share."""
    meanings = meanings_of(tags)
    shares = np.empty((len(meanings), len(codes)), np.uint16)
    for row, meaning in enumerate(meanings):
        said = [standing(codes[:, tag]) for tag, _ in meaning[1]]
        own = [(place, present) for place, (_, present) in enumerate(meaning[1])]
        mean = by_meaning(np.stack(said, axis=1), [(meaning[0], own)])[:, 0]
        shares[row] = _whole(standing(_whole(mean)) if len(said) > 1 else mean)
    return shares


def standing(codes: NDArray[np.uint16]) -> NDArray[np.float32]:
    """(n,): the share of all (n,) that each is above, half of its equals among them; in (0, 1)."""
    equal = np.bincount(codes, minlength=CODES)
    middle = np.cumsum(equal) - equal / 2
    return (middle / max(len(codes), 1)).astype(np.float32)[codes]


def _whole(shares: NDArray[np.float32]) -> NDArray[np.uint16]:
    return np.rint(shares * FULL).astype(np.uint16)
