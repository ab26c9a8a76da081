"""Questions of the listening test: a reference, and three moments of which one is most like it.

What is heard is what was compared: stretches of about nine seconds, segment by segment. All four
are by different artists and of different albums; in a library of fewer than four artists, of
different tracks. Everything is drawn by a seed.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from embeddings.models import Extraction, Layer, SegmentEmbedding
from embeddings.similarity.choosing import Wish
from embeddings.similarity.moments import Moment, moment_between, moments_beside, similar_moments
from embeddings.similarity.scope import Same, scope_of
from tracks.models import Track, TrackArtist
from tracks.selection import TrackSelection, drawn

HEARD_SECONDS = 9.0  # of each: long enough to judge, short enough to remember four of
POOL = 2000  # tracks drawn by lot, among which references and random candidates are
NEAREST = 24  # of which the first is taken that can be heard
LOTS = 24  # moments drawn, of which those are taken that fit
SPREAD = 400  # moments drawn, among whose distances near, middle and far are told
MOST_FAILURES = 40  # references in a row that no question can be made of

Role = Literal["nearest", "nearest-other", "near", "middle", "far", "random"]
Apart = Literal["artist", "track"]
# What the three candidates are, by strategy.
ROLES: dict[str, tuple[Role, ...]] = {
    "nearest": ("nearest", "random", "random"),
    "models": ("nearest", "nearest-other", "random"),
    "distances": ("near", "middle", "far"),
    "random": ("random", "random", "random"),
}
CANDIDATES = 3
QUANTILES: dict[Role, float] = {"near": 0.02, "middle": 0.5, "far": 0.98}

# Whether a stretch of a track (seconds) can be heard: its file is there, and it is not silent.
Audible = Callable[[int, float, float], bool]
_WHY_NOT = "No question can be made: too few moments can be heard (is the music where it was?)"
_OR_ALIKE = ", or the two layers name the same as nearest"

T = TypeVar("T")
Maker = tuple[str, int]  # an artist, an album or a track, and its id


class TooFewError(Exception):
    """Why no question can be made; the message is one sentence for a person."""


@dataclass(frozen=True)
class Place:
    """A stretch of a track, in seconds."""

    track: int
    start: float
    end: float


@dataclass(frozen=True)
class Candidate:
    """What might be most like the reference, and how far the layers find it."""

    place: Place
    role: Role
    distance: float
    other_distance: float | None  # by the second layer, where two are compared


@dataclass(frozen=True)
class DrawnQuestion:
    """A question as it was drawn; the candidates are in an order that tells nothing."""

    reference: Place
    candidates: tuple[Candidate, ...]
    apart: Apart


def questions(
    layer: Layer, other: Layer | None, strategy: str, audible: Audible, *, seed: int
) -> Iterator[DrawnQuestion]:
    """Questions without end, each about another track while there are any.

    The strategy is one of `ROLES`; `other` is the second layer of "models". Raises `TooFewError`
    where no more can be made.
    """
    source = _Source(layer, other if strategy == "models" else None, audible, seed)
    failures = 0
    while True:
        for track in source.shuffled(source.tracks):
            try:
                found = source.question(track, strategy)
            except SegmentEmbedding.DoesNotExist:  # a layer ends sooner, or was replaced meanwhile
                found = None
            if found:
                failures = 0
                yield found
            elif (failures := failures + 1) >= MOST_FAILURES:
                raise TooFewError(_WHY_NOT + (_OR_ALIKE if source.other else "") + ".")


class _Source:
    """Tracks by lot, and who made them."""

    def __init__(self, layer: Layer, other: Layer | None, audible: Audible, seed: int) -> None:
        self.layer, self.other, self.audible = layer, other, audible
        self.lots = random.Random(seed)
        rest = (HEARD_SECONDS - layer.segment_seconds) / layer.hop_seconds
        self.segments = max(round(rest) + 1, 1)
        self.counts = _long_enough(layer, other, self.segments, seed)
        self.tracks = list(self.counts)
        if len(self.tracks) <= CANDIDATES:
            raise TooFewError(
                f"A question needs {CANDIDATES + 1} tracks of {HEARD_SECONDS:g} s or more that can "
                f"be played and that the network has heard; there are {len(self.tracks)}."
            )
        self.makers = _makers(self.tracks)
        artists = {who for makers in self.makers.values() for who in makers if who[0] == "artist"}
        self.apart: Apart = "artist" if len(artists) > CANDIDATES else "track"

    def shuffled(self, things: Sequence[T]) -> list[T]:
        return self.lots.sample(things, len(things))

    def question(self, track: int, strategy: str) -> DrawnQuestion | None:
        """A question about a track; None where none can be made of the moment that was drawn."""
        asked = Moment(track, *self._lot(track), 0.0)
        reference = _place(self.layer, asked)
        if not self._hears(reference):
            return None
        chosen: list[tuple[Role, Place]] = []
        taken = self.makers_of(track)
        proposals = self._proposals(strategy, asked, taken)
        for role in ROLES[strategy]:
            place = next(filter(self._hears, self._free(proposals[role], taken)), None)
            if place is None:
                return None
            taken |= self.makers_of(place.track)
            chosen.append((role, place))
        return self._measured(reference, self.shuffled(chosen))

    def makers_of(self, track: int) -> set[Maker]:
        """What no two of a question may share."""
        if self.apart == "track":
            return {("track", track)}
        if track not in self.makers:
            self.makers |= _makers([track])
        return set(self.makers[track])

    def _free(self, places: Iterable[Place], taken: set[Maker]) -> Iterator[Place]:
        return (place for place in places if not taken & self.makers_of(place.track))

    def _hears(self, place: Place) -> bool:
        return self.audible(place.track, place.start, place.end)

    def _lot(self, track: int) -> tuple[int, int]:
        """Position and length of a moment of a track, in segments."""
        return self.lots.randint(0, self.counts[track] - self.segments), self.segments

    def _proposals(
        self, strategy: str, asked: Moment, taken: set[Maker]
    ) -> dict[Role, Iterator[Place]]:
        """Moments that may play each role, the best first; none is looked for before it is wanted.

        `taken` grows meanwhile.
        """
        if strategy == "distances":
            return self._by_distance(asked, taken)
        return {
            "nearest": self._nearest(self.layer, asked),
            "nearest-other": self._nearest_other(asked, taken),
            "random": self._random(asked, taken),
        }

    def _nearest(self, layer: Layer, asked: Moment) -> Iterator[Place]:
        same: Sequence[Same] = (
            ("track", "artist", "album") if self.apart == "artist" else ("track",)
        )
        scope = scope_of(layer, TrackSelection(), starts=[asked.track_id], without=same)
        for found in similar_moments(layer, asked, scope, Wish(NEAREST)):
            yield _place(layer, found)

    def _nearest_other(self, asked: Moment, taken: set[Maker]) -> Iterator[Place]:
        assert self.other is not None
        there = moment_between(self.other, asked.track_id, *asked.span(self.layer))
        for place in self._nearest(self.other, there):
            # Where both name the same, there is nothing to tell apart, and the next is no answer.
            if taken & self.makers_of(place.track):
                return
            yield place

    def _random(self, asked: Moment, taken: set[Maker]) -> Iterator[Place]:
        free = [track for track in self.tracks if not taken & self.makers_of(track)]
        yield from self.shuffled(self._beside(asked, self.shuffled(free)[:LOTS]))

    def _by_distance(self, asked: Moment, taken: set[Maker]) -> dict[Role, Iterator[Place]]:
        free = [track for track in self.tracks if not taken & self.makers_of(track)]
        found = self._beside(asked, self.lots.choices(free, k=SPREAD) if free else [])

        def around(quantile: float) -> Iterator[Place]:
            target = quantile * (len(found) - 1)
            ranks = sorted(range(len(found)), key=lambda rank: abs(rank - target))
            return (found[rank] for rank in ranks[:LOTS])

        return {role: around(quantile) for role, quantile in QUANTILES.items()}

    def _beside(self, asked: Moment, tracks: Sequence[int]) -> list[Place]:
        """A moment of each of the tracks, nearest first; none of silence."""
        lots = dict.fromkeys((track, self._lot(track)[0]) for track in tracks)
        return [
            _place(self.layer, found) for found in moments_beside(self.layer, asked, list(lots))
        ]

    def _measured(
        self, reference: Place, chosen: Sequence[tuple[Role, Place]]
    ) -> DrawnQuestion | None:
        """With the distances by both layers; None where one of them has not heard all of it."""
        places = [place for _, place in chosen]
        ours = _distances(self.layer, reference, places)
        theirs = _distances(self.other, reference, places) if self.other else [None] * len(places)
        candidates = [
            Candidate(place, role, our, their)
            for (role, place), our, their in zip(chosen, ours, theirs, strict=True)
            if our is not None and (self.other is None or their is not None)
        ]
        complete = len(candidates) == len(chosen)
        return DrawnQuestion(reference, tuple(candidates), self.apart) if complete else None


def _long_enough(layer: Layer, other: Layer | None, segments: int, seed: int) -> dict[int, int]:
    """Segments in the layer of tracks, by lot, that can be played and that both have heard."""
    done = Extraction.objects.filter(state=Extraction.State.DONE)
    heard = done.filter(model=layer.model_id, segments__gte=segments)
    playable = Track.objects.filter(state=Track.State.PRESENT, pk__in=heard.values("track"))
    if other:
        playable = playable.filter(pk__in=done.filter(model=other.model_id).values("track"))
    lots = list(drawn(playable, POOL, seed).values_list("pk", flat=True))
    counts = dict(heard.filter(track__in=lots).values_list("track", "segments"))
    return {track: counts[track] for track in lots}


def _makers(tracks: Sequence[int]) -> dict[int, frozenset[Maker]]:
    """The track itself, its artists and its album, of each."""
    makers: dict[int, set[Maker]] = {track: {("track", track)} for track in tracks}
    for track, artist in TrackArtist.objects.filter(track__in=tracks).values_list(
        "track", "artist"
    ):
        makers[track].add(("artist", artist))
    of_albums = Track.objects.filter(pk__in=tracks, album__isnull=False)
    for track, album in of_albums.values_list("pk", "album"):
        makers[track].add(("album", album))
    return {track: frozenset(who) for track, who in makers.items()}


def _place(layer: Layer, moment: Moment) -> Place:
    return Place(moment.track_id, *moment.span(layer))


def _distances(layer: Layer, reference: Place, places: Sequence[Place]) -> list[float | None]:
    """How far a layer finds each from the reference; None where it has not heard all of one."""
    asked = moment_between(layer, reference.track, reference.start, reference.end)
    starts = [(place.track, round(place.start / layer.hop_seconds)) for place in places]
    found = moments_beside(layer, asked, starts)
    distances = {(each.track_id, each.position): each.distance for each in found}
    return [distances.get(start) for start in starts]
