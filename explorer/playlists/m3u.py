"""Playlists as M3U8: the extended M3U that players read, in UTF-8."""

from collections.abc import Callable, Iterable, Iterator

from django.urls import reverse

from explorer.playlists.entries import Entry
from explorer.playlists.paths import PathError, PathStyle
from tracks.models import Track
from tracks.provider import Provider, provider_of

HAVE_FILES = (Track.State.PRESENT, Track.State.UNREADABLE)  # another program may be able to read


class NothingToPlayError(ValueError):
    """None of the entries can be in a playlist; the message says why."""


def m3u8_lines(
    entries: Iterable[Entry],
    style: PathStyle,
    *,
    site: Callable[[str], str],
    times: bool = False,
    name: str = "",
) -> Iterator[str]:
    """The lines of a playlist, each with its end.

    An entry plays all of its track; with `times` from its start to its end, as VLC understands
    them. Tracks that are streamed have their address on our site, made whole by `site`. What cannot
    be in a playlist is named in a comment. Raises `NothingToPlayError` before the first line, where
    nothing can.
    """
    lines = _entries(entries, style, site, times=times)
    left_out: list[str] = []
    for line in lines:
        if not line.startswith("# "):
            break
        left_out.append(line)
    else:
        raise NothingToPlayError(_nothing(left_out))
    yield "#EXTM3U\n"
    if name:
        yield f"#PLAYLIST:{_one_line(name)}\n"
    yield from left_out
    yield line
    yield from lines


def _nothing(left_out: list[str]) -> str:
    if not left_out:
        return "There is nothing in it to play."
    first = left_out[0].removeprefix("# Left out: ").strip()
    others = f" and {len(left_out) - 1} more likewise" if len(left_out) > 1 else ""
    return f"None of its files can be in a playlist: {first}{others}."


def _entries(
    entries: Iterable[Entry], style: PathStyle, site: Callable[[str], str], *, times: bool
) -> Iterator[str]:
    for entry in entries:
        try:
            path = _path(entry.track, style, site)
        except PathError as error:
            yield f"# Left out: {_one_line(entry.track.path)} ({error})\n"
            continue
        yield _extinf(entry, times=times)
        if times and entry.start is not None:
            yield f"#EXTVLCOPT:start-time={_decimal(entry.start)}\n"
        if times and entry.end is not None:
            yield f"#EXTVLCOPT:stop-time={_decimal(entry.end)}\n"
        yield f"{path}\n"


def _path(track: Track, style: PathStyle, site: Callable[[str], str]) -> str:
    if provider_of(track) == Provider.JAMENDO:
        return site(reverse("audio", args=[track.pk]))
    if track.state == Track.State.CATALOGUE:
        raise PathError("there is no file of it")
    if track.state not in HAVE_FILES:
        raise PathError("the file is missing")
    return style.path(bytes(track.path_bytes))


def _extinf(entry: Entry, *, times: bool) -> str:
    """Whole seconds, as all players read them; -1 where the duration is not known."""
    seconds = entry.track.duration
    if times and entry.end is not None:
        seconds = entry.end - (entry.start or 0.0)
    elif times and entry.start is not None and seconds is not None:
        seconds = max(seconds - entry.start, 0.0)
    artists = ", ".join(entry.artists)
    title = f"{artists} - {entry.track}" if artists else str(entry.track)
    return f"#EXTINF:{-1 if seconds is None else round(seconds)},{_one_line(title)}\n"


def _decimal(seconds: float) -> str:
    return f"{seconds:.3f}".rstrip("0").rstrip(".")


def _one_line(text: str) -> str:
    return " ".join(text.split())
