"""Answers as the OpenAPI document shows them."""

from typing import Any

LAYER = "msd-musicnn-embeddings"


def _track(pk: int, title: str) -> dict[str, Any]:
    return {"id": pk, "title": title, "artists": [{"id": 1, "name": "ACE-Step 1.5"}]}


def _span(position: int) -> dict[str, Any]:
    start = position * 2.992
    return {"position": position, "start": round(start, 3), "end": round(start + 2.992, 3)}


_BLEND: dict[str, Any] = {
    "layer": LAYER,
    "metric": "cosine",
    "sample": None,
    "unknown": {},
    "taggrams": "msd-musicnn-taggrams",
    "starts": [
        {
            "track": _track(7, "Calm, acoustic 1"),
            "span": {**_span(12), "segments": 1},
            "weight": 1.0,
        },
        {"track": _track(9, "Dark, ambient 2"), "span": None, "weight": -0.5},
    ],
    "why_of": 0,
}
_WHY = {"shared": [{"tag": "guitar", "here": 0.97, "there": 0.94}], "differ": []}

BLENDED_SEGMENTS = {
    **_BLEND,
    "results": [
        {
            **_span(4),
            "segments": 1,
            "track": _track(3, "Calm, acoustic 3"),
            "distance": 0.084127,
            "why": _WHY,
        }
    ],
}
BLENDED_TRACKS = {
    **_BLEND,
    "results": [
        {
            "track": _track(3, "Calm, acoustic 3"),
            "distance": 0.041702,
            "here": None,
            "there": None,
            "why": _WHY,
        }
    ],
}
PATH = {
    "layer": LAYER,
    "compared": "segments",
    "different": "track",
    "unknown": {},
    "longest_step": 0.1024,
    "interpolated_longest_step": 0.1719,
    "items": [
        {"track": _track(7, "Calm, acoustic 1"), **_span(12), "distance": None},
        {"track": _track(3, "Calm, acoustic 3"), **_span(4), "distance": 0.0811},
        {"track": _track(9, "Dark, ambient 2"), **_span(20), "distance": 0.1024},
    ],
}


_BY_WORDS: dict[str, Any] = {
    "layer": "mtt-musicnn-taggrams",
    "query": "piano and not vocals",
    "terms": [
        {"tag": "piano", "negated": False, "weight": 1.0, "start": 0, "end": 5},
        {"tag": "vocals", "negated": True, "weight": 1.0, "start": 10, "end": 20},
    ],
    "unknown": {},
}
_STANDING = [
    {"tag": "piano", "negated": False, "weight": 1.0, "share": 0.993, "activation": 0.871},
    {"tag": "vocals", "negated": True, "weight": 1.0, "share": 0.945, "activation": 0.012},
]
_BY_WORDS_TRACK = _track(3, "Calm, acoustic 3")
SEGMENTS_BY_WORDS = {
    **_BY_WORDS,
    "results": [
        {
            **_span(4),
            "segments": 1,
            "track": _BY_WORDS_TRACK,
            "score": 0.9687,
            "tags": _STANDING,
        }
    ],
}
TRACKS_BY_WORDS = {**SEGMENTS_BY_WORDS, "by": "passages"}
VOCABULARY = {
    "layer": "mtt-musicnn-taggrams",
    "tags": [
        {"name": "piano", "meaning": "piano", "present": True, "own": True},
        {"name": "no vocals", "meaning": "vocals", "present": False, "own": True},
        {"name": "instrumental", "meaning": "vocals", "present": False, "own": False},
    ],
}
PREVIEWS = {
    "layer": LAYER,
    "typical": {"position": 6, "start": 14.448, "end": 24.448},
    "unusual": {"position": 2, "start": 2.48, "end": 12.48},
}
SECTIONS = {
    "layer": LAYER,
    "shortest": 60.0,
    "sections": [
        {
            "position": 0,
            "segments": 92,
            "start": 0.0,
            "end": 275.264,
            "typical": _span(40),
            "tags": [{"name": "ambient", "value": 0.41327}],
        },
        {
            "position": 92,
            "segments": 118,
            "start": 275.264,
            "end": 629.1,
            "typical": _span(131),
            "tags": [{"name": "techno", "value": 0.52124}],
        },
    ],
}
CUE_SHEET = """PERFORMER "Somebody"
TITLE "Live at the harbour"
FILE "live-at-the-harbour.mp3" MP3
  TRACK 01 AUDIO
    TITLE "Section 1: ambient"
    PERFORMER "Somebody"
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Section 2: techno"
    PERFORMER "Somebody"
    INDEX 01 04:35:20
"""

DUPLICATE: dict[str, Any] = {
    "id": 4,
    "group": 2,
    "first": _track(7, "Calm, acoustic 1"),
    "second": _track(31, "Calm, acoustic 1 (live rip)"),
    "kind": "recording",
    "offset": 12.848,
    "overlap": 19.463,
    "distance": 0.059136,
    "correlation": 0.991,
    "decision": "pending",
    "decided_at": None,
    "found_at": "2026-01-05T10:00:00Z",
}

DUPLICATES_JOB: dict[str, Any] = {
    "id": 12,
    "kind": "duplicates",
    "state": "running",
    "parameters": {},
    "total": 28.0,
    "done": 7.0,
    "unit": "tracks",
    "failures": 0,
    "message": "31 pairs compared",
    "fraction": 0.25,
    "seconds_left": 12.4,
    "cancel_requested": False,
}
