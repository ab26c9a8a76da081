"""Claims and outcomes in the database: the only place that writes `Extraction` rows.

Invariant: vectors whose row has its source's size and time come from audio of `Track.audio_hash`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from embeddings.extraction.messages import Analysed
from embeddings.extraction.plan import MAX_ATTEMPTS, State, candidates, live_claims, settled
from embeddings.models import EmbeddingModel, Extraction, Layer
from embeddings.pipeline import PIPELINE_VERSION, TrackAnalysis
from embeddings.sentences import one_line
from embeddings.storage import VectorError, replace_vectors
from tracks.models import Track
from tracks.moves import adopt_moved, find_moved

BATCH = 1000  # rows written at once


@dataclass(frozen=True)
class Origin:
    """What a run's vectors come from, recorded with them."""

    backend: str
    precision: str
    weights_sha256: Mapping[str, str]  # per model name


@dataclass(frozen=True)
class Claim:
    """A track and the rows of it that this run has taken."""

    track: Track
    run: str
    models: Mapping[str, EmbeddingModel]
    # All of them have vectors by this pipeline, of audio with the hash of `track.audio_hash`.
    has_vectors: bool

    @property
    def rows(self) -> QuerySet[Extraction]:
        """Empty once the claim is lost: taken back, or the track deleted."""
        return Extraction.objects.filter(track=self.track, claim=self.run, state=State.RUNNING)


def claim(
    track: Track, models: Mapping[str, EmbeddingModel], *, run: str, force: bool
) -> Claim | None:
    """Take the work on a track, as far as it is still to be done and nobody else does it."""
    Extraction.objects.bulk_create(
        [Extraction(track=track, model=model) for model in models.values()], ignore_conflicts=True
    )
    rows = Extraction.objects.filter(track=track, model__in=models.values())
    with_vectors = set(
        rows.filter(
            segments__gt=0, source_size__isnull=False, pipeline_version=PIPELINE_VERSION
        ).values_list("pk", flat=True)
    )
    # Attempts count what was tried with this file: a changed one starts anew.
    unchanged = Q(source_size=track.size, source_mtime_ns=track.mtime_ns)
    rows.filter(~unchanged).update(attempts=0)
    rows.filter(~settled(force=force, size=track.size, mtime_ns=track.mtime_ns)).update(
        state=State.RUNNING,
        reason="",
        claim=run,
        attempts=F("attempts") + 1,
        source_size=track.size,
        source_mtime_ns=track.mtime_ns,
    )
    taken = dict(rows.filter(claim=run, state=State.RUNNING).values_list("pk", "model__name"))
    if not taken:
        return None
    names = set(taken.values())
    return Claim(
        track=track,
        run=run,
        models={name: model for name, model in models.items() if name in names},
        has_vectors=set(taken) <= with_vectors,
    )


def store(claim: Claim, outcome: Analysed, origin: Origin) -> None:
    """Write what came of a track, one transaction per model.

    Raises `VectorError` after the others are stored, when a model's vectors cannot be.
    """
    _update_track(claim, outcome.analysis)
    layers: dict[str, list[Layer]] = {name: [] for name in claim.models}
    for layer in Layer.objects.filter(model__in=claim.models.values()).select_related("model"):
        layers[layer.model.name].append(layer)
    refused: VectorError | None = None
    for name in claim.models:
        try:
            _store_model(claim, name, layers[name], outcome, origin)
        except VectorError as error:
            fail(claim, str(error), model=name)
            refused = error
    if refused is not None:
        raise refused


def keep(claim: Claim) -> None:
    """The file changed but its audio did not: its vectors stand."""
    claim.rows.update(state=State.DONE, claim="", attempts=0, finished_at=timezone.now())


def known_hashes(claim: Claim) -> frozenset[str]:
    """Hashes that would make the analysis needless, if the file's audio has one of them.

    Empty for most files: comparing means decoding once more.
    """
    track = claim.track
    if claim.has_vectors:  # the file changed: perhaps it was only retagged
        return frozenset({track.audio_hash} - {""})
    if track.audio_hash or track.duration is None:
        return frozenset()
    # A new file: perhaps one that was moved. Durations in headers are not exact.
    gone = Q(
        state=Track.State.MISSING,
        duration__range=(track.duration * 0.98 - 1, track.duration * 1.02 + 1),
    )
    # Indexing does not mark a file as gone when many are at once.
    perhaps_gone = Q(state=Track.State.PRESENT, size=track.size)
    others = Track.objects.filter(gone | perhaps_gone).exclude(audio_hash="").exclude(pk=track.pk)
    return frozenset(others.values_list("audio_hash", flat=True))


