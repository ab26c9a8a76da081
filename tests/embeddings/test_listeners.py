"""What a listening test tells, of answers made so that it is known."""

import numpy as np
import pytest

from embeddings.similarity.listeners import NONE, Given, results

ROLES = ("nearest", "random", "random")


def given(question: int, rater: int, choice: int | None, *, repeated: bool = False, **fields):
    """Candidate 1 is the nearest."""
    role = NONE if choice is None else ROLES[choice - 1]
    return Given(question, rater, repeated, choice, role, agrees=choice == 1, **fields)


def test_by_hand():
    answers = [
        given(0, 1, 1), given(0, 2, 1), given(1, 1, 2), given(1, 2, 3), given(2, 1, None),
        given(0, 1, 1, repeated=True), given(1, 1, 3, repeated=True),
        given(2, 2, 1, repeated=True),  # of a question whose first answer was removed
    ]  # fmt: skip
    found = results(answers, ROLES, 4, seed=0)
    assert found.agreement.value == 0.5 and found.chance == pytest.approx(1 / 3)
    assert found.agreement.low <= 0.5 <= found.agreement.high
    assert found.none.value == 0.2
    assert found.roles["nearest"].value == 0.4 and found.roles["random"].value == 0.4
    assert found.roles_by_chance == pytest.approx({"nearest": 0.8 / 3, "random": 1.6 / 3})
    assert found.repeats.value == 0.5  # the same role by another candidate is another answer
    assert found.repeats_by_chance == pytest.approx(0.2**2 + 0.8**2 / 3)
    assert found.alpha.value == 1  # on roles both agree on both questions
    assert found.agreement_other is None and found.lead is None


def test_repeats_are_not_counted_twice():
    answers = [
        given(question, rater, 1 + (question + rater) % 3)
        for question in range(9)
        for rater in range(4)
    ]
    again = [given(question, 0, None, repeated=True) for question in range(9)]
    alone, both = (results(each, ROLES, 9, seed=1) for each in (answers, answers + again))
    assert (alone.alpha, alone.agreement, alone.none) == (both.alpha, both.agreement, both.none)
    assert alone.repeats.value is None and both.repeats.value == 0


def test_blind_raters_agree_by_chance_and_one_mind_wholly():
    numbers = np.random.default_rng(0)
    blind = [given(q, r, int(numbers.integers(1, 4))) for q in range(60) for r in range(8)]
    found = results(blind, ROLES, 60, seed=0)
    assert found.agreement.low <= found.chance <= found.agreement.high
    assert abs(found.alpha.value) < 0.06
    minds = numbers.integers(1, 3, 60).tolist()
    same = [given(q, r, minds[q]) for q in range(60) for r in range(8)]
    assert results(same, ROLES, 60, seed=0).alpha.value == 1


def test_two_layers():
    answers = [given(q, r, 1 if r else 2, agrees_other=not r) for q in range(10) for r in range(4)]
    found = results(answers, ("nearest", "nearest-other", "random"), 10, seed=0)
    assert (found.agreement.value, found.agreement_other.value) == (0.75, 0.25)
    assert (found.lead.value, found.lead.low, found.lead.high) == (0.5, 0.5, 0.5)


def test_nobody():
    found = results([], ROLES, 5, seed=0)
    assert found.alpha.value is found.agreement.value is found.none.value is None
