"""What a run is going to do, and what came of it, for people."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Count, F, Min, Q

from embeddings.extraction.plan import MAX_ATTEMPTS, Plan, State, candidates
from embeddings.models import Extraction
from embeddings.times import duration
from embeddings.weights.store import weights_sha256
from tracks.models import Track


@dataclass
class Reasons:
    """How many tracks for each reason, with one of them as an example."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, reason: str, *, example: str = "", count: int = 1) -> None:
        self.counts[reason] = self.counts.get(reason, 0) + count
        if example:
            self.examples.setdefault(reason, example)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def lines(self) -> Iterator[str]:
        for reason, count in sorted(self.counts.items(), key=lambda entry: -entry[1]):
            example = self.examples.get(reason)
            yield f"  {count:>6,}  {reason}" + (f" ({example})" if example else "")


@dataclass
class ExtractionSummary:
    """Counts are of tracks, times in seconds."""

    models: list[str]
    left_out: dict[str, str]  # model name: reason
    planned: int
    planned_audio: float
    estimate: float | None = None  # how long the run will take, where that was asked
    done: int = 0
    kept: int = 0  # the file changed, its audio did not
    moved: int = 0
    failed: Reasons = field(default_factory=Reasons)
    skipped: Reasons = field(default_factory=Reasons)
    tried: int = 0  # of those planned, whatever came of them
    audio: float = 0.0  # of tracks that are done
    seconds: float = 0.0
    remaining: int = 0  # needed too, but not looked at in this run
    other_weights: int = 0  # done before, and left as they are
    other_precision: int = 0

    @classmethod
    def of(
        cls, plan: Plan, tracks: list[int] | None, *, precision: str, force: bool
    ) -> "ExtractionSummary":
        summary = cls(
            models=list(plan.models),
            left_out=plan.left_out,
            planned=len(plan.items),
            planned_audio=plan.audio_seconds,
            remaining=plan.tracks_left,
        )
        summary._count_what_is_not_tried(plan, tracks, force)
        if not force:
            summary._count_what_was_made_otherwise(plan, tracks, precision)
        return summary

    @property
    def speed(self) -> float:
        """Seconds of audio in a second."""
        return self.audio / self.seconds if self.seconds else 0.0

    def __str__(self) -> str:
        parts = [f"{self.done:,} track{'' if self.done == 1 else 's'} analysed"]
        if self.done:
            parts[0] += (
                f" ({self.audio / 3600:.2f} hours of audio in {duration(self.seconds)}, "
                f"{self.speed:.3g} times real time)"
            )
        for count, what in (
            (self.kept, "changed files with the same audio"),
            (self.moved, "moved files"),
            (self.failed.total, "failed"),
            (self.skipped.total, "skipped"),
            (self.remaining, "left for another run"),
        ):
            if count:
                parts.append(f"{count:,} {what}")
        return ", ".join(parts) + "."

    def lines(self) -> Iterator[str]:
        """The whole summary, for a terminal."""
        if self.planned:
            yield str(self)
        for title, reasons in (("Failed:", self.failed), ("Skipped:", self.skipped)):
            if reasons.total:
                yield title
                yield from reasons.lines()
        for count, what in (
            (self.other_weights, "with other weights"),
            (self.other_precision, "in another precision"),
        ):
            if count:
                were = "track was" if count == 1 else "tracks were"
                yield f"{count:,} {were} made {what}; --force makes them anew."
        for name, reason in self.left_out.items():
            yield f"{name} was left out: {reason}."

    def announcement(self) -> str:
        """What is going to be done, before it is."""
        if not self.models:
            return "There is no model to use: run `python manage.py fetch_models`."
        if not self.planned:
            return "Every playable track is done with " + ", ".join(self.models) + "."
        about = f", about {duration(self.estimate)}" if self.estimate else ""
        return (
            f"{self.planned:,} tracks, {self.planned_audio / 3600:.2f} hours of audio{about}, "
            f"with {', '.join(self.models)}."
        )

    def _count_what_is_not_tried(self, plan: Plan, tracks: list[int] | None, force: bool) -> None:
        unplayable = candidates(tracks).filter(
            state__in=[Track.State.MISSING, Track.State.UNREADABLE]
        )
        reasons = unplayable.order_by().values_list("state", "state_reason")
        for state, reason, count, path in reasons.annotate(count=Count("pk"), example=Min("path")):
            if state == Track.State.MISSING:
                self.skipped.add("The file is missing.", example=path, count=count)
            else:
                self.failed.add(reason or "The file cannot be read.", example=path, count=count)
        if force:
            return
        given_up = Extraction.objects.filter(
            track__in=candidates(tracks).filter(state=Track.State.PRESENT),
            model__in=plan.models.values(),
            state=State.FAILED,
            attempts__gte=MAX_ATTEMPTS,
            source_size=F("track__size"),
            source_mtime_ns=F("track__mtime_ns"),
        )
        for reason, count, path in given_up.values_list("reason").annotate(
            count=Count("track", distinct=True), example=Min("track__path")
        ):
            text = f"{reason} (not tried again: --force does)"
            self.failed.add(text, example=path, count=count)

    def _count_what_was_made_otherwise(
        self, plan: Plan, tracks: list[int] | None, precision: str
    ) -> None:
        done = Extraction.objects.filter(
            track__in=candidates(tracks), model__in=plan.models.values(), state=State.DONE
        )
        # One question for all models: (model, hash of its weights now).
        current = Q()
        for name, model in plan.models.items():
            current |= Q(model=model, weights_sha256=weights_sha256(name))
        others = done.exclude(current) if plan.models else done.none()
        self.other_weights = others.values("track").distinct().count()
        self.other_precision = done.exclude(precision=precision).values("track").distinct().count()
