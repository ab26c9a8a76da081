"""Brings the library's rows in line with the files on disk; nothing is ever deleted."""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from musicexplore.progress import Progress
from tracks.bulk import update_rows
from tracks.catalogue import settle
from tracks.files import FILE_FIELDS, display_path
from tracks.jamendo.parsing import low_quality_path
from tracks.media import MediaError, probe
from tracks.models import Track
from tracks.scanning import (
    SKIPPED_NAMES,
    FoundFile,
    Scan,
    ScanProblem,
    audio_filter,
    is_inside,
    name_filter,
    scan_folder,
)
from tracks.text import clean, readable_title

# More than this share of the known files gone is taken for a disk that is not there.
MAX_VANISHED_SHARE = 0.2
PROBE_THREADS = 8  # opening files waits for the disk, not for the processor
BATCH = 500
NAMED = 5  # unreadable files that a summary names

_WRITTEN = (*FILE_FIELDS, "updated_at")


@dataclass
class IndexSummary:
    """What an index run found, in tracks."""

    found: int = 0
    new: int = 0
    changed: int = 0
    returned: int = 0
    vanished: int = 0
    unreadable: int = 0
    held_back: int = 0  # gone, but too many at once to believe
    problems: list[ScanProblem] = field(default_factory=list)
    bad_files: list[Track] = field(default_factory=list)  # the first of those unreadable

    def __str__(self) -> str:
        counts = {
            "new": self.new,
            "changed": self.changed,
            "returned": self.returned,
            "vanished": self.vanished,
            "unreadable": self.unreadable,
        }
        changes = [f"{count:,} {name}" for name, count in counts.items() if count]
        return ", ".join([f"{self.found:,} found", *changes]) + "."

    def lines(self) -> Iterator[str]:
        """The whole summary, for a terminal."""
        yield str(self)
        for track in self.bad_files:
            yield f"  {track.path}: {track.state_reason}"
        if more := self.unreadable - len(self.bad_files):
            yield f"  and {more:,} more that cannot be read"

    @property
    def warning(self) -> str:
        """What a person has to decide, if anything."""
        if not self.held_back:
            return ""
        return (
            f"{self.held_back:,} known files are not there. As that is many at once, none was "
            "marked as missing: the disk may not be mounted. "
            "If they are really gone or moved, run this again with --accept-missing."
        )


@dataclass(frozen=True)
class _Known:
    """What the database knows of a file."""

    id: int
    state: str
    size: int | None
    mtime_ns: int | None
    codec: str

    @property
    def is_expected(self) -> bool:
        """Whether the file is said to be there."""
        return self.state in (Track.State.PRESENT, Track.State.UNREADABLE)

    def is_unchanged(self, found: FoundFile) -> bool:
        return (self.size, self.mtime_ns) == (found.size, found.mtime_ns)


def index_audio(
    root: Path,
    *,
    folder: Path,
    wildcards: Sequence[str] = (),
    exclude: Sequence[str] = (),
    accept_missing: bool = False,
    progress: Progress | None = None,
) -> IndexSummary:
    """Indexes the audio files below `folder`, which is `root` or inside it; both without links.

    Files are compared by size and time alone; only new and changed ones are opened. Where the
    folder is empty, or more than 20% of its known files are gone, none is marked as missing
    unless `accept_missing`. Tracks below folders that could not be read stay as they are.
    Raises FileNotFoundError where the folder is not there (with `accept_missing`, all its tracks
    are marked instead).
    """
    progress = progress or Progress()
    below = b"" if folder == root else os.fsencode(folder.relative_to(root))
    scan = _scan(os.fsencode(root), below, wildcards, exclude, accept_missing)
    known = dict(_known_files(below, wildcards))
    _find_catalogue_files(scan, known)
    return _bring_in_line(os.fsencode(root), scan, known, accept_missing, progress)


@dataclass
class Differences:
    """What the disk says otherwise than the rows: paths for people."""

    gone: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)  # size or time
    returned: list[str] = field(default_factory=list)  # missing, or in the catalogue only
    unseen: list[ScanProblem] = field(default_factory=list)
    held_back: bool = False  # too many are gone at once to believe


