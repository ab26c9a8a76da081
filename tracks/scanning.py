"""Walks a folder of music and lists its audio files, whatever the disk answers.

Names are bytes throughout: a file system promises no encoding.
"""

import errno
import fnmatch
import os
import re
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tracks.media import AUDIO_EXTENSIONS

# What network drives, recycle bins, snapshots and macOS leave beside the music. Hidden names in
# general are kept: "...And Justice for All" and ".38 Special" are folders of music.
SKIPPED_NAMES = (
    "@eaDir",
    "#recycle",
    "@Recycle",
    "$RECYCLE.BIN",
    ".Trash*",
    "#snapshot",
    ".snapshot*",
    ".zfs",
    "._*",
    ".AppleDouble",
    ".git",
    ".stversions",
    "System Volume Information",
    "lost+found",
)
# A B-tree entry of PostgreSQL holds about 2,700 bytes, and paths are indexed.
MAX_PATH_BYTES = 2000


@dataclass(frozen=True)
class FoundFile:
    path: bytes  # below the root
    size: int  # bytes
    mtime_ns: int


@dataclass(frozen=True)
class ScanProblem:
    path: bytes  # below the root, b"" for the root itself
    reason: str


@dataclass
class Scan:
    files: list[FoundFile] = field(default_factory=list)
    problems: list[ScanProblem] = field(default_factory=list)
    # Folders (and files) that could not be looked at: nothing is known of what lies there.
    unread: list[bytes] = field(default_factory=list)

    def is_unread(self, path: bytes) -> bool:
        """Whether `path` is, or lies below, what could not be looked at."""
        return any(top in (b"", path) or path.startswith(top + b"/") for top in self.unread)


def name_filter(patterns: Sequence[str]) -> Callable[[bytes], bool]:
    """A test of paths against shell patterns (`*.mp3`, `Podcasts`, `live/*`), ignoring case.

    A pattern matches the whole path below the root or the last name alone; `**/` at its
    beginning and `/` at its end change nothing.
    """
    if not patterns:
        return lambda path: False
    cleaned = [pattern.removeprefix("**/").rstrip("/").lower() for pattern in patterns]
    regex = re.compile("|".join(fnmatch.translate(pattern) for pattern in cleaned))

    def matches(path: bytes) -> bool:
        text = os.fsdecode(path).lower()
        return bool(regex.match(text) or regex.match(text.rpartition("/")[2]))

    return matches


def is_audio(path: bytes) -> bool:
    """Whether the name ends as an audio file's does."""
    extension = os.path.splitext(path)[1]  # noqa: PTH122 - paths are bytes
    return os.fsdecode(extension).lower() in AUDIO_EXTENSIONS


def audio_filter(wildcards: Sequence[str] = ()) -> Callable[[bytes], bool]:
    """A test of paths: audio files, matching one of `wildcards` where any are given."""
    if not wildcards:
        return is_audio
    chosen = name_filter(wildcards)
    return lambda path: is_audio(path) and chosen(path)


def is_inside(path: bytes, folder: bytes) -> bool:
    """Whether `path` lies below `folder`; both are absolute and free of links."""
    return path.startswith(folder.rstrip(b"/") + b"/")


def scan_folder(
    root: bytes,
    *,
    folder: bytes = b"",
    wildcards: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> Scan:
    """Lists the audio files below `folder`, itself below `root` (absolute, without links).

    Linked folders are not entered: inside the root their files are found where they really lie,
    and nothing outside it may be played. A linked file counts where a scan would not meet the
    file itself. What cannot be read is reported.
    Raises FileNotFoundError or NotADirectoryError where `folder` itself is not there.
    """
    walk = _Walk(root, audio_filter(wildcards), name_filter([*SKIPPED_NAMES, *exclude]))
    walk.visit(folder)
    walk.add_links()
    walk.scan.files.sort(key=lambda found: found.path)
    return walk.scan


class _Walk:
    def __init__(
        self, root: bytes, is_chosen: Callable[[bytes], bool], is_skipped: Callable[[bytes], bool]
    ) -> None:
        self.root = root
        self.is_chosen = is_chosen
        self.is_skipped = is_skipped
        self.scan = Scan()
        self.links: list[bytes] = []
        self.folders: list[bytes] = []

    def visit(self, top: bytes) -> None:
        self.folders.append(top)
        while self.folders:
            folder = self.folders.pop()
            try:
                with os.scandir(self._absolute(folder)) as entries:
                    for entry in entries:
                        self._meet(folder + b"/" + entry.name if folder else entry.name, entry)
            except OSError as error:
                if folder == top and isinstance(error, FileNotFoundError | NotADirectoryError):
                    raise
                self._report(folder, f"The folder could not be read: {error.strerror}.")
                self.scan.unread.append(folder)

    def _meet(self, path: bytes, entry: os.DirEntry[bytes]) -> None:
        if self.is_skipped(path):
            return
        if entry.is_symlink():
            self.links.append(path)
        elif entry.is_dir(follow_symlinks=False):
            self.folders.append(path)
        elif self.is_chosen(path):
            try:
                self._add(path, entry.stat(follow_symlinks=False))
            except FileNotFoundError:
                pass  # gone since the folder was listed
            except OSError as error:
                self._report(path, f"The file could not be looked at: {error.strerror}.")
                self.scan.unread.append(path)

    def _add(self, path: bytes, status: os.stat_result) -> None:
        if len(path) > MAX_PATH_BYTES:
            self._report(path, f"The path is longer than {MAX_PATH_BYTES} bytes.")
        elif stat.S_ISREG(status.st_mode):  # a pipe named .mp3 would block for ever
            self.scan.files.append(FoundFile(path, status.st_size, status.st_mtime_ns))

    def add_links(self) -> None:
        """Settles the links met on the way."""
        targets: set[bytes] = set()
        for link in sorted(self.links):
            try:
                target = os.path.realpath(self._absolute(link), strict=True)
                status = os.stat(target)  # noqa: PTH116 - paths are bytes
            except OSError as error:
                if self.is_chosen(link) or error.errno == errno.ELOOP:
                    self._report(link, f"The link leads nowhere: {error.strerror}.")
                continue
            if stat.S_ISDIR(status.st_mode):
                self._report(link, "A link to a folder is not followed.")
            elif self.is_chosen(link):
                if not is_inside(target, self.root):
                    self._report(link, "The link leads out of the music folder.")
                elif target not in targets and not self._is_met(target):
                    targets.add(target)
                    self._add(link, status)

    def _is_met(self, target: bytes) -> bool:
        """Whether a scan of the whole root meets the file `target` itself."""
        names = target[len(self.root.rstrip(b"/")) + 1 :].split(b"/")
        ways = [b"/".join(names[: depth + 1]) for depth in range(len(names))]
        return is_audio(names[-1]) and not any(self.is_skipped(way) for way in ways)

    def _absolute(self, path: bytes) -> bytes:
        return self.root + b"/" + path if path else self.root

    def _report(self, path: bytes, reason: str) -> None:
        self.scan.problems.append(ScanProblem(path, reason))
