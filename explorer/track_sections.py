"""The sections of tracks: cut once for each choice of options, kept on disk."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from embeddings.models import Extraction, Layer
from embeddings.recordings import Section, Sections, sections_of
from explorer.disk_cache import DiskCache
from tracks.models import Track

CACHE = DiskCache("sections", max_bytes=16 << 20)
_METHOD = 1  # part of the names of what is cached: raise it when the same vectors are cut anew


def cached_sections(
    track: Track, layer: Layer, *, shortest: float | None, sensitivity: float
) -> Sections:
    """As `sections_of`, and raises as it does; the cue sheet has what the page showed."""

    def make() -> bytes:
        cut = sections_of(track, layer, shortest=shortest, sensitivity=sensitivity)
        return json.dumps(asdict(cut)).encode()

    state = (_METHOD, *_version(track, layer), shortest, sensitivity)
    name = hashlib.sha256(json.dumps(state).encode()).hexdigest()[:32]
    with CACHE.get_or_make(f"{name}.json", make) as file:
        return _read(json.load(file))


def _version(track: Track, layer: Layer) -> tuple[object, ...]:
    """What changes when the track's vectors do, or the tags that another network may lend it."""
    heard = Extraction.objects.filter(track=track, state=Extraction.State.DONE).order_by("pk")
    states = [
        (model, segments, finished and finished.isoformat())
        for model, segments, finished in heard.values_list("model", "segments", "finished_at")
    ]
    return (track.pk, track.duration, layer.pk, layer.name, states)


def _read(stored: dict[str, Any]) -> Sections:
    sections = [
        Section(**{**each, "tags": [(name, value) for name, value in each["tags"]]})
        for each in stored["sections"]
    ]
    return Sections(stored["shortest"], sections)