def differences(root: Path, *, exclude: Sequence[str] = ()) -> Differences:
    """Compares known files with the disk by size and time, without opening or changing any.

    Files that the library does not know yet are not looked for, and those reached by a link are
    left to `index_audio`. `root` is without links.
    """
    known = dict(_known_files(b"", ()))
    scan = _look_at_known(os.fsencode(root), known, exclude)
    found = {file.path: file for file in scan.files}
    differences = Differences(unseen=scan.problems)
    for path, row in known.items():
        name = display_path(path)
        if path not in found:
            if row.is_expected:
                differences.gone.append(name)
        elif not row.is_expected:
            differences.returned.append(name)
        elif not row.is_unchanged(found[path]):
            differences.changed.append(name)
    expected = sum(row.is_expected for row in known.values())
    differences.held_back = _too_many(len(differences.gone), expected, scan)
    return differences


def index_known(
    root: Path, *, exclude: Sequence[str] = (), progress: Progress | None = None
) -> IndexSummary:
    """As `index_audio` of the whole `root`, for what `differences` finds: no new files."""
    known = dict(_known_files(b"", ()))
    scan = _look_at_known(os.fsencode(root), known, exclude)
    return _bring_in_line(os.fsencode(root), scan, known, False, progress or Progress())


def _bring_in_line(
    root: bytes, scan: Scan, known: dict[bytes, _Known], accept_missing: bool, progress: Progress
) -> IndexSummary:
    summary = IndexSummary(found=len(scan.files), problems=scan.problems)
    to_probe, returned = _sort_out(scan, known, summary)
    _mark_returned(returned)
    progress.start(len(to_probe), "tracks")
    _probe_and_store(root, to_probe, summary, progress)
    _mark_vanished(scan, known, accept_missing, summary)
    settle(len(to_probe))
    progress.finish(str(summary))
    return summary


def _look_at_known(root: bytes, known: dict[bytes, _Known], exclude: Sequence[str]) -> Scan:
    """A scan of the known files alone; drops from `known` what only a walk can judge."""
    is_skipped = name_filter([*SKIPPED_NAMES, *exclude])
    scan = Scan()
    for path in list(known):
        names = path.split(b"/")
        if any(is_skipped(b"/".join(names[: depth + 1])) for depth in range(len(names))):
            del known[path]
            continue
        absolute = root + b"/" + path
        try:
            status = os.stat(absolute)  # noqa: PTH116 - paths are bytes
            direct = os.path.realpath(absolute) == absolute
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            reason = f"The file could not be looked at: {error.strerror}."
            scan.problems.append(ScanProblem(path, reason))
            direct = False
        if not direct:
            del known[path]
        elif stat.S_ISREG(status.st_mode):
            scan.files.append(FoundFile(path, status.st_size, status.st_mtime_ns))
    return scan


def _scan(
    root: bytes, below: bytes, wildcards: Sequence[str], exclude: Sequence[str], accept: bool
) -> Scan:
    try:
        return scan_folder(root, folder=below, wildcards=wildcards, exclude=exclude)
    except (FileNotFoundError, NotADirectoryError) as error:
        if accept:
            return Scan()
        place = display_path(root + b"/" + below)
        raise FileNotFoundError(
            f"The folder {place} is not there. Is its disk mounted? Nothing was changed."
        ) from error


def _known_files(below: bytes, wildcards: Sequence[str]) -> Iterator[tuple[bytes, _Known]]:
    chosen = audio_filter(wildcards)
    rows = Track.objects.values_list("path_bytes", "id", "state", "size", "mtime_ns", "codec")
    for path_bytes, id, state, size, mtime_ns, codec in rows.iterator(chunk_size=5000):
        path = bytes(path_bytes)
        if (not below or is_inside(path, below)) and chosen(path):
            yield path, _Known(id, state, size, mtime_ns, codec)


