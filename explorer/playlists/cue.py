"""Cue sheets: a long file as tracks that players and editors list and jump to.

The format is that of the CDRWIN User's Guide. What players read of it was decisive: UTF-8 without
a mark of its order of bytes, with which VLC refuses the sheet; lines that end as on Windows.
"""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from embeddings.recordings import Section
from explorer.facts import title
from explorer.playlists.paths import PathError, path_style
from tracks.models import Track

FRAMES = 75  # a second
MP3 = {".mp3", ".mp2"}
AIFF = {".aif", ".aiff"}


def cue_sheet(track: Track, artists: Sequence[str], sections: Iterable[Section]) -> str:
    """The sheet of a track, to be laid beside its file.

    Its sections are named after their strongest tags. Raises `PathError` for a file whose name
    cannot be written there.
    """
    performer = _quoted(", ".join(artists))
    lines = [f"PERFORMER {performer}"] if artists else []
    lines += [f"TITLE {_quoted(title(track))}", _file(track)]
    for number, section in enumerate(sections, 1):
        tags = ", ".join(name for name, _ in section.tags)
        name = f"Section {number}: {tags}" if tags else f"Section {number}"
        lines += [f"  TRACK {number:02} AUDIO", f"    TITLE {_quoted(name)}"]
        if artists:
            lines.append(f"    PERFORMER {performer}")
        lines.append(f"    INDEX 01 {timestamp(section.start)}")
    return "".join(f"{line}\r\n" for line in lines)


def timestamp(seconds: float) -> str:
    """MM:SS:FF with 75 frames a second; minutes go beyond 99 where they have to."""
    frames = round(seconds * FRAMES)
    minutes, rest = divmod(frames, 60 * FRAMES)
    return f"{minutes:02}:{rest // FRAMES:02}:{rest % FRAMES:02}"


def _file(track: Track) -> str:
    """The name alone; every format but MP3 and AIFF is called WAVE, as players have it."""
    name = path_style("relative", windows=False).path(bytes(track.path_bytes)).rpartition("/")[2]
    if '"' in name:
        raise PathError("its name has a quotation mark, which a cue sheet cannot hold")
    suffix = PurePosixPath(name).suffix.lower()
    kind = "MP3" if suffix in MP3 else "AIFF" if suffix in AIFF else "WAVE"
    return f'FILE "{name}" {kind}'


def _quoted(text: str) -> str:
    """On one line; the format knows no way to write a quotation mark inside others."""
    return '"{}"'.format(" ".join(text.split()).replace('"', "'"))
