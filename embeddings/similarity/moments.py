"""The moments of a library that sound most like one: single segments, or stretches of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg import sql

from embeddings.models import Layer, SegmentEmbedding
from embeddings.neighbours import OPERATORS, Metric, Neighbour, nearest_segments
from embeddings.similarity.choosing import Wish, choose
from embeddings.similarity.scope import Scope
from embeddings.similarity.vectors import Runs, mean_vectors
from embeddings.storage import table_name

PROBES = 8  # segments of a stretch whose neighbours propose where it might be found again
PROPOSALS = 100  # of each
MOST_ALIGNED = 400  # places whose every segment is compared
LONGEST = 200  # segments of a stretch


@dataclass(frozen=True)
class Moment:
    """So many segments of a track from a position, and how far they are from what was asked."""

    track_id: int
    position: int
    segments: int
    distance: float

    def span(self, layer: Layer) -> tuple[float, float]:
        """Start and end in seconds."""
        return layer.span(self.position)[0], layer.span(self.position + self.segments - 1)[1]

    def overlaps(self, other: "Moment") -> bool:
        """Whether they share a segment."""
        apart = self.position - other.position
        return self.track_id == other.track_id and -self.segments < apart < other.segments


def moment_between(layer: Layer, track_id: int, start: float, end: float) -> Moment:
    """The segments of a track that cover two seconds of it best, at most `LONGEST`.

    Raises `SegmentEmbedding.DoesNotExist` where the layer has none there.
    """
    segments = SegmentEmbedding.objects.filter(layer=layer, track=track_id).count()
    first, last = layer.covering(start, end, segments)
    if last < first:
        raise SegmentEmbedding.DoesNotExist
    return Moment(track_id, first, min(last - first + 1, LONGEST), 0.0)


def similar_moments(
    layer: Layer, asked: Moment, scope: Scope, wish: Wish, *, metric: Metric = "cosine"
) -> list[Moment]:
    """The moments most like the one that is asked, of the same length, nearest first.

    Of those that overlap, the nearest. None of silence, a vector of zeros, which has no direction.
    Raises `SegmentEmbedding.DoesNotExist`.
    """
    return moments_like(
        layer, _vectors(layer, asked), scope, wish, metric=metric, apart_from=[asked]
    )


def moments_like(
    layer: Layer,
    vectors: NDArray[np.float32],
    scope: Scope,
    wish: Wish,
    *,
    metric: Metric = "cosine",
    apart_from: Sequence[Moment] = (),
) -> list[Moment]:
    """The same for vectors (segments, size) from anywhere, heard one after the other.

    None overlaps those that it is to be `apart_from`.
    """
    segments = len(vectors)
    besides = sum(each.segments for each in apart_from)  # which may be found first
    probes = np.unique(np.linspace(0, segments - 1, PROBES).astype(int))
    if metric == "cosine":
        probes = probes[vectors[probes].any(axis=1)]
    several = segments > 1

    def find(left_out: Sequence[int], limit: int) -> list[Moment]:
        inside = scope.leaving_out(left_out)
        places: dict[tuple[int, int], float] = {}
        for probe in probes.tolist():
            number = max(limit, PROPOSALS) if several else limit + besides
            for near in nearest(layer, vectors[probe], inside, limit=number, metric=metric):
                place = (near.track_id, near.position - probe)
                places[place] = min(near.distance, places.get(place, np.inf))
        proposed = sorted(places, key=places.__getitem__)
        if several:
            found = _aligned(layer, vectors, proposed[: max(MOST_ALIGNED, limit)], metric)
        else:
            found = [Moment(*place, 1, places[place]) for place in proposed]
        return _apart(apart_from, found)

    return choose(find, wish, lambda moments: mean_vectors(layer, _runs(moments)), metric=metric)


def moments_beside(layer: Layer, asked: Moment, places: Sequence[tuple[int, int]]) -> list[Moment]:
    """What begins at these places (track, position), by its cosine distance from a moment.

    Nearest first; none of silence, nor where a track ends too soon. Raises
    `SegmentEmbedding.DoesNotExist`.
    """
    return _aligned(layer, _vectors(layer, asked), places, "cosine")


def nearest(
    layer: Layer, vector: NDArray[np.float32], scope: Scope, *, limit: int, metric: Metric
) -> list[Neighbour]:
    """The nearest segments to a vector (size,) within the scope, nearest first.

    An index that has to pass over many segments gives up; each is then compared.
    """

    def ask(*, exact: bool) -> list[Neighbour]:
        found = nearest_segments(
            layer,
            vector,
            limit=limit,
            tracks=scope.tracks,
            without=scope.without,
            exact=exact,
            metric=metric,
        )
        return [each for each in found if np.isfinite(each.distance)]  # silence is nowhere

    found = ask(exact=scope.exact)
    return found if len(found) == limit or scope.exact else ask(exact=True)


def _vectors(layer: Layer, asked: Moment) -> NDArray[np.float32]:
    """(segments, size) of a moment."""
    rows = SegmentEmbedding.objects.filter(
        layer=layer,
        track=asked.track_id,
        position__range=(asked.position, asked.position + asked.segments - 1),
    ).order_by("position")
    vectors = [row.vector for row in rows]
    if len(vectors) != asked.segments:
        raise SegmentEmbedding.DoesNotExist
    return np.array(vectors, np.float32)


def _aligned(
    layer: Layer,
    vectors: NDArray[np.float32],
    places: Sequence[tuple[int, int]],
    metric: Metric,
) -> list[Moment]:
    """What begins at these places, segment by segment beside vectors: the mean distance.

    Nearest first; without places where a track has not as many segments.
    """
    query = sql.SQL(
        "SELECT place.track, place.start, avg(theirs.vector {operator} ours.vector) "
        "FROM unnest({tracks}::bigint[], {starts}::int[]) place(track, start) "
        "JOIN {table} theirs ON theirs.track_id = place.track "
        "AND theirs.position BETWEEN place.start AND place.start + {segments} - 1 "
        "JOIN unnest({ours}::halfvec[]) WITH ORDINALITY ours(vector, number) "
        "ON ours.number = theirs.position - place.start + 1 "
        "GROUP BY 1, 2 HAVING count(*) = {segments}"
    ).format(
        operator=sql.SQL(OPERATORS[metric]),
        tracks=sql.Literal([track for track, _ in places]),
        starts=sql.Literal([start for _, start in places]),
        table=sql.Identifier(table_name(layer.pk)),
        segments=sql.Literal(len(vectors)),
        ours=sql.Literal([HalfVector(row).to_text() for row in vectors.astype(np.float16)]),
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = [
            Moment(track, start, len(vectors), distance)
            for track, start, distance in cursor.fetchall()
            if np.isfinite(distance)
        ]
    return sorted(found, key=lambda moment: (moment.distance, moment.track_id, moment.position))


def _apart(others: Sequence[Moment], moments: Sequence[Moment]) -> list[Moment]:
    """Without what overlaps one of the others, or a nearer one of the same track."""
    kept: dict[int, list[Moment]] = {other.track_id: [] for other in others}
    for other in others:
        kept[other.track_id].append(other)
    for moment in moments:
        taken = kept.setdefault(moment.track_id, [])
        if not any(map(moment.overlaps, taken)):
            taken.append(moment)
    apart = [moment for taken in kept.values() for moment in taken if moment not in others]
    return sorted(apart, key=lambda moment: moment.distance)


def _runs(moments: Sequence[Moment]) -> Runs:
    return [
        (moment.track_id, moment.position, moment.position + moment.segments - 1)
        for moment in moments
    ]
