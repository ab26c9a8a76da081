"""Why two moments sound alike: the tags that both share, and those in which they differ.

Activations are compared by their standing in the library: as they are, they mostly repeat how
frequent each tag is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from embeddings.models import Layer
from embeddings.similarity.meanings import Meaning, meanings_of
from embeddings.similarity.vectors import LAST, mean_vectors
from embeddings.storage import count_segments, iter_layer

MOST = 5  # shared, and differing
HIGH = 0.8  # a share of the library that a tag which is told of stands above
HEARD = 0.1  # an activation below is no trace of a tag, though it may be the library's highest
APART = 0.4  # of the library, between two that differ
SAMPLE = 50_000  # segments that the standing is among
STEPS = 200  # of the standing

Stretch = tuple[int, float, float]  # track, start and end in seconds; infinity is the track's end


@dataclass(frozen=True)
class TagPair:
    """A tag, and the share of the library's segments that each of two stands above with it."""

    tag: str
    here: float
    there: float


@dataclass(frozen=True)
class Why:
    """What two moments have in common, and what not; the most telling first."""

    shared: list[TagPair]
    differ: list[TagPair]


@dataclass(frozen=True)
class Standing:
    """How strong tags are in a library, by quantiles that rise with the columns."""

    meanings: list[tuple[Meaning, list[tuple[int, bool]]]]
    of_tags: NDArray[np.float32]  # (tags, STEPS + 1)
    of_meanings: NDArray[np.float32]  # (meanings, STEPS + 1)

    def place(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of activations (n, tags), by meaning, (n, 2, meanings): the share of the library that
        each stands above, and the highest activation of a tag that says it is present.
        """
        placed = by_meaning(_shares(values, self.of_tags), self.meanings)
        strengths = [
            values[:, [tag for tag, present in tags if present]].max(axis=1, initial=0)
            for _, tags in self.meanings
        ]
        return np.stack([_shares(placed, self.of_meanings), np.stack(strengths, axis=1)], 1)


def reasons(
    taggrams: Layer,
    here: Stretch | NDArray[np.float32],
    there: Sequence[Stretch],
    *,
    version: str,
) -> list[Why | None]:
    """Why each of some moments sounds like one; None where there are no tags of both.

    That one is a stretch of a track, or the activations (tags,) of anything. `version` is the
    layer's; where it is one that was asked for before, so is the standing.
    """
    standing = _standing(taggrams.pk, version)
    ours = [] if isinstance(here, np.ndarray) else [here]
    means = mean_vectors(taggrams, [_run(taggrams, stretch) for stretch in (*ours, *there)])
    if isinstance(here, np.ndarray):
        means = np.concatenate([here[None], means])
    places = standing.place(means)
    return [compared(standing, places[0], theirs) for theirs in places[1:]]


def compared(
    standing: Standing, here: NDArray[np.float32], there: NDArray[np.float32]
) -> Why | None:
    """The same of two places, (2, meanings)."""
    if np.isnan(here).any() or np.isnan(there).any():
        return None
    shared, differ = [], []
    for index, (meaning, _) in enumerate(standing.meanings):
        (ours, our_strength), (theirs, their_strength) = (
            place[:, index].tolist() for place in (here, there)
        )
        if min(ours, theirs) >= HIGH and min(our_strength, their_strength) >= HEARD:
            shared.append(TagPair(meaning.name, ours, theirs))
        if meaning.contrary and max(ours, theirs) <= 1 - HIGH:
            shared.append(TagPair(meaning.contrary, 1 - ours, 1 - theirs))
        if abs(ours - theirs) >= APART and max(our_strength, their_strength) >= HEARD:
            differ.append(TagPair(meaning.name, ours, theirs))
    shared.sort(key=lambda pair: -min(pair.here, pair.there))
    differ.sort(key=lambda pair: -abs(pair.here - pair.there))
    return Why(shared[:MOST], differ[:MOST])


def standing_among(values: NDArray[np.float32], tags: Sequence[str]) -> Standing:
    """The standing of tags among activations (n, tags), n at least 1."""
    meanings = meanings_of(tags)
    of_tags = _quantiles(values)
    return Standing(meanings, of_tags, _quantiles(by_meaning(_shares(values, of_tags), meanings)))


@lru_cache(maxsize=8)  # some 100 kB each; a version is of one library as it is now
def _standing(layer_id: int, version: str) -> Standing:
    layer = Layer.objects.get(pk=layer_id)
    step = max(math.ceil(count_segments(layer) / SAMPLE), 1)
    rows = [block.vectors[::step] for block in iter_layer(layer)]
    return standing_among(np.concatenate(rows), layer.tags)


def _quantiles(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.quantile(values, np.linspace(0, 1, STEPS + 1), axis=0).T.astype(np.float32)


def _shares(values: NDArray[np.float32], quantiles: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, columns) of values (n, columns): the middle of the steps that equal one, 0 to 1."""
    shares = np.full(values.shape, np.nan, np.float32)
    known = ~np.isnan(values).any(axis=1)
    for column, steps in enumerate(quantiles):
        below = np.searchsorted(steps, values[known, column], "left")
        upto = np.searchsorted(steps, values[known, column], "right")
        shares[known, column] = np.clip((below + upto - 1) / 2, 0, STEPS) / STEPS
    return shares


def by_meaning(
    shares: NDArray[np.float32], meanings: Sequence[tuple[Meaning, list[tuple[int, bool]]]]
) -> NDArray[np.float32]:
    """Means of tags (n, tags) by what they speak of, (n, meanings), contraries turned round."""
    columns = []
    for _, tags in meanings:
        said = [shares[:, tag] if present else 1 - shares[:, tag] for tag, present in tags]
        columns.append(np.mean(said, axis=0))
    return np.stack(columns, axis=1).astype(np.float32)


def _run(layer: Layer, stretch: Stretch) -> tuple[int, int, int]:
    """The segments that share time with a stretch."""
    track, start, end = stretch
    if math.isinf(end):
        return track, 0, LAST
    first = math.floor((start - layer.segment_seconds) / layer.hop_seconds + 1e-6) + 1
    last = math.ceil(end / layer.hop_seconds - 1e-6) - 1
    return track, max(first, 0), max(last, 0)
