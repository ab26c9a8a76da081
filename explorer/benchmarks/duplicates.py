"""Which duplicates are found among real tracks, and whether others are taken for some.

Copies of real tracks are made, encoded again, as a whole or without their beginning; and what must
not be proposed: the halves of tracks beside each other, and pieces on one instrument.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management import call_command
from numpy.typing import NDArray

from embeddings.benchmarks.common import BenchmarkError, audio_files, processor, weights_for
from embeddings.benchmarks.pieces import ENCODINGS, RATE, Encoding, encode, plucked_piece, read
from embeddings.duplicates.evidence import LEAST_SHARE
from embeddings.duplicates.models import DuplicatePair
from embeddings.duplicates.service import find_duplicates
from embeddings.extraction.service import extract
from explorer.benchmarks.database import own_database
from explorer.demo import fetch_music
from musicexplore.progress import Progress
from tracks.indexing import index_audio
from tracks.media import MediaError

MODEL = "msd-musicnn"
COPIES = 20  # of each kind
HALVED = 8  # tracks
PIECES = 6  # on one instrument
PIECE_SECONDS = 32.0
LEAST_CUT, MOST_CUT = 0.3, 20.0  # seconds
MOST_SHARE_CUT = 0.6  # of a track: as much as leaves a duplicate, see `LEAST_SHARE`


@dataclass(frozen=True)
class Made:
    """A file, and which part of which recording it holds, in seconds."""

    kind: str  # "original", "copy", "offset", "half" or "piece"
    source: int
    start: float
    end: float

    def in_common(self, other: "Made") -> float:
        if self.source != other.source:
            return 0.0
        return max(min(self.end, other.end) - max(self.start, other.start), 0.0)


@dataclass
class Library:
    """Files made below a folder, by their path below it."""

    folder: Path
    files: dict[str, Made] = field(default_factory=dict)

    def add(self, made: Made, samples: NDArray[np.float32], rate: int, encoding: Encoding) -> None:
        name = f"{made.kind}/{len(self.files):03}{encoding.extension}"
        (self.folder / made.kind).mkdir(exist_ok=True)
        part = samples[:, round(made.start * rate) : round(made.end * rate)]
        encode(part, rate, self.folder / name, encoding)
        self.files[name] = made

    def link(self, made: Made, source: Path) -> None:
        """An original as it is."""
        name = f"{made.kind}/{len(self.files):03}{source.suffix}"
        (self.folder / made.kind).mkdir(exist_ok=True)
        (self.folder / name).write_bytes(source.read_bytes())
        self.files[name] = made


def measure(
    audio: Path | None = None, *, seed: int = 0, progress: Progress | None = None
) -> dict[str, Any]:
    """Find the duplicates made of the tracks below `audio`, by default the demo's music.

    In a database, a folder of music and a home of its own. Raises `BenchmarkError`.
    """
    progress = progress or Progress()
    with TemporaryDirectory(prefix="musicexplore-benchmark-") as scratch, own_database():
        call_command("migrate", verbosity=0)
        with weights_for([MODEL], Path(scratch)) as weights:
            if audio is None:
                audio = Path(scratch) / "demo"
                fetch_music(audio, downloads=settings.MUSICEXPLORE_HOME / "downloads")
            library = Library(Path(scratch) / "music")
            library.folder.mkdir()
            make_library(library, audio_files(audio), np.random.default_rng(seed), progress)
            with _home(Path(scratch) / "home", weights, library.folder):
                index_audio(library.folder, folder=library.folder)
                extract(models=[MODEL], progress=progress)
                begun = time.perf_counter()
                summary = find_duplicates(progress=progress)
                seconds = time.perf_counter() - begun
                result = compared_with_truth(library.files)
    return result | {
        "tracks": summary.tracks,
        "pairs_compared": summary.compared,
        "seconds": round(seconds, 1),
        "seconds_a_track": round(seconds / summary.tracks, 2),
        "cpu": processor(),
    }


def make_library(
    library: Library, sources: list[Path], numbers: np.random.Generator, progress: Progress
) -> None:
    """Originals as they are, and all that is made of them; each draw is of different tracks."""
    if len(sources) < COPIES:
        raise BenchmarkError(f"{COPIES} tracks are needed, and there are {len(sources)}.")
    draws = {
        kind: {int(each): turn for turn, each in enumerate(drawn)}
        for kind, drawn in (
            ("copy", numbers.choice(len(sources), COPIES, replace=False)),
            ("offset", numbers.choice(len(sources), COPIES, replace=False)),
            ("half", numbers.choice(len(sources), HALVED, replace=False)),
        )
    }
    progress.start(len(sources) + PIECES, "files")
    for number, path in enumerate(sources):
        try:
            samples, rate = read(path)
        except MediaError as error:
            raise BenchmarkError(f"{path.name} cannot be used: {error}") from error
        length = samples.shape[1] / rate
        library.link(Made("original", number, 0.0, length), path)
        most = min(MOST_CUT, MOST_SHARE_CUT * length)
        for kind, draw in draws.items():
            if number not in draw:
                continue
            encoding = ENCODINGS[draw[number] % len(ENCODINGS)]
            cut = numbers.uniform(LEAST_CUT, most) if kind == "offset" else 0.0
            parts = [(0.0, length / 2), (length / 2, length)] if kind == "half" else [(cut, length)]
            for start, end in parts:
                library.add(Made(kind, number, start, end), samples, rate, encoding)
        progress.advance(1)
    for number in range(PIECES):
        piece = plucked_piece(number, PIECE_SECONDS)
        made = Made("piece", len(sources) + number, 0.0, PIECE_SECONDS)
        library.add(made, piece, RATE, ENCODINGS[0])
        progress.advance(1)


def compared_with_truth(files: dict[str, Made]) -> dict[str, Any]:
    """What was proposed, against what is known of each file.

    A pair is false where both have nothing in common. Each copy counts as found where its pair
    with the original was proposed.
    """
    pairs = DuplicatePair.objects.select_related("first", "second")
    found = {(pair.first.path, pair.second.path): pair for pair in pairs}
    false = [list(pair) for pair in found if not files[pair[0]].in_common(files[pair[1]])]
    originals = {made.source: name for name, made in files.items() if made.kind == "original"}
    result: dict[str, Any] = {}
    errors = []
    for kind in ("copy", "offset"):
        missed = []
        for name, made in files.items():
            if made.kind != kind:
                continue
            original = originals[made.source]
            forwards, backwards = (original, name), (name, original)
            if forwards in found:
                errors.append(abs(found[forwards].offset - made.start))
            elif backwards in found:
                errors.append(abs(found[backwards].offset + made.start))
            else:
                missed.append(name)
        result |= {f"{kind}_found": COPIES - len(missed), f"{kind}_of": COPIES}
        result[f"{kind}_missed"] = missed
    true = _true_pairs(files)
    return result | {
        "false_pairs": len(false),
        "false": false,
        "halves_proposed": sum(files[one].kind == files[two].kind == "half" for one, two in false),
        "pairs_found": sum((a, b) in found or (b, a) in found for a, b in true),
        "pairs_of": len(true),
        "offset_error_ms": round(1000 * max(errors, default=0.0), 1),
        "least_correlation": round(
            min((pair.correlation for pair in found.values() if pair.correlation), default=0.0), 3
        ),
    }


def _true_pairs(files: dict[str, Made]) -> list[tuple[str, str]]:
    """All that have enough in common to be called duplicates, through other copies as well."""
    names = sorted(files)
    return [
        (one, other)
        for place, one in enumerate(names)
        for other in names[place + 1 :]
        if files[one].in_common(files[other])
        >= LEAST_SHARE
        * 1.05  # encoders add some milliseconds
        * max(files[name].end - files[name].start for name in (one, other))
    ]


@contextmanager
def _home(home: Path, weights: Path, music: Path) -> Iterator[None]:
    """A home with these weights and music, meanwhile."""
    home.mkdir()
    (home / "models").symlink_to(weights.resolve())
    before = settings.MUSICEXPLORE_HOME, settings.AUDIO_DIR
    settings.MUSICEXPLORE_HOME, settings.AUDIO_DIR = home, str(music)
    try:
        yield
    finally:
        settings.MUSICEXPLORE_HOME, settings.AUDIO_DIR = before
