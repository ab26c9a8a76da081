"""What the parent and its worker processes say to each other, pickled through a pipe."""

from dataclasses import dataclass
from pathlib import Path

from embeddings.pipeline import TrackAnalysis


@dataclass(frozen=True)
class Engine:
    """How a worker analyses: the same for a whole run."""

    weights: dict[str, Path]  # per model name
    backend: str
    precision: str


@dataclass(frozen=True)
class Request:
    """Analyse a file with some of the engine's models."""

    track_id: int
    path: bytes
    models: tuple[str, ...]
    # Where the decoded audio has one of these hashes, its vectors are there already.
    known_hashes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Loaded:
    """The graphs are in place: from here on, what goes wrong is the file's doing."""


@dataclass(frozen=True)
class Unavailable:
    """The run cannot go on as asked, whatever the file: no such backend or precision here."""

    reason: str


@dataclass(frozen=True)
class Analysed:
    track_id: int
    analysis: TrackAnalysis
    seconds: float  # the work took


@dataclass(frozen=True)
class SameAudio:
    """The file holds audio that is known; only its name or its tags are new."""

    track_id: int
    audio_hash: str


@dataclass(frozen=True)
class Failed:
    track_id: int
    reason: str  # one sentence for a person
    code: str  # of MediaError; "error", "crash" or "time" where it was not the file that said so


Outcome = Analysed | SameAudio | Failed
