"""What there is to extract: which tracks with which models, and what is left out and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from embeddings import locks
from embeddings.models import EmbeddingModel, Extraction
from embeddings.pipeline import PIPELINE_VERSION
from embeddings.registry import MODELS
from embeddings.weights.fetch import OPTIONAL
from embeddings.weights.store import weights_path, weights_present
from tracks.models import Track

State = Extraction.State
MAX_ATTEMPTS = 3  # of a file that fails, until it changes or --force
UNKNOWN_DURATION = 240.0  # seconds, assumed for a file whose headers do not tell


class UnknownModel(ValueError):
    """A name that is no model's; the message lists those there are."""


@dataclass(frozen=True)
class Item:
    """One track and the models that it needs."""

    track_id: int
    duration: float  # seconds
    models: tuple[str, ...]

    @property
    def units(self) -> int:
        """Of progress: whole seconds, which read better."""
        return max(round(self.duration), 1)


@dataclass
class Plan:
    models: dict[str, EmbeddingModel]
    left_out: dict[str, str]  # model name: reason
    items: list[Item] = field(default_factory=list)
    tracks_left: int = 0  # needed too, but beyond `n_tracks`

    @property
    def audio_seconds(self) -> float:
        return sum(item.duration for item in self.items)

    @property
    def model_seconds(self) -> dict[str, float]:
        """Seconds of audio for each model."""
        return {
            name: sum(item.duration for item in self.items if name in item.models)
            for name in self.models
        }


def make_plan(
    *,
    models: Sequence[str] | None,
    tracks: Iterable[int] | None,
    n_tracks: int | None,
    force: bool,
) -> Plan:
    """What is missing. Raises `UnknownModel`."""
    plan = Plan(*choose_models(models))
    if not plan.models:
        return plan
    needs = {
        f"needs_{model.pk}": ~Exists(_settled_rows(model, force)) for model in plan.models.values()
    }
    present = candidates(tracks).filter(state=Track.State.PRESENT).annotate(**needs)
    items = [
        Item(pk, duration or UNKNOWN_DURATION, tuple(compress(plan.models, needed)))
        for pk, duration, *needed in present.values_list("pk", "duration", *needs).iterator()
        if any(needed)
    ]
    # Spread over the collection, so that a map of the part done shows its whole breadth; and by
    # models needed, so that a worker seldom loads other graphs.
    items.sort(key=lambda item: (-len(item.models), item.models, _spread(item.track_id)))
    plan.items = items[:n_tracks]
    plan.tracks_left = len(items) - len(plan.items)
    return plan


def choose_models(names: Sequence[str] | None) -> tuple[dict[str, EmbeddingModel], dict[str, str]]:
    """The models to use, and the reason for each left out; one asked for may be disabled."""
    rows = {row.name: row for row in EmbeddingModel.objects.filter(name__in=MODELS)}
    if unknown := set(names or ()) - set(rows):
        raise UnknownModel(
            f"No such model: {', '.join(sorted(unknown))}. There are: {', '.join(sorted(rows))}."
        )
    present = weights_present()
    chosen, left_out = {}, {}
    for name, row in rows.items():
        if names is not None and name not in names:
            continue
        if not row.enabled and names is None:
            left_out[name] = "switched off in the admin"
        elif name not in present and name in OPTIONAL:
            remedy = f"fetch_models --source essentia {name}"
            left_out[name] = f"it is optional, and its weights are not here ({remedy})"
        elif name not in present:
            left_out[name] = f"no weights at {weights_path(name)}: run fetch_models {name}"
        else:
            chosen[name] = row
    return chosen, left_out


def candidates(tracks: Iterable[int] | None) -> QuerySet[Track]:
    """The tracks a run is about, playable or not."""
    return Track.objects.all() if tracks is None else Track.objects.filter(pk__in=list(tracks))


def settled(*, force: bool, size: Any, mtime_ns: Any) -> Q:
    """Which `Extraction` rows need no work: being done elsewhere, done, or failed too often.

    A file that changed since settles nothing: `size` and `mtime_ns` are the track's, as values or
    references. Nor does another version of the pipeline; other weights or another precision do, for
    switching between publishers of the same network would make a library anew for nothing. The
    plan and each claim ask the same question.
    """
    elsewhere = Q(state=State.RUNNING, claim__in=live_claims())
    if force:
        return elsewhere
    done = Q(state=State.DONE, pipeline_version=PIPELINE_VERSION)
    ended = done | Q(state=State.FAILED, attempts__gte=MAX_ATTEMPTS)
    return elsewhere | (ended & Q(source_size=size, source_mtime_ns=mtime_ns))


def live_claims() -> list[str]:
    """What the runs that are alive write into `Extraction.claim`."""
    return [str(run) for run in locks.held(locks.Kind.EXTRACTION_RUN)]


def _settled_rows(model: EmbeddingModel, force: bool) -> QuerySet[Extraction]:
    rows = settled(force=force, size=OuterRef("size"), mtime_ns=OuterRef("mtime_ns"))
    return Extraction.objects.filter(rows, track=OuterRef("pk"), model=model)


def _spread(track_id: int) -> int:
    return track_id * 2654435761 % 2**32  # Knuth's multiplicative hash
