"""Finds duplicates: identical audio by its hash, others by vote of vectors and then by listening.

The work grows with the number of tracks: some questions to a layer's index for each, and listening
to what these propose. A track that was looked at is left out until it changes, so a run that was
interrupted goes on, and one after new music looks at that alone.
"""

import hashlib
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from embeddings.duplicates.comparing import Comparer
from embeddings.duplicates.evidence import Evidence
from embeddings.duplicates.groups import regroup
from embeddings.duplicates.models import DuplicateGroup, DuplicatePair, DuplicateSearch
from embeddings.duplicates.voting import NEIGHBOURS, elect, probe_positions
from embeddings.models import Extraction, Layer
from embeddings.neighbours import nearest_segments
from embeddings.queries import chosen_layers
from embeddings.storage import read_layer
from embeddings.vector_index import LARGEST_SIZE, index_layer
from musicexplore.progress import Progress
from tracks.models import Track

METHOD_VERSION = 1  # raised when the same tracks would give other proposals
Decision, Kind = DuplicatePair.Decision, DuplicatePair.Kind


@dataclass(frozen=True)
class DuplicatesSummary:
    """What a search came to."""

    layer: str  # whose vectors proposed what to listen to; "" without any
    tracks: int  # that were looked at now
    compared: int  # pairs
    unheard: int  # tracks that could only be compared by vectors
    refusals: Sequence[str]  # of these, whose file is here: which it is, and why
    pending: int  # pairs that wait for a decision, in all
    groups: int
    remaining: int  # tracks still to be looked at

    def __str__(self) -> str:
        looked = f"{self.tracks:,} tracks looked at, {self.compared:,} pairs compared"
        if self.unheard:
            looked += f"; {self.unheard:,} tracks without a file that can be read were not heard"
        if self.refusals:
            looked += f" ({self.refusals[0]})"
        found = f"{self.pending:,} pairs to be reviewed, in {self.groups:,} groups"
        return f"{looked}. {found}: see /admin/."


def find_duplicates(
    *,
    layer: str | None = None,
    force: bool = False,
    stop_after: float | None = None,
    progress: Progress = Progress(),  # noqa: B008 (it has no state)
) -> DuplicatesSummary:
    """Propose pairs of tracks that may be the same recording. Decisions that people took stand.

    `layer` names whose vectors vote, by default the embedding that has heard most tracks (of equals
    one with the longest segments); `force` looks at all tracks again; after `stop_after` seconds
    the rest is left to the next run. Raises `ValueError` for a layer that does not exist or is too
    long for an index.
    """
    try:
        _propose_identical()
        chosen = _chosen_layer(layer)
        if chosen is None:
            progress.finish("No network has listened to the music yet.")
            return _summary("")
        search = _Search(chosen, progress, force=force)
        search.run(stop_after, progress)
    finally:
        regroup()
    summary = _summary(chosen.name, search)
    progress.finish(str(summary))
    return summary


class _Search:
    """One run over the tracks that a layer has heard and that have changed since the last."""

    def __init__(self, layer: Layer, progress: Progress, *, force: bool) -> None:
        self.layer = layer
        self.comparer = Comparer(layer, progress)
        self.looked = self.compared = self.left = 0
        self._force = force
        self._done: set[tuple[int, int]] = set()  # pairs that were compared in this run
        # One of those with identical audio stands for all, so that copies are not counted twice.
        self._stands_for: dict[int, int] = {}
        self._copies: dict[int, list[int]] = defaultdict(list)
        for first, second in DuplicatePair.objects.filter(kind=Kind.IDENTICAL).values_list(
            "first", "second"
        ):
            self._stands_for[second] = first
            self._copies[first].append(second)

    def run(self, stop_after: float | None, progress: Progress) -> None:
        begun = time.monotonic()
        todo = self._todo()
        progress.start(len(todo), "tracks")
        if todo:
            progress.advance(0, message="Preparing search")
            index_layer(self.layer)
        for number, (track, version) in enumerate(todo):
            if stop_after is not None and time.monotonic() - begun > stop_after:
                self.left = len(todo) - number
                return
            self._look_at(track, version)
            self.looked += 1
            progress.advance(1, message=f"{self.compared} pairs compared")

    def _todo(self) -> list[tuple[int, str]]:
        """Tracks and what they are like now, without those that are as they were."""
        rows = (
            Extraction.objects.filter(model=self.layer.model_id, segments__gt=0)
            .exclude(track__in=list(self._stands_for))
            .order_by("track")
            .values_list("track", "track__audio_hash", "track__state", "finished_at")
        )
        known = dict(DuplicateSearch.objects.values_list("track", "version"))
        versions = [(track, self._version(*state)) for track, *state in rows.iterator()]
        return [row for row in versions if self._force or known.get(row[0]) != row[1]]

    def _version(self, *state: object) -> str:
        parts = map(str, [METHOD_VERSION, self.layer.name, *state])
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _look_at(self, track: int, version: str) -> None:
        proposed = set(self._partners([track], open_only=True)) | set(self._elected(track))
        evidence = self._compare(track, proposed)
        # What is the same as one that was found is perhaps the same as this, though unlike to the
        # network: two copies at a low bit rate, say.
        found = [other for other, each in evidence.items() if each]
        evidence |= self._compare(track, set(self._partners(found)) - {track} - proposed)
        _store(track, evidence, version)

    def _elected(self, track: int) -> Iterable[int]:
        vectors = read_layer(self.layer, [track]).vectors
        without = [track, *self._copies[track]]
        neighbours = [
            (
                position,
                [
                    near
                    for near in nearest_segments(
                        self.layer, vectors[position], limit=NEIGHBOURS, without=without
                    )
                    if near.distance == near.distance  # silence is nowhere: NaN
                ],
            )
            for position in probe_positions(len(vectors))
            if vectors[position].any()
        ]
        return (self._stands_for.get(each.track_id, each.track_id) for each in elect(neighbours))

    def _partners(self, tracks: list[int], *, open_only: bool = False) -> Iterable[int]:
        """The tracks that others were found to be the same as, but for identical audio."""
        pairs = DuplicatePair.objects.exclude(kind=Kind.IDENTICAL).filter(
            Q(first__in=tracks) | Q(second__in=tracks)
        )
        if open_only:
            pairs = pairs.filter(decision=Decision.PENDING)
        else:
            pairs = pairs.exclude(decision=Decision.DIFFERENT)
        for first, second in pairs.values_list("first", "second"):
            yield second if first in tracks else first

    def _compare(self, track: int, others: set[int]) -> dict[int, Evidence | None]:
        """By track, without pairs that were compared in this run or called different."""
        refused = set(
            DuplicatePair.objects.filter(decision=Decision.DIFFERENT)
            .filter(Q(first=track) | Q(second=track))
            .values_list("first", "second")
        )
        evidence = {}
        for other in sorted(others):
            pair = (min(track, other), max(track, other))
            if pair in self._done or pair in refused:
                continue
            self._done.add(pair)
            self.compared += 1
            evidence[other] = self.comparer.compare(*pair)
        return evidence


