"""Where a track's file lies, and how its name is shown."""

import errno
import os
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from musicexplore.home import remember
from tracks.models import Track
from tracks.scanning import MAX_PATH_BYTES, is_inside

# What a track's row says of its file, beside `path_bytes`.
FILE_FIELDS = (
    "path",
    "state",
    "state_reason",
    "missing_since",
    "size",
    "mtime_ns",
    "duration",
    "sample_rate",
    "channels",
    "codec",
)


def audio_root() -> Path:
    """The folder that holds the library's music, with symbolic links resolved.

    Raises ImproperlyConfigured, saying what to do, where `AUDIO_DIR` is not set.
    """
    if not settings.AUDIO_DIR:
        raise ImproperlyConfigured(
            "There is no music folder yet: set AUDIO_DIR to it, for example in .env, "
            "or run `python manage.py index_all_audio --dir FOLDER`."
        )
    return Path(settings.AUDIO_DIR).expanduser().resolve()


def choose_folder(given: str | None) -> tuple[Path, Path]:
    """The music folder and the folder to index, for `--dir` or nothing; links are resolved.

    Where `AUDIO_DIR` is not set, `given` becomes it, and stays so for this library. Otherwise it
    has to lie inside. Raises ImproperlyConfigured, saying what to do.
    """
    if not given:
        root = audio_root()
        return root, root
    folder = Path(given).expanduser().resolve()
    if not settings.AUDIO_DIR:
        if not folder.is_dir():
            raise ImproperlyConfigured(f"There is no folder {folder}.")
        try:
            remember(settings.MUSICEXPLORE_HOME, "AUDIO_DIR", str(folder))
        except ValueError as error:
            raise ImproperlyConfigured(f"AUDIO_DIR cannot be {folder}: {error}") from error
        settings.AUDIO_DIR = str(folder)
    root = audio_root()
    if not folder.is_relative_to(root):
        if not folder.is_dir():
            raise ImproperlyConfigured(f"There is no folder {folder}.")
        raise ImproperlyConfigured(
            f"{folder} is not inside this library's music folder {root}. Give a folder inside it, "
            "or set MUSICEXPLORE_HOME to another place for a library of its own."
        )
    return root, folder


def absolute_path(track: Track) -> bytes:
    """The track's file below `AUDIO_DIR`, with symbolic links resolved.

    Raises FileNotFoundError where the file is gone, PermissionError where the path or a link
    leads out of `AUDIO_DIR`, or a folder on the way may not be entered.
    """
    root = os.fsencode(audio_root())
    try:
        path = os.path.realpath(root + b"/" + bytes(track.path_bytes), strict=True)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENAMETOOLONG):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), track.path) from error
        raise
    if not is_inside(path, root):
        raise PermissionError(errno.EACCES, "The file lies outside AUDIO_DIR", track.path)
    return path


def display_path(path: bytes) -> str:
    """A path for people and for text columns: bytes that are not UTF-8 appear as \\xNN."""
    text = path.decode("utf-8", errors="backslashreplace")
    return text.encode()[:MAX_PATH_BYTES].decode("utf-8", errors="ignore")
