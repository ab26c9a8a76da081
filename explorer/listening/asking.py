"""Who is asked what, in which order; and what they answer.

A rater's order follows from the set's seed and the rater's number: nothing is kept of it, and
whoever comes back goes on where they stopped.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from uuid import UUID

from explorer.listening.models import Answer, Question, QuestionSet

CANDIDATE_NUMBERS = (1, 2, 3)


class OutOfTurnError(Exception):
    """Why an answer is not taken; the message is one sentence for a person."""


@dataclass(frozen=True)
class Asked:
    """A question as a rater meets it."""

    place: int  # among all that the rater is asked, from 1
    number: int  # of the question in its set
    repeated: bool
    shown: tuple[int, ...]  # numbers of the candidates in their order


def order_for(question_set: QuestionSet, rater: UUID) -> list[Asked]:
    """Everything that a rater is asked: each question once, then some of the first half again.

    A repeat never follows its question at once, and shows the candidates in another order.
    """
    lots = random.Random(f"{question_set.pk}:{question_set.seed}:{rater}")
    numbers = lots.sample(range(1, question_set.size + 1), question_set.size)
    half = len(numbers) // 2
    again = lots.sample(numbers[:half], min(repeat_count(question_set), half))
    order = [(number, False) for number in numbers]
    for number in again:
        order.insert(lots.randint(half + 1, len(order)), (number, True))
    asked: list[Asked] = []
    before: dict[int, tuple[int, ...]] = {}
    for place, (number, repeated) in enumerate(order, start=1):
        orders = [each for each in permutations(CANDIDATE_NUMBERS) if each != before.get(number)]
        shown = before[number] = lots.choice(orders)
        asked.append(Asked(place, number, repeated, shown))
    return asked


def repeat_count(question_set: QuestionSet) -> int:
    """How many questions each rater is asked twice."""
    return min(round(question_set.repeats * question_set.size), question_set.size // 2)


def answered_places(question_set: QuestionSet, rater: UUID) -> set[int]:
    answers = Answer.objects.filter(question__set=question_set, rater=rater)
    return set(answers.values_list("place", flat=True))


def due(order: Sequence[Asked], answered: set[int]) -> Asked | None:
    """What a rater is to be asked next; None once all is answered."""
    return next((asked for asked in order if asked.place not in answered), None)


def answer_in_set(
    question_set: QuestionSet, rater: UUID, place: int, *, choice: int | None, seconds: float
) -> Answer:
    """Keeps an answer to what the rater was asked at a place; sent twice, the first one stands.

    Raises `OutOfTurnError`.
    """
    order = order_for(question_set, rater)
    answered = answered_places(question_set, rater)
    asked = due(order, answered)
    if place not in answered:
        if not question_set.open:
            raise OutOfTurnError("This set of questions is closed: it takes no more answers.")
        if asked is None or asked.place != place:
            expected = f"question {asked.place} comes next" if asked else "all is answered"
            raise OutOfTurnError(f"This is not the question's turn: {expected}.")
    asked = order[place - 1]
    question = Question.objects.get(set=question_set, number=asked.number)
    return _keep(question, rater, asked, choice=choice, seconds=seconds, feedback=False)


def answer_practice(
    question: Question, rater: UUID, *, choice: int | None, seconds: float
) -> Answer:
    """Keeps an answer to a practice question; sent twice, the first one stands."""
    asked = Asked(1, question.number, repeated=False, shown=CANDIDATE_NUMBERS)
    return _keep(question, rater, asked, choice=choice, seconds=seconds, feedback=True)


def _keep(
    question: Question,
    rater: UUID,
    asked: Asked,
    *,
    choice: int | None,
    seconds: float,
    feedback: bool,
) -> Answer:
    answer, _ = Answer.objects.get_or_create(
        question=question,
        rater=rater,
        repeated=asked.repeated,
        defaults={
            "choice": choice,
            "seconds": seconds,
            "place": asked.place,
            "shown": list(asked.shown),
            "feedback": feedback,
        },
    )
    return answer
