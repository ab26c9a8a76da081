"""Which of what was found is shown: so many, not too many by one artist, not all alike."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from embeddings.neighbours import Metric
from tracks.models import TrackArtist

POOL = 5  # times as many as are wanted are looked at, to choose those that differ


class Found(Protocol):
    """Anything of a track, at some distance."""

    @property
    def track_id(self) -> int: ...

    @property
    def distance(self) -> float: ...


FoundT = TypeVar("FoundT", bound=Found)


@dataclass(frozen=True)
class Wish:
    """How many, and how different from each other."""

    limit: int = 12
    per_artist: int | None = None  # at most so many by one artist
    spread: float = 0.0  # weight of differing from each other, 0 (nearest only) to 1


def choose(
    find: Callable[[Sequence[int], int], list[FoundT]],
    wish: Wish,
    vectors_of: Callable[[Sequence[FoundT]], NDArray[np.float32]],
    *,
    metric: Metric = "cosine",
) -> list[FoundT]:
    """What is wished for: nearest first or, with `spread`, in the order of choosing.

    `find` gives the nearest, so many, without some tracks; `vectors_of` (n, size) for n of them.
    """
    number = wish.limit * POOL if wish.spread else wish.limit
    found = find([], number)
    if wish.per_artist:
        found = _capped(find, found, number, wish.per_artist)
    found = found[:number]
    if not wish.spread or len(found) < 2:
        return found[: wish.limit]
    distances = np.array([each.distance for each in found])
    alike = similarities(vectors_of(found), metric)
    order = spread_out(distances, alike, limit=wish.limit, weight=wish.spread)
    return [found[index] for index in order]


def similarities(vectors: NDArray[np.float32], metric: Metric) -> NDArray[np.float32]:
    """Of each of (n, size) vectors with each, (n, n): what the metric's distance is short of."""
    if metric == "inner":
        return vectors @ vectors.T
    if metric == "euclidean":
        squares = (vectors**2).sum(axis=1)
        return -np.sqrt(np.maximum(squares[:, None] + squares - 2 * vectors @ vectors.T, 0))
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    unit = vectors / lengths
    return unit @ unit.T - 1


def spread_out(
    distances: NDArray[np.float64], alike: NDArray[np.float32], *, limit: int, weight: float
) -> list[int]:
    """Maximal marginal relevance (Carbonell and Goldstein 1998): indices of at most `limit`.

    Each next one is near to what was asked, `distances` (n,), and unlike those before it by their
    similarities (n, n), with the weight 0 to 1 on the latter.
    """
    order: list[int] = []
    nearest_taken = np.full(len(distances), -np.inf)
    open_ = np.ones(len(distances), np.bool_)
    while open_.any() and len(order) < limit:
        likeness = nearest_taken if order else np.zeros(len(distances))
        scores = -(1 - weight) * distances - weight * likeness
        best = int(np.argmax(np.where(open_, scores, -np.inf)))
        order.append(best)
        open_[best] = False
        nearest_taken = np.maximum(nearest_taken, alike[best])
    return order


def _capped(
    find: Callable[[Sequence[int], int], list[FoundT]],
    found: list[FoundT],
    number: int,
    per_artist: int,
) -> list[FoundT]:
    """At most so many by one artist. Artists that are full are left out of the next search.

    So it ends after as many searches as there are artists to be found, and misses none.
    """
    kept: list[FoundT] = []
    left_out: set[int] = set()
    while found:
        by_artist = Counter(artists_of([each.track_id for each in kept]))
        known = set(kept)
        fresh = [each for each in found if each not in known]
        artists = artists_of([each.track_id for each in fresh])
        for each, artist in zip(fresh, artists, strict=True):
            if by_artist[artist] < per_artist:
                by_artist[artist] += 1
                kept.append(each)
        full = [artist for artist, count in by_artist.items() if count >= per_artist]
        left = left_out | tracks_by(full)
        if len(kept) >= number or left == left_out:
            break
        left_out = left
        found = find(sorted(left_out), number)
    return sorted(kept, key=lambda each: each.distance)


def artists_of(tracks: Sequence[int]) -> list[int]:
    """The first artist of each; negative, the track's own, where none is known."""
    credits = TrackArtist.objects.filter(place=0, track__in=set(tracks))
    artists = dict(credits.values_list("track", "artist"))
    return [artists.get(track, -track) for track in tracks]


def tracks_by(artists: Collection[int]) -> set[int]:
    """All tracks of some artists, as `artists_of` counts them."""
    known = [artist for artist in artists if artist > 0]
    tracks = TrackArtist.objects.filter(place=0, artist__in=known).values_list("track", flat=True)
    return {*tracks, *(-artist for artist in artists if artist < 0)}
