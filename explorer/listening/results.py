"""What was answered: as numbers for a set, and row by row as CSV."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from django.db.models import Count, QuerySet

from embeddings.similarity.listeners import Given, Results, results
from embeddings.similarity.questions import ROLES
from explorer.anonymity import names
from explorer.listening.asking import repeat_count
from explorer.listening.models import Answer, QuestionSet

_OF_PLACE = ("track", "start", "end")
_OF_CANDIDATE = (*_OF_PLACE, "role", "distance", "other_distance")
COLUMNS = (
    "set", "question", "layer", "other_layer", "strategy", "apart", "rater", "place", "repeated",
    "choice", "role", "nearest", "agrees", "nearest_other", "agrees_other", "seconds", "shown",
    "feedback", "answered_at",
    *(f"reference_{name}" for name in _OF_PLACE),
    *(f"candidate_{number}_{name}" for number in (1, 2, 3) for name in _OF_CANDIDATE),
)  # fmt: skip
ROWS = 500  # read at once


@dataclass(frozen=True)
class Summary:
    """How many answered a set, and what their answers tell."""

    raters: int
    finished: int  # raters who answered everything
    answers: int  # without repeats
    repeats: int
    median_seconds: float | None
    results: Results


def summary(question_set: QuestionSet) -> Summary:
    """The results of a set so far."""
    answers = list(_answers(question_set))
    given = [
        Given(
            question=answer.question.number - 1,
            rater=answer.rater,
            repeated=answer.repeated,
            choice=answer.choice,
            role=answer.role,
            agrees=answer.agrees,
            agrees_other=answer.agrees_other,
        )
        for answer in answers
    ]
    everything = question_set.size + repeat_count(question_set)
    by_rater = Answer.objects.filter(question__set=question_set).order_by().values("rater")
    finished = by_rater.annotate(count=Count("pk")).filter(count__gte=everything)
    repeats = sum(answer.repeated for answer in answers)
    return Summary(
        raters=len({answer.rater for answer in answers}),
        finished=finished.count(),
        answers=len(answers) - repeats,
        repeats=repeats,
        median_seconds=median(answer.seconds for answer in answers) if answers else None,
        results=results(
            given,
            ROLES[question_set.strategy],
            question_set.size,
            seed=question_set.seed,
        ),
    )


def csv_lines(question_set: QuestionSet | None) -> Iterator[str]:
    """The answers to a set, or to practice questions, oldest first (RFC 4180, with a header)."""
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for answer in _answers(question_set).iterator(chunk_size=ROWS):
        yield writer.writerow(_row(answer, question_set))


def _answers(question_set: QuestionSet | None) -> QuerySet[Answer]:
    answers = Answer.objects.filter(question__set=question_set).select_related("question")
    return answers.order_by("created_at", "pk")


def _row(answer: Answer, question_set: QuestionSet | None) -> list[object]:
    question = answer.question
    return [
        question_set.slug if question_set else "",
        question.number if question_set else question.public_id,
        names().shown("layer", question.layer),
        question.other_layer and names().shown("layer", question.other_layer),
        question.strategy, question.apart, answer.rater, answer.place, answer.repeated,
        answer.choice, answer.role, question.nearest(), answer.agrees, question.nearest_other,
        answer.agrees_other, round(answer.seconds, 3), " ".join(map(str, answer.shown)),
        answer.feedback, answer.created_at.isoformat(timespec="seconds"),
        *(question.reference[name] for name in _OF_PLACE),
        *(each[name] for each in question.candidates for name in _OF_CANDIDATE),
    ]  # fmt: skip


class _Echo:
    """A file that gives back what is written to it, for a writer to make lines of."""

    def write(self, text: str) -> str:
        return text
