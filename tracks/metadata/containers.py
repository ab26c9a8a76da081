"""Every container's tags as one mapping: name in lower case -> values."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import mutagen
from mutagen.apev2 import APENoHeaderError, APEv2
from mutagen.asf import ASFTags
from mutagen.id3 import ID3, ID3NoHeaderError
from mutagen.mp4 import MP4Tags

from tracks.media import MediaError, open_audio

RawTags = Mapping[str, list[str]]


class MetadataError(Exception):
    """Tags that could not be read; `str()` is one sentence for a person."""


def open_tags(path: bytes) -> Any:
    """mutagen's object of the tags of a file, or None where it has none that mutagen knows.

    Raises MetadataError, and OSError where the file cannot be opened.
    """
    failure: Exception | None = None
    with Path(os.fsdecode(path)).open("rb") as file:
        # The readers of bare tags come last: for audio whose own format has no tags.
        for reader in (mutagen.File, ID3, APEv2):
            file.seek(0)
            try:
                found = reader(file)
            except OSError:
                raise
            except (ID3NoHeaderError, APENoHeaderError):
                continue
            except Exception as error:  # mutagen's parsers meet broken bytes with any exception
                failure = failure or error
            else:
                if getattr(found, "tags", found) is not None:
                    return found
    if failure:
        raise MetadataError(f"The tags could not be read: {failure}") from failure
    return None


def read_raw(path: bytes) -> RawTags:
    """All text tags of a file. Raises MetadataError, and OSError."""
    audio = open_tags(path)
    tags = getattr(audio, "tags", audio)
    if tags is None:
        return _from_ffmpeg(path)
    collected: dict[str, list[str]] = {}
    for name, values in _items(tags):
        collected.setdefault(name.lower(), []).extend(value for value in values if value.strip())
    return collected


def _items(tags: Any) -> Iterable[tuple[str, list[str]]]:
    if isinstance(tags, ID3):
        return (_id3_item(frame) for frame in tags.values())
    if isinstance(tags, MP4Tags):
        return ((name, _mp4_texts(values)) for name, values in tags.items())
    if isinstance(tags, ASFTags):
        return ((name, [str(value)]) for name, value in tags)
    if isinstance(tags, APEv2):
        return ((name, str(value).split("\0")) for name, value in tags.items() if value.kind == 0)
    return ((name, [value]) for name, value in tags)  # Vorbis comments


def _id3_item(frame: Any) -> tuple[str, list[str]]:
    name = frame.FrameID
    if name in ("TXXX", "UFID"):
        name += ":" + (frame.desc if name == "TXXX" else frame.owner)
    if name == "TCON":
        return name, frame.genres  # numbers of ID3v1 genres are made names
    if name.startswith("UFID"):
        return name, [frame.data.decode("ascii", errors="ignore")]
    return name, [str(value) for value in getattr(frame, "text", [])]


def _mp4_texts(values: Any) -> list[str]:
    return [_mp4_text(value) for value in (values if isinstance(values, list) else [values])]


def _mp4_text(value: Any) -> str:
    if isinstance(value, tuple):  # number and total
        return str(value[0])
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return str(value)


def _from_ffmpeg(path: bytes) -> RawTags:
    """What mutagen does not read: RIFF INFO of WAV files, text chunks of AIFF files."""
    try:
        with open_audio(path) as container:
            return {name.lower(): [value] for name, value in container.metadata.items() if value}
    except MediaError as error:
        raise MetadataError(str(error)) from error
