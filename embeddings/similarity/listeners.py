"""What a listening test tells: do people agree with each other, with themselves, with a network?"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.similarity.agreement import (
    MISSING,
    Estimate,
    alpha,
    blind_repeat,
    resampled,
    share,
    value_counts,
)

NONE = "none"  # the role of "none of them"


@dataclass(frozen=True)
class Given:
    """An answer to a question of a set."""

    question: int  # from 0
    rater: Hashable
    repeated: bool  # the rater has answered the question before
    choice: int | None  # None is "none of them"
    role: str  # of what was chosen, or `NONE`
    agrees: bool  # it is what the first layer finds nearest
    agrees_other: bool | None = None  # what the second does, where there is one


@dataclass(frozen=True)
class Results:
    """What the answers to a set tell. Repeats count for `repeats` alone.

    `agreement` is among answers that name a candidate, beside `chance`; `roles` are shares of all
    answers, beside what would be named blindly; `repeats` are answered as they were before.
    """

    alpha: Estimate
    agreement: Estimate
    agreement_other: Estimate | None  # of the second layer, where there is one
    lead: Estimate | None  # of the first layer over the second, in shares
    chance: float
    none: Estimate
    roles: dict[str, Estimate]
    roles_by_chance: dict[str, float]
    repeats: Estimate
    repeats_by_chance: float


def results(
    answers: Sequence[Given], roles: Sequence[str], questions: int, *, seed: int
) -> Results:
    """Of a set of so many questions, whose candidates each have these roles."""
    samples = resampled(questions, seed=seed)
    first = [each for each in answers if not each.repeated]
    kinds = [*dict.fromkeys(roles), NONE]

    def per_question(chosen: Sequence[Given]) -> NDArray[np.int64]:
        return np.bincount([each.question for each in chosen], minlength=questions)

    total = per_question(first)
    named = [each for each in first if each.choice is not None]
    of_named = per_question(named)
    agree = per_question([each for each in named if each.agrees])
    agree_other = per_question([each for each in named if each.agrees_other])
    compared = any(each.agrees_other is not None for each in first)
    none = share(total - of_named, total, samples)
    blind = (1 - (none.value or 0)) / len(roles)
    repeated, same = _repeats(answers)
    return Results(
        alpha=alpha(value_counts(_ratings(first, kinds, questions), len(kinds)), samples),
        agreement=share(agree, of_named, samples),
        agreement_other=share(agree_other, of_named, samples) if compared else None,
        lead=share(agree - agree_other, of_named, samples) if compared else None,
        chance=1 / len(roles),
        none=none,
        roles={
            kind: share(per_question([each for each in first if each.role == kind]), total, samples)
            for kind in kinds[:-1]
        },
        roles_by_chance={kind: blind * list(roles).count(kind) for kind in kinds[:-1]},
        repeats=share(per_question(same), per_question(repeated), samples),
        repeats_by_chance=blind_repeat(none.value or 0, len(roles)),
    )


def _ratings(first: Sequence[Given], kinds: Sequence[str], questions: int) -> NDArray[np.int64]:
    """Roles that were chosen, (raters, questions), as indices into the kinds."""
    raters = {rater: row for row, rater in enumerate(dict.fromkeys(each.rater for each in first))}
    ratings = np.full((len(raters), questions), MISSING)
    for each in first:
        ratings[raters[each.rater], each.question] = kinds.index(each.role)
    return ratings


def _repeats(answers: Sequence[Given]) -> tuple[list[Given], list[Given]]:
    """Answers to questions that their rater had answered before, and those that are the same."""
    before = {(each.rater, each.question): each for each in answers if not each.repeated}
    repeated = [each for each in answers if each.repeated and (each.rater, each.question) in before]
    same = [each for each in repeated if each.choice == before[each.rater, each.question].choice]
    return repeated, same