def _chosen_layer(name: str | None) -> Layer | None:
    """The layer named, else of those that are switched on the one that has heard most tracks."""
    layers = [each for each in chosen_layers([name] if name else None) if each.size <= LARGEST_SIZE]
    if name:
        if not layers:
            raise ValueError(f"{name} has vectors too long for an index: choose another layer.")
        return layers[0]
    counts = dict(
        Layer.objects.filter(pk__in=[each.pk for each in layers], kind=Layer.Kind.EMBEDDING)
        .annotate(count=Count("averages"))
        .filter(count__gt=0)
        .values_list("pk", "count")
    )
    ranked = sorted(
        (each for each in layers if each.pk in counts),
        key=lambda each: (-counts[each.pk], -each.hop_seconds, each.key, each.name),
    )
    return ranked[0] if ranked else None


@transaction.atomic
def _propose_identical() -> None:
    """Pair each track with the first that has the same audio, sample for sample."""
    hashed = Track.objects.exclude(audio_hash="")
    shared = hashed.values("audio_hash").annotate(count=Count("pk")).filter(count__gt=1)
    rows = hashed.filter(audio_hash__in=shared.values("audio_hash")).order_by("audio_hash", "pk")
    pairs: dict[tuple[int, int], float] = {}
    first = (0, "")
    for track, audio_hash, duration in rows.values_list("pk", "audio_hash", "duration"):
        if audio_hash != first[1]:
            first = (track, audio_hash)
        else:
            pairs[first[0], track] = duration or 0.0
    waiting = DuplicatePair.objects.filter(kind=Kind.IDENTICAL, decision=Decision.PENDING)
    known = waiting.values_list("pk", "first", "second")
    outdated = [number for number, *both in known if tuple(both) not in pairs]
    DuplicatePair.objects.filter(pk__in=outdated).delete()
    _write(
        DuplicatePair(first_id=one, second_id=other, kind=Kind.IDENTICAL, offset=0, overlap=seconds)
        for (one, other), seconds in pairs.items()
    )


@transaction.atomic
def _store(track: int, evidence: dict[int, Evidence | None], version: str) -> None:
    """Write what came of comparing a track, and that it was looked at, unless it is gone."""
    alive = set(Track.objects.filter(pk__in=[track, *evidence]).values_list("pk", flat=True))
    if track not in alive:
        return
    pairs = {(min(track, other), max(track, other)): each for other, each in evidence.items()}
    for first, second in (pair for pair, each in pairs.items() if each is None):
        DuplicatePair.objects.filter(first=first, second=second, decision=Decision.PENDING).delete()
    _write(
        DuplicatePair(first_id=first, second_id=second, **vars(each))
        for (first, second), each in pairs.items()
        if each and {first, second} <= alive
    )
    DuplicateSearch.objects.update_or_create(track_id=track, defaults={"version": version})


def _write(pairs: Iterable[DuplicatePair]) -> None:
    """Write pairs with their evidence; what people decided of them stays."""
    DuplicatePair.objects.bulk_create(
        pairs,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["kind", "offset", "overlap", "distance", "correlation"],
    )


def _summary(layer: str, search: _Search | None = None) -> DuplicatesSummary:
    return DuplicatesSummary(
        layer=layer,
        tracks=search.looked if search else 0,
        compared=search.compared if search else 0,
        unheard=len(search.comparer.unheard) if search else 0,
        refusals=search.comparer.refusals if search else [],
        pending=DuplicatePair.objects.filter(decision=Decision.PENDING).count(),
        groups=DuplicateGroup.objects.filter(pairs__decision=Decision.PENDING).distinct().count(),
        remaining=search.left if search else 0,
    )
