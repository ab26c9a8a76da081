"""How a track's file is called in a playlist, on this machine or on another."""

import os
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from django.conf import settings

from tracks.files import audio_root

PathKind = Literal["absolute", "relative", "rooted"]

# What names on Windows cannot have; programs that copy files there commonly write "_" instead.
_FORBIDDEN = str.maketrans(dict.fromkeys([*'<>:"|?*\\', *map(chr, range(32))], "_"))
_DEVICES = {"CON", "PRN", "AUX", "NUL"} | {
    f"{port}{i}" for port in ("COM", "LPT") for i in range(10)
}


class PathError(ValueError):
    """Why a line of a playlist cannot name a file: the part of a sentence after "because"."""


@dataclass(frozen=True)
class PathStyle:
    """A root before each path, if any, and whether separators and names are those of Windows."""

    root: str | None = None  # a folder, or an address (with "://"); None for relative paths
    windows: bool = False

    def path(self, name: bytes) -> str:
        """A file's path, given the one below `AUDIO_DIR`. Raises `PathError`."""
        if self.root is not None and "://" in self.root:
            return f"{self.root.rstrip('/')}/{quote(name)}"
        try:
            text = name.decode()
        except UnicodeDecodeError as error:
            return self._address(name, "its name is not UTF-8", error)
        if self.windows:
            return self._windows_path(text)
        if text.splitlines() != [text]:
            return self._address(name, "its name has a line break")
        if self.root is not None:
            return f"{self.root.rstrip('/')}/{text}"
        # A line that begins with # is a comment, and players drop space at its ends.
        return f"./{text}" if text[0] in "# \t" else text

    def _windows_path(self, text: str) -> str:
        parts = [_windows_name(part) for part in text.split("/")]
        if self.root is not None:
            parts.insert(0, self.root.replace("/", "\\").rstrip("\\"))
        elif parts[0][0] in "# \t":
            parts.insert(0, ".")
        return "\\".join(parts)

    def _address(self, name: bytes, reason: str, cause: Exception | None = None) -> str:
        """The only way to write such a name: percent-encoded, with which players know where."""
        if self.windows or self.root is None or not self.root.startswith("/"):
            raise PathError(reason) from cause
        return f"file://{quote(os.fsencode(self.root.rstrip('/')))}/{quote(name)}"


def path_style(kind: PathKind, *, root: str = "", windows: bool | None = None) -> PathStyle:
    """A way to write paths; what is left out is as the settings have it.

    Raises ImproperlyConfigured where absolute paths need an `AUDIO_DIR`, and `ValueError`, with a
    sentence, for what cannot be.
    """
    windows = settings.PLAYLIST_WINDOWS_PATHS if windows is None else windows
    if kind == "relative":
        return PathStyle(None, windows)
    if kind == "absolute":
        if windows:
            raise ValueError(
                "This machine's absolute paths mean nothing to Windows: "
                "ask for relative paths, or for another root."
            )
        return PathStyle(os.fspath(audio_root()))
    root = root or settings.PLAYLIST_ROOT
    if not root:
        raise ValueError("Below which folder? Give a root, or set PLAYLIST_ROOT.")
    if root.splitlines() != [root] or root.startswith("#"):
        raise ValueError("The root is one line that does not begin with #.")
    return PathStyle(root, windows)


def usual_kind() -> PathKind:
    """The paths that a playlist has where nobody asks for others."""
    if settings.PLAYLIST_ROOT:
        return "rooted"
    return "relative" if settings.PLAYLIST_WINDOWS_PATHS else "absolute"


def _windows_name(name: str) -> str:
    allowed = name.translate(_FORBIDDEN)
    stem, dot, rest = allowed.partition(".")
    if stem.strip().upper() in _DEVICES:
        allowed = f"{stem}_{dot}{rest}"
    kept = allowed.rstrip(". ")
    return kept + "_" * (len(allowed) - len(kept))
