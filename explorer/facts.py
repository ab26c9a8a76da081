"""What is known of a track, as people write it."""

import math

from embeddings.duplicates.models import DuplicatePair
from embeddings.duplicates.queries import same_recordings
from tracks.models import Track

_CHANNELS = {1: "mono", 2: "stereo"}
_RECORDINGS = 5  # that a page names
_CODECS = {
    "aac": "AAC",
    "alac": "ALAC",
    "flac": "FLAC",
    "mp3": "MP3",
    "mp3float": "MP3",
    "opus": "Opus",
    "vorbis": "Vorbis",
    "wmav1": "WMA",
    "wmav2": "WMA",
}


def title(track: Track) -> str:
    """A track's title, else the name of its file."""
    return track.title or track.path.rpartition("/")[2]


def facts(track: Track) -> list[tuple[str, str]]:
    """Pairs of what is known and its value; what is not known is left out."""
    known = {
        "Length": "" if track.duration is None else clock(track.duration),
        "Year": str(track.year or ""),
        "Place on the album": _place(track),
        "Format": _format(track),
        "Loudness": "" if track.loudness is None else f"{track.loudness:.1f} LUFS",
        "File": track.path,
    }
    return [(name, value) for name, value in known.items() if value]


def recordings_like(track: Track) -> list[tuple[str, list[tuple[Track, str]]]]:
    """Other tracks that are the same recording or look so, with their names, by how sure that is.

    Each with what leads in to it; what is decided comes first.
    """
    told: dict[str, list[tuple[Track, str]]] = {}
    for other, pair in same_recordings(track)[:_RECORDINGS]:
        decided = pair.decision == DuplicatePair.Decision.SAME
        near = pair.kind == DuplicatePair.Kind.NEAR
        looks = "Nearly the same as" if near else "Looks like the same recording as"
        words = "The same recording as" if decided else looks
        told.setdefault(words, []).append((other, title(other)))
    return list(told.items())


def clock(seconds: float) -> str:
    """3:07, or 1:02:03: the nearest whole second, as the pages' own scripts tell it."""
    minutes, second = divmod(max(0, math.floor(seconds + 0.5)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def count(number: int, noun: str) -> str:
    """1 track, or 1,234 tracks."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def years(first: int | None, last: int | None) -> str:
    """1999, 1999–2004, or nothing."""
    return str(first or "") if first == last else f"{first}–{last}"


def _place(track: Track) -> str:
    parts = []
    if track.disc:
        parts.append(f"disc {track.disc}")
    if track.number:
        parts.append(f"track {track.number}")
    return ", ".join(parts)


def _format(track: Track) -> str:
    parts = []
    if track.codec:
        pcm = "PCM" if track.codec.startswith("pcm_") else track.codec
        parts.append(_CODECS.get(track.codec, pcm))
    if track.sample_rate:
        parts.append(f"{track.sample_rate / 1000:g} kHz")
    if track.channels:
        parts.append(_CHANNELS.get(track.channels, f"{track.channels} channels"))
    return ", ".join(parts)
