"""Reads files of MTG-Jamendo's form.

A line has five fields, then one or more tags, each in a field of its own, so lines differ in
length:

    track_0000948 <TAB> artist_000087 <TAB> album_000149 <TAB> 48/948.mp3 <TAB> 212.7 <TAB> tags

The names file (`raw.meta.tsv`) has one row a track with the columns its header names.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath

from tracks.text import clean

HEADER = ["TRACK_ID", "ARTIST_ID", "ALBUM_ID", "PATH", "DURATION", "TAGS"]
NAMES_HEADER = {"TRACK_ID", "ARTIST_ID", "ALBUM_ID", "TRACK_NAME", "ARTIST_NAME", "ALBUM_NAME"}


class WrongFile(ValueError):
    """A file that is not of MTG-Jamendo's form; `str()` is one sentence for a person."""


@dataclass(frozen=True)
class Row:
    track_id: str  # ids as in the file: "track_0000948", or any other word in files of one's own
    artist_id: str
    album_id: str
    path: str  # below the audio folder
    duration: float  # seconds
    tags: tuple[tuple[str, str], ...]  # category, name


@dataclass(frozen=True)
class BadLine:
    number: int  # from 1, the header's
    reason: str


@dataclass
class Names:
    """What a names file calls the ids."""

    tracks: dict[str, str] = field(default_factory=dict)
    artists: dict[str, str] = field(default_factory=dict)
    albums: dict[str, str] = field(default_factory=dict)
    years: dict[str, int] = field(default_factory=dict)  # of albums


@dataclass
class Metadata:
    rows: list[Row] = field(default_factory=list)
    bad_lines: list[BadLine] = field(default_factory=list)


def jamendo_id(identifier: str, kind: str) -> int | None:
    """948 of "track_0000948"; None for identifiers that are not Jamendo's."""
    match = re.fullmatch(rf"{kind}_(\d{{1,18}})", identifier)
    return int(match.group(1)) if match else None


def low_quality_path(path: bytes) -> bytes:
    """How the low-quality audio set calls the file that the metadata call `path`."""
    return path.removesuffix(b".mp3") + b".low.mp3"


def read_metadata(file: Path) -> Metadata:
    """All rows of a metadata file. Lines that make no sense are kept apart with the reason.

    Raises WrongFile where the file is another, or no line of it makes sense; and OSError.
    """
    lines = _lines(file)
    header = next(lines, (0, []))[1]
    if header[: len(HEADER)] != HEADER:
        hint = (
            " It looks like a names file: give that with --meta." if "TRACK_NAME" in header else ""
        )
        raise WrongFile(
            f"{file} is not of MTG-Jamendo's form: its first line should be "
            f"{' '.join(HEADER)}, with tabs between.{hint}"
        )
    metadata = Metadata()
    tracks: set[str] = set()
    paths: set[str] = set()
    for number, fields in lines:
        try:
            row = _row(fields)
            if row.track_id in tracks or row.path in paths:
                raise ValueError(f"{row.track_id} or {row.path} was named before")
        except ValueError as error:
            metadata.bad_lines.append(BadLine(number, str(error)))
            continue
        tracks.add(row.track_id)
        paths.add(row.path)
        metadata.rows.append(row)
    if not metadata.rows:
        first = metadata.bad_lines[0] if metadata.bad_lines else BadLine(2, "there is none")
        raise WrongFile(
            f"{file} has no line that makes sense: line {first.number}, {first.reason}."
        )
    return metadata


def _row(fields: list[str]) -> Row:
    if len(fields) < len(HEADER):
        raise ValueError(f"{len(fields)} fields, at least {len(HEADER)} expected")
    track_id, artist_id, album_id, path, duration, *tags = (value.strip() for value in fields)
    if "\0" in path:
        raise ValueError("its path holds a NUL")
    if not (track_id and artist_id and album_id):
        raise ValueError("an id is empty")
    pure = PurePosixPath(path)
    if not path or pure.is_absolute() or ".." in pure.parts or len(path.encode()) > 2000:
        raise ValueError(f"{path[:100]!r} is no path below the audio folder")
    return Row(track_id, artist_id, album_id, path, _duration(duration), _tags(tags))


def _duration(text: str) -> float:
    try:
        duration = float(text)
    except ValueError:
        duration = math.nan
    if not 0 <= duration < math.inf:
        raise ValueError(f"{text[:100]!r} is no duration in seconds")
    return duration


def _tags(values: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(_tag(value) for value in values))


@cache  # a few hundred tags come back on every line
def _tag(value: str) -> tuple[str, str]:
    category, separator, name = value.partition("---")
    tag = (clean(category, 100), clean(name, 300))
    if not separator or not all(tag):
        raise ValueError(f"{value[:100]!r} is no tag of the form category---name")
    return tag


def read_names(file: Path) -> Names:
    """The names file, by the columns of its header. Raises WrongFile and OSError."""
    lines = _lines(file)
    header = next(lines, (0, []))[1]
    if not set(header) >= NAMES_HEADER:
        missing = ", ".join(sorted(NAMES_HEADER - set(header)))
        raise WrongFile(
            f"{file} is no names file like raw.meta.tsv: it lacks the columns {missing}."
        )
    names = Names()
    for _, fields in lines:
        row = dict(zip(header, fields, strict=False))
        for kind, column, into in (
            ("TRACK_ID", "TRACK_NAME", names.tracks),
            ("ARTIST_ID", "ARTIST_NAME", names.artists),
            ("ALBUM_ID", "ALBUM_NAME", names.albums),
        ):
            if name := clean(row.get(column, "")):
                into[row[kind].strip()] = name
        if year := re.match(r"[12]\d{3}", row.get("RELEASEDATE", "")):
            names.years[row["ALBUM_ID"].strip()] = int(year.group())
    return names


def _lines(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Numbers and fields of the lines that are not empty."""
    try:
        with file.open(encoding="utf-8-sig", newline=None) as text:
            for number, line in enumerate(text, start=1):
                if line.strip():
                    yield number, line.rstrip("\n").split("\t")
    except UnicodeDecodeError as error:
        raise WrongFile(f"{file} is not UTF-8 text.") from error
