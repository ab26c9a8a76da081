"""Answers about files that somebody searches by, as the OpenAPI document shows them."""

from typing import Any

TOKEN = "kq3Zt1cJ0sWbX9vYb2uN4w"
LIMITS = {"most_bytes": 100_000_000, "most_seconds": 900.0, "per_hour": 60, "kept": []}
NETWORK = {"model": "mtt-musicnn"}
_HEARING: dict[str, Any] = {
    "model": "msd-musicnn",
    "state": "queued",
    "message": "",
    "fraction": None,
    "seconds_left": None,
}
QUEUED: dict[str, Any] = {
    "token": TOKEN,
    "name": "Recorded in the park.m4a",
    "duration": 12.0,
    "created_at": "2026-11-25T10:00:00Z",
    "expires_at": "2026-11-25T11:00:00Z",
    "gain_db": 0.0,
    "audio": None,
    "clip": None,
    "hearings": [_HEARING],
}
HEARD = {
    **QUEUED,
    "gain_db": -2.31,
    "audio": f"/queries/{TOKEN}/audio",
    "clip": f"/queries/{TOKEN}/clip",
    "hearings": [{**_HEARING, "state": "done", "fraction": 1.0}],
}
KEPT = {**HEARD, "expires_at": None}
WAVEFORM = {"seconds": 12.0, "peaks": [0.42, 0.51], "rms": [0.11, 0.13]}
POINTS = {
    "layer": "msd-musicnn-embeddings",
    "exact": True,
    "points": [{"position": 0, "start": 0.0, "end": 2.992, "x": 1.25, "y": -0.5}],
    "average": {"x": 1.1, "y": -0.4},
}
_HOW: dict[str, Any] = {
    "layer": "msd-musicnn-embeddings",
    "metric": "cosine",
    "sample": None,
    "unknown": {},
    "taggrams": "msd-musicnn-taggrams",
}
_TRACK = {"id": 3, "title": "Calm, acoustic 3", "artists": [{"id": 1, "name": "ACE-Step 1.5"}]}
_HERE = {"position": 0, "segments": 1, "start": 0.0, "end": 2.992}
_THERE = {"position": 4, "segments": 1, "start": 11.968, "end": 14.96}
MOMENTS = {
    **_HOW,
    "asked": _HERE,
    "results": [{**_THERE, "track": _TRACK, "distance": 0.0412, "why": None}],
}
TRACKS = {
    **_HOW,
    "by": "stretches",
    "results": [{"track": _TRACK, "distance": 0.0387, "here": _HERE, "there": _THERE, "why": None}],
}
