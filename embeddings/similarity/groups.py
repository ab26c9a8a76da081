"""What sounds like an artist, an album or a tag: tracks, other artists, other albums.

A group of tracks is one vector, the mean of its tracks' means: a track counts once, be it a minute
or three hours long. It is compared by the cosine of deviations from the library's mean, each
dimension in its standard deviations: else groups mostly resemble each other by what all music of
the library has in common, the larger the more. (On the demo, a track left out of those of its tag
is ranked above one without the tag in 80% of pairs, against 72% by the means as they are; means
over 10 layers and 9 tags.)

Every track and group is compared. Tracks of the group count for nobody else: who has a part in them
would be like it by them alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from embeddings.averages import Averages
from embeddings.models import Layer, TrackAverage
from embeddings.similarity.centroids import centroids
from embeddings.similarity.choosing import Wish, choose
from embeddings.similarity.means import all_means, means_within, space_of
from embeddings.similarity.scope import Scope
from embeddings.similarity.tracks import SimilarTrack, nearest_tracks
from tracks.models import Track, TrackArtist

GroupKind = Literal["artists", "albums"]


@dataclass(frozen=True)
class SimilarGroup:
    """An artist or album with its distance, 0 to 2."""

    group_id: int
    distance: float
    tracks: int  # that were compared
    track_id: int  # of these the one that is most like what was asked


@dataclass(frozen=True)
class _Comparison:
    """The tracks among which is searched, standardised, at their distances from a group."""

    tracks: Averages
    distances: NDArray[np.float32]  # (n,) NaN for what has no direction
    asked: NDArray[np.float32]  # (size,)


def tracks_like_group(
    layer: Layer, members: Sequence[int], scope: Scope, wish: Wish
) -> list[SimilarTrack]:
    """The tracks most like the mean of some, without these.

    Raises `TrackAverage.DoesNotExist` where the layer has none of them.
    """
    compared = _compare(layer, members, scope)
    return nearest_tracks(compared.tracks, compared.distances, wish)


def groups_like_group(
    layer: Layer, members: Sequence[int], kind: GroupKind, scope: Scope, wish: Wish
) -> list[SimilarGroup]:
    """The artists or albums most like the mean of some tracks, by their tracks without these.

    `Wish.per_artist` counts the first artist of each group's nearest track. Raises
    `TrackAverage.DoesNotExist`.
    """
    compared = _compare(layer, members, scope)
    tracks, groups = _memberships(kind)
    rows = np.searchsorted(compared.tracks.track, tracks)
    known = np.isin(tracks, compared.tracks.track)
    known[known] &= np.isfinite(compared.distances[rows[known]])
    found = centroids(compared.tracks.means, compared.distances, rows[known], groups[known])
    distances = _distances(compared.asked, found.means)
    order = np.argsort(distances, kind="stable")
    order = order[np.isfinite(distances[order])]
    nearest = compared.tracks.track[found.nearest]

    def find(left_out: Sequence[int], limit: int) -> list[SimilarGroup]:
        left = order[~np.isin(nearest[order], left_out)][:limit]
        columns = (found.group[left], distances[left], found.members[left], nearest[left])
        return [
            SimilarGroup(*row) for row in zip(*(each.tolist() for each in columns), strict=True)
        ]

    def means(chosen: Sequence[SimilarGroup]) -> NDArray[np.float32]:
        return found.means[np.searchsorted(found.group, [each.group_id for each in chosen])]

    return choose(find, wish, means)


def mean_tags(taggrams: Layer, members: Sequence[int]) -> NDArray[np.float32]:
    """Activations (tags,) of some tracks, each counting once; NaN where none has been tagged."""
    everything = all_means(taggrams)
    ours = everything.means[np.isin(everything.track, members)]
    return ours.mean(axis=0) if len(ours) else np.full(taggrams.size, np.nan, np.float32)


def heard_of(layer: Layer, members: Sequence[int]) -> int:
    """How many of some tracks the layer has."""
    return int(np.isin(members, all_means(layer).track).sum())


def _compare(layer: Layer, members: Sequence[int], scope: Scope) -> _Comparison:
    everything = all_means(layer)
    ours = everything.only(np.isin(everything.track, members)).means
    if not len(ours):
        raise TrackAverage.DoesNotExist
    space = space_of(layer)
    asked = space.standardised(ours.mean(axis=0, dtype=np.float64).astype(np.float32))
    others = means_within(layer, scope.leaving_out(members))
    theirs = Averages(others.track, space.standardised(others.means))
    return _Comparison(theirs, _distances(asked, theirs.means), asked)


def _distances(asked: NDArray[np.float32], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosine distances of (n, size) vectors from one, (n,); NaN where one has no direction."""
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(asked)
    with np.errstate(invalid="ignore"):
        return 1 - (vectors @ asked) / lengths


def _memberships(kind: GroupKind) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every track of every group, (m,), and the group, (m,)."""
    pairs = {
        "artists": TrackArtist.objects.values_list("track", "artist"),
        "albums": Track.objects.exclude(album=None).values_list("pk", "album"),
    }
    table = np.array(list(pairs[kind]), np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]
