"""The listening test as the OpenAPI document shows it."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

LAYER = "msd-musicnn-embeddings"
RATER = "6f1c2a4e-7b3d-4c58-9a0e-2d5b8c7f1e34"
QUESTION = "0b9d7e52-1f6a-4d38-8c41-e7a25b90d6f3"


def sent(value: Any) -> OpenApiExample:
    """What is asked."""
    return OpenApiExample("request", value=value, request_only=True)


def told(value: Any, status: int = 200) -> OpenApiExample:
    """What is answered."""
    return OpenApiExample("answer", value=value, response_only=True, status_codes=[str(status)])


def _sound(number: int) -> dict[str, Any]:
    clip = f"/similarity/{QUESTION}/{number}"
    return {"number": number, "clip": clip, "seconds": 8.976, "gain_db": -3.2}


def _revealed(number: int, title: str, start: float) -> dict[str, Any]:
    track = {"id": number + 7, "title": title, "artists": [{"id": number + 1, "name": "Somebody"}]}
    return {"number": number, "track": track, "start": start, "end": start + 8.976}


def _candidate(number: int, title: str, role: str, distance: float) -> dict[str, Any]:
    why = {"shared": [{"tag": "guitar", "here": 0.97, "there": 0.94}], "differ": []}
    measured = {"role": role, "distance": distance, "other_distance": None, "why": why}
    return {**_revealed(number, title, 2.992), **measured}


def _estimate(value: float, low: float, high: float) -> dict[str, float]:
    return {"value": value, "low": low, "high": high}


COMPARED = {"layer": LAYER, "strategy": "nearest"}
ASKED = {
    "id": QUESTION,
    "reference": _sound(0),
    "candidates": [_sound(number) for number in (2, 3, 1)],
    "apart": "artist",
}
ANSWER = {"rater": RATER, "choice": 2, "seconds": 31.4}
FEEDBACK = {
    "choice": 2,
    "agrees": True,
    "nearest": 2,
    "agrees_other": None,
    "nearest_other": None,
    "layer": LAYER,
    "other_layer": "",
    "strategy": "nearest",
    "reference": _revealed(0, "Calm, acoustic 1", 11.968),
    "candidates": [
        _candidate(1, "Dark, ambient 2", "random", 0.514301),
        _candidate(2, "Calm, acoustic 3", "nearest", 0.084127),
        _candidate(3, "Epic, rock 1", "random", 0.633829),
    ],
}
NEW_SET = {**COMPARED, "name": "Pilot", "size": 20, "repeats": 0.2, "seed": 1}
SET = {
    **NEW_SET,
    "slug": "pilot",
    "description": "",
    "other_layer": "",
    "open": True,
    "made": True,
    "raters": 8,
    "answers": 192,
    "created_at": "2026-03-01T10:00:00Z",
}
NEXT = {
    "name": "Pilot",
    "description": "",
    "open": True,
    "made": True,
    "of": 24,
    "answered": 4,
    "place": 5,
    "question": ASKED,
}
STANDING = {"answered": 5, "of": 24}
SUMMARY = {
    "raters": 8,
    "finished": 8,
    "answers": 160,
    "repeats": 32,
    "median_seconds": 31.4,
    "results": {
        "alpha": _estimate(0.41, 0.27, 0.55),
        "agreement": _estimate(0.62, 0.49, 0.75),
        "agreement_other": None,
        "lead": None,
        "chance": 0.333,
        "none": _estimate(0.11, 0.06, 0.17),
        "roles": {"nearest": _estimate(0.55, 0.42, 0.68), "random": _estimate(0.34, 0.23, 0.45)},
        "roles_by_chance": {"nearest": 0.297, "random": 0.593},
        "repeats": _estimate(0.78, 0.66, 0.89),
        "repeats_by_chance": 0.276,
    },
}
