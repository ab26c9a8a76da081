"""Makes questions: one for practice, at once; those of a set, by a job."""

import random
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from embeddings.audio.waveform import level
from embeddings.models import Job, Layer
from embeddings.similarity.questions import DrawnQuestion, Place, TooFewError, questions
from explorer.api.errors import ApiError
from explorer.clips import BeyondEnd, decode_stretch
from explorer.listening.models import Question, QuestionSet, Strategy
from explorer.media import CUTTERS, find_audio
from musicexplore.progress import Progress
from tracks.media import MediaError

SILENCE = -50.0  # dB below full scale
MISSING_SECONDS = 0.5  # that a stretch may be shorter than the network heard it
UNANSWERED = timedelta(days=1)  # then a practice question is forgotten
FORGOTTEN_AT_ONCE = 100


def practice_question(layer: Layer, other: Layer | None, strategy: Strategy) -> Question:
    """A new question. Raises `TooFewError`."""
    _forget_unanswered()
    seed = random.SystemRandom().getrandbits(32)
    drawn = next(questions(layer, other, strategy.value, audible, seed=seed))
    question = _row(drawn, layer.name, other.name if other else "", strategy)
    question.save()
    return question


def make_set(job: Job, progress: Progress) -> None:
    """Draws the questions of a set, all or none; does nothing for one deleted or made already."""
    question_set = QuestionSet.objects.filter(slug=job.parameters["set"], made_at=None).first()
    if question_set is None:
        return
    layer, other = (_layer(name) for name in (question_set.layer, question_set.other_layer))
    if layer is None:
        raise TooFewError(f"There is no layer {question_set.layer} any more.")
    if question_set.other_layer and other is None:
        raise TooFewError(f"There is no layer {question_set.other_layer} any more.")
    source = questions(layer, other, question_set.strategy, audible, seed=question_set.seed)
    progress.start(question_set.size, "questions")
    rows = []
    for number, drawn in zip(range(1, question_set.size + 1), source, strict=False):
        names = question_set.layer, question_set.other_layer
        row = _row(drawn, *names, Strategy(question_set.strategy))
        row.set, row.number = question_set, number
        rows.append(row)
        progress.advance()
    with transaction.atomic():
        # Whoever is first keeps it, should two jobs draw the same.
        fresh = QuestionSet.objects.filter(pk=question_set.pk, made_at=None)
        if fresh.update(made_at=timezone.now()):
            Question.objects.bulk_create(rows)
    progress.finish(f"{question_set.name}: {len(rows)} questions.")


def audible(track: int, start: float, end: float) -> bool:
    """Whether a stretch of a track is there and is not silent."""
    try:
        _, path = find_audio(track)
        samples, rate = CUTTERS.submit(decode_stretch, path, start=start, end=end).result()
    except (ApiError, BeyondEnd, MediaError):
        return False
    return len(samples) / rate >= end - start - MISSING_SECONDS and level(samples) > SILENCE


def _layer(name: str) -> Layer | None:
    return Layer.objects.select_related("model").filter(name=name).first()


def _row(drawn: DrawnQuestion, layer: str, other_layer: str, strategy: Strategy) -> Question:
    return Question(
        layer=layer,
        other_layer=other_layer,
        strategy=strategy,
        apart=drawn.apart,
        reference=_place(drawn.reference),
        candidates=[
            {
                **_place(candidate.place),
                "role": candidate.role,
                "distance": candidate.distance,
                "other_distance": candidate.other_distance,
            }
            for candidate in drawn.candidates
        ],
    )


def _place(place: Place) -> dict[str, float]:
    return {"track": place.track, "start": place.start, "end": place.end}


def _forget_unanswered() -> None:
    old = Question.objects.filter(
        set=None, answers=None, created_at__lt=timezone.now() - UNANSWERED
    ).order_by("pk")
    Question.objects.filter(
        pk__in=list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    ).delete()