def _find_catalogue_files(scan: Scan, known: dict[bytes, _Known]) -> None:
    """Gives tracks of the catalogue the name of their low-quality file, where that is found."""
    low = {
        low_quality_path(path): path
        for path, row in known.items()
        if row.state == Track.State.CATALOGUE
    }
    renamed = [
        (known.pop(low[found.path]), found.path)
        for found in scan.files
        if found.path in low and found.path not in known
    ]
    update_rows(
        Track,
        ["path", "path_bytes"],
        [(row.id, display_path(path), path) for row, path in renamed],
    )
    known |= {path: row for row, path in renamed}


def _sort_out(
    scan: Scan, known: dict[bytes, _Known], summary: IndexSummary
) -> tuple[list[FoundFile], list[int]]:
    """The files to open, and the ids of tracks that are back as they were."""
    to_probe: list[FoundFile] = []
    returned: list[int] = []
    for found in scan.files:
        row = known.get(found.path)
        if row is None:
            summary.new += 1
        elif row.state in (Track.State.MISSING, Track.State.CATALOGUE):
            summary.returned += 1
        elif not row.is_unchanged(found):
            summary.changed += 1
        if row is None or not row.is_unchanged(found) or not row.codec:
            # No codec: it could not be read, and a permission given leaves no trace in size or
            # time; so it is tried again.
            to_probe.append(found)
        elif row.state == Track.State.MISSING:
            returned.append(row.id)
    return to_probe, returned


def _mark_returned(ids: list[int]) -> None:
    Track.objects.filter(id__in=ids).update(
        state=Track.State.PRESENT, state_reason="", missing_since=None, updated_at=timezone.now()
    )


def _probe_and_store(
    root: bytes, files: list[FoundFile], summary: IndexSummary, progress: Progress
) -> None:
    def described(found: FoundFile) -> Track:
        return _describe(root, found)

    with ThreadPoolExecutor(PROBE_THREADS) as pool:
        for batch in _batches(files, BATCH):
            tracks = list(pool.map(described, batch))
            Track.objects.bulk_create(
                tracks,
                update_conflicts=True,
                unique_fields=["path_bytes"],
                update_fields=_WRITTEN,
            )
            bad = [track for track in tracks if track.state == Track.State.UNREADABLE]
            summary.unreadable += len(bad)
            summary.bad_files += bad[: NAMED - len(summary.bad_files)]
            progress.advance(len(tracks), failed=len(bad))


def _describe(root: bytes, found: FoundFile) -> Track:
    track = Track(
        path=display_path(found.path),
        path_bytes=found.path,
        title=readable_title(found.path),
        size=found.size,
        mtime_ns=found.mtime_ns,
        updated_at=timezone.now(),
    )
    try:
        info = probe(root + b"/" + found.path)
    except MediaError as error:
        reason = str(error)
    except Exception as error:  # whatever a broken file provokes, the others are indexed
        reason = f"The file could not be read: {error}"
    else:
        track.duration = info.duration
        track.sample_rate = info.sample_rate
        track.channels = info.channels
        track.codec = info.codec[:40]
        return track
    track.state = Track.State.UNREADABLE
    track.state_reason = clean(reason)
    return track


@transaction.atomic
def _mark_vanished(
    scan: Scan, known: dict[bytes, _Known], accept_missing: bool, summary: IndexSummary
) -> None:
    expected = {path: row.id for path, row in known.items() if row.is_expected}
    found = {file.path for file in scan.files}
    vanished = [
        id for path, id in expected.items() if path not in found and not scan.is_unread(path)
    ]
    if _too_many(len(vanished), len(expected), scan) and not accept_missing:
        summary.held_back = len(vanished)
        return
    now = timezone.now()
    summary.vanished = Track.objects.filter(id__in=vanished).update(
        state=Track.State.MISSING, state_reason="", missing_since=now, updated_at=now
    )


def _too_many(vanished: int, expected: int, scan: Scan) -> bool:
    """Whether so many of the expected files are gone at once that it is not believed."""
    return bool(vanished) and (not scan.files or vanished > MAX_VANISHED_SHARE * expected)


def _batches(items: Iterable[FoundFile], size: int) -> Iterator[list[FoundFile]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