def adopt_moved_file(claim: Claim, audio_hash: str) -> Track | None:
    """Put the track that had this audio in the place of the claim's, with all its vectors."""
    missing = find_moved(claim.track, audio_hash)
    if missing is None:
        return None
    with transaction.atomic():
        kept = adopt_moved(missing, claim.track)
        Extraction.objects.filter(track=kept, source_size__isnull=False).update(
            source_size=kept.size, source_mtime_ns=kept.mtime_ns
        )
    return kept


def fail(claim: Claim, reason: str, *, model: str | None = None) -> None:
    """Record why a track could not be done; vectors it had from before are left alone."""
    rows = claim.rows.filter(model__name=model) if model else claim.rows
    rows.update(state=State.FAILED, reason=one_line(reason), claim="", finished_at=timezone.now())


def release(claim: Claim) -> None:
    """Give unfinished work back, as if it had never been taken."""
    claim.rows.update(state=State.PENDING, claim="", attempts=Greatest(F("attempts") - 1, 0))


def take_back_stale_claims() -> int:
    """Free what runs that died had claimed; what dies with its run each time has failed."""
    stale = Extraction.objects.filter(state=State.RUNNING).exclude(claim__in=live_claims())
    given_up = stale.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=State.FAILED,
        claim="",
        reason=f"The whole run ended while it was analysed, {MAX_ATTEMPTS} times.",
        finished_at=timezone.now(),
    )
    return given_up + stale.update(state=State.PENDING, claim="")


def set_back(model: EmbeddingModel, tracks: Iterable[int]) -> int:
    """Have tracks that are done extracted anew, as if they never had been; returns how many.

    What vectors they have stay until then. Without a source the file counts as changed, and
    without segments nobody takes its vectors for whole (see `Claim.has_vectors`).
    """
    return Extraction.objects.filter(model=model, track__in=list(tracks), state=State.DONE).update(
        state=State.PENDING, attempts=0, segments=0, source_size=None, source_mtime_ns=None
    )


def record_found(model: EmbeddingModel, segments: Mapping[int, int]) -> None:
    """Rows for vectors that have none, by track; of a network run here, they are made anew."""
    Extraction.objects.bulk_create(
        [
            Extraction(
                track_id=track,
                model=model,
                state=State.DONE,
                segments=count,
                backend="import" if model.imported else "",
                finished_at=timezone.now(),
            )
            for track, count in segments.items()
        ],
        ignore_conflicts=True,
        batch_size=BATCH,
    )


def record_unplayable(tracks: Iterable[int] | None, models: Iterable[EmbeddingModel]) -> None:
    """A row with the reason for each track that cannot be read; what was done stays done."""
    for model in models:
        for state, recorded, reason in (
            (Track.State.MISSING, State.SKIPPED, "The file is missing."),
            (Track.State.UNREADABLE, State.FAILED, "The file cannot be read."),
        ):
            done = Extraction.objects.filter(
                Q(state=State.DONE) | Q(state=State.RUNNING), track=OuterRef("pk"), model=model
            )
            found = candidates(tracks).filter(~Exists(done), state=state)
            rows = (
                Extraction(track_id=pk, model=model, state=recorded, reason=one_line(why or reason))
                for pk, why in found.values_list("pk", "state_reason").iterator()
            )
            _upsert(rows)


def _upsert(rows: Iterable[Extraction]) -> None:
    pending = iter(rows)
    while batch := list(islice(pending, BATCH)):
        Extraction.objects.bulk_create(
            batch,
            update_conflicts=True,
            unique_fields=["track", "model"],
            update_fields=["state", "reason"],
        )


def _update_track(claim: Claim, analysis: TrackAnalysis) -> None:
    if claim.track.audio_hash != analysis.audio_hash:
        # Vectors of other models come from other audio now: their files count as changed.
        Extraction.objects.filter(track=claim.track).exclude(
            claim=claim.run, state=State.RUNNING
        ).update(source_size=None, source_mtime_ns=None)
    Track.objects.filter(pk=claim.track.pk).update(
        audio_hash=analysis.audio_hash,
        loudness=analysis.loudness,
        duration=analysis.duration,
    )


def _store_model(
    claim: Claim, name: str, layers: Sequence[Layer], outcome: Analysed, origin: Origin
) -> None:
    analysis = outcome.analysis
    vectors = {
        each: analysis.vectors[each.name] for each in layers if each.name in analysis.vectors
    }
    with transaction.atomic():
        mine = claim.rows.filter(model__name=name).update(
            state=State.DONE,
            reason="",
            claim="",
            attempts=0,
            finished_at=timezone.now(),
            seconds=outcome.seconds / len(claim.models),
            segments=max(len(rows) for rows in vectors.values()),
            padded=analysis.padded[name],
            backend=origin.backend,
            precision=origin.precision,
            pipeline_version=PIPELINE_VERSION,
            weights_sha256=origin.weights_sha256[name],
        )
        if mine:
            replace_vectors(vectors, claim.track.pk)
