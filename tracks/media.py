"""The one place that opens audio files.

FFmpeg opens far more than music: a playlist renamed `.mp3` makes it read other files. Only the
formats listed here, read from local files, are let in, whatever a file is called.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction

import av
import av.error
from av.container import InputContainer

AUDIO_EXTENSIONS = frozenset(
    {
        ".mp3",
        ".flac",
        ".ogg",
        ".oga",
        ".opus",
        ".m4a",
        ".aac",
        ".wav",
        ".aiff",
        ".aif",
        ".wma",
    }
)

# FFmpeg's names of the containers behind those extensions; none of them refers to other files
# (the `mov` demuxer follows no external references unless `enable_drefs` is set).
FORMATS = ("mp3", "flac", "ogg", "mov", "aac", "wav", "aiff", "asf")
_MICROSECONDS = Fraction(1, 1_000_000)  # unit of a container's duration


class MediaError(Exception):
    """A file that cannot be used; `str()` is one sentence for a person.

    `code`: "missing", "no-permission", "empty", "not-audio", "damaged" or "unsupported".
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)  # both, so that it survives pickling between processes
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class MediaInfo:
    """What a file's headers say, without decoding it."""

    duration: float | None  # seconds; None where the container does not know
    sample_rate: int  # Hz
    channels: int
    codec: str  # FFmpeg's name: "mp3", "flac", "opus", "pcm_s16le"


def open_audio(path: bytes | str, formats: Sequence[str] = FORMATS) -> InputContainer:
    """Opens a file that holds audio; the caller closes it (`with open_audio(path) as container`).

    `path` may be bytes in no particular encoding. The container's first audio stream can be
    decoded; other streams (covers, video) are left alone. Of `FORMATS`, those given are let in.
    Raises `MediaError`.
    """
    _check_file(path)
    options = {"format_whitelist": ",".join(formats), "protocol_whitelist": "file"}
    with translated_errors("not-audio", "This is not an audio file of a known format."):
        # "file:" keeps a name such as "concat:a|b" from being read as another protocol.
        container = av.open("file:" + os.fsdecode(path), options=options, metadata_errors="replace")
    try:
        _check_stream(container)
    except MediaError:
        container.close()
        raise
    return container


def probe(path: bytes | str, formats: Sequence[str] = FORMATS) -> MediaInfo:
    """Reads a file's headers. Raises `MediaError`."""
    with open_audio(path, formats) as container:
        stream = container.streams.audio[0]
        if stream.duration is not None and stream.time_base is not None:
            duration = float(stream.duration * stream.time_base)
        elif container.duration is not None:
            duration = float(container.duration * _MICROSECONDS)
        else:
            duration = None
        return MediaInfo(
            duration=duration if duration and duration > 0 else None,
            sample_rate=stream.codec_context.sample_rate,
            channels=stream.codec_context.channels,
            codec=stream.codec_context.name,
        )


@contextmanager
def translated_errors(code: str, message: str) -> Iterator[None]:
    """FFmpeg's errors as `MediaError`: those of the disk by their cause, others as given."""
    try:
        yield
    except (av.error.FileNotFoundError, FileNotFoundError) as error:
        raise _missing() from error
    except (av.error.PermissionError, PermissionError) as error:
        raise _no_permission() from error
    except av.error.FFmpegError as error:
        raise MediaError(code, message) from error
    except OSError as error:
        raise MediaError("damaged", f"The file could not be read: {error.strerror}.") from error


def _check_file(path: bytes | str) -> None:
    with translated_errors("damaged", "The file could not be read."):
        status = os.stat(path)  # noqa: PTH116 - paths may be bytes
        if not stat.S_ISREG(status.st_mode):  # a pipe would block for ever
            raise MediaError("not-audio", "This is not a file.")
        if status.st_size == 0:
            raise MediaError("empty", "The file is empty.")
        if not os.access(path, os.R_OK):
            raise _no_permission()


def _check_stream(container: InputContainer) -> None:
    if not container.streams.audio:
        raise MediaError("not-audio", "The file holds no audio.")
    context = container.streams.audio[0].codec_context
    if context is None:
        raise MediaError("unsupported", "The audio is in a format that cannot be decoded.")
    if not context.sample_rate or not context.channels:
        raise MediaError("damaged", "The file is damaged: no audio could be found in it.")


def _missing() -> MediaError:
    return MediaError("missing", "The file is no longer there.")


def _no_permission() -> MediaError:
    return MediaError("no-permission", "There is no permission to read the file.")
