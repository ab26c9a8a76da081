"""What raters are shown of a question: first its sounds alone; in practice, then everything."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.urls import reverse

from embeddings.models import Layer
from embeddings.similarity.questions import CANDIDATES
from explorer.api import found
from explorer.api.serializers import gain_db
from explorer.listening.asking import answered_places, due, order_for
from explorer.listening.models import Answer, Question, QuestionSet
from tracks.models import Track

REFERENCE = 0


def shown_question(
    question: Question, order: Sequence[int] = range(1, CANDIDATES + 1)
) -> dict[str, Any]:
    """Nothing in it tells the candidates apart, but how they sound."""
    tracks = Track.objects.in_bulk([place["track"] for place in question.places])
    sounds = [_sound(question, number, tracks) for number in range(len(question.places))]
    return {
        "id": question.public_id,
        "reference": sounds[REFERENCE],
        "candidates": [sounds[number] for number in order],
        "apart": question.apart,
    }


def standing(question_set: QuestionSet, rater: UUID) -> dict[str, Any]:
    """Where a rater stands in a set, with the question that comes next."""
    made = question_set.made_at is not None
    order = order_for(question_set, rater)
    answered = answered_places(question_set, rater)
    asked = due(order, answered) if made and question_set.open else None
    question = asked and question_set.questions.get(number=asked.number)
    return {
        "name": question_set.name,
        "description": question_set.description,
        "open": question_set.open,
        "made": made,
        "of": len(order),
        "answered": len(answered),
        "place": asked and asked.place,
        "question": question and asked and shown_question(question, asked.shown),
    }


def feedback(answer: Answer) -> dict[str, Any]:
    """Whether the network agrees, and what was heard."""
    question = answer.question
    tracks = found.tracks_of(place["track"] for place in question.places)
    revealed = [
        {**place, "number": number, "track": tracks.get(place["track"]), "why": why}
        for number, (place, why) in enumerate(
            zip(question.places, [None, *_whys(question)], strict=True)
        )
    ]
    return {
        "choice": answer.choice,
        "agrees": answer.agrees,
        "nearest": question.nearest(),
        "agrees_other": answer.agrees_other,
        "nearest_other": question.nearest_other,
        "layer": question.layer,
        "other_layer": question.other_layer,
        "strategy": question.strategy,
        "reference": revealed[REFERENCE],
        "candidates": revealed[1:],
    }


def _sound(question: Question, number: int, tracks: Mapping[int, Track]) -> dict[str, Any]:
    place = question.places[number]
    track = tracks.get(place["track"])
    return {
        "number": number,
        "clip": reverse("listening-clip", args=[question.public_id, number]),
        "seconds": place["end"] - place["start"],
        "gain_db": gain_db(track.loudness if track else None),
    }


def _whys(question: Question) -> list[dict[str, Any] | None]:
    """The tags that each candidate shares with the reference, where there are tags."""
    layer = Layer.objects.select_related("model").filter(name=question.layer).first()
    if layer is None:
        return [None] * len(question.candidates)
    here, *there = [(each["track"], each["start"], each["end"]) for each in question.places]
    _, whys = found.whys(layer, here, there, wanted=True)
    return [asdict(why) if why else None for why in whys]
