"""What is done with somebody's file, in a child process of limited means: look, then listen."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.audio.decode import Block, decode
from embeddings.audio.waveform import Envelope, first_cell
from embeddings.children import Limits, confine
from embeddings.file_queries.copying import FlacCopy
from embeddings.inference import InferenceUnavailable
from embeddings.pipeline import Pipeline
from embeddings.registry import MODELS
from tracks.media import MediaError, MediaInfo, probe

# A file up to so long is heard a second time, from half a segment on: of a short cut, segments
# that lie between those of its track can be like neither of two. See docs/search.md.
TWICE_SECONDS = 60.0
TELL_SECONDS = 0.3  # between two words on how far it is


@dataclass(frozen=True)
class Task:
    """A file to be heard by a network."""

    path: Path
    format: str  # of `tracks.media.FORMATS`: the one that may be opened
    model: str  # of the registry
    weights: Path
    copy: Path | None  # where to write the audio as FLAC; None where that was done before
    longest: float  # seconds


@dataclass(frozen=True)
class Looked:
    info: MediaInfo


@dataclass(frozen=True)
class Refused:
    """The file cannot be used; as of `MediaError`, or "too-long"."""

    code: str
    reason: str  # one sentence for a person


@dataclass(frozen=True)
class Progressed:
    seconds: float  # of audio heard so far


@dataclass(frozen=True)
class Hearing:
    """What a network heard, from so many seconds on."""

    offset: float
    vectors: dict[str, NDArray[np.float32]]  # by layer name: (segments, size)


@dataclass(frozen=True)
class Heard:
    duration: float  # seconds, as decoded
    loudness: float | None  # LUFS
    levels: NDArray[np.float32]  # (2, cells): peak and root mean square over time
    hearings: list[Hearing]  # the first from the beginning


def look(pipe: Connection, limits: Limits, path: Path, format_: str) -> None:
    """Send `Looked` of a file of which a first block can be decoded, or `Refused`."""
    confine(limits)
    try:
        info = probe(str(path), [format_])
        next(decode(str(path), [format_]))
        pipe.send(Looked(info))
    except MediaError as error:
        pipe.send(Refused(error.code, str(error)))
    except MemoryError:
        pipe.send(_too_much_memory())


def listen(pipe: Connection, limits: Limits, task: Task) -> None:
    """Send `Progressed` now and then, and at last `Heard` or `Refused`."""
    try:
        pipeline = Pipeline({task.model: task.weights}, threads=1)
    except InferenceUnavailable as error:
        pipe.send(Refused("no-network", str(error)))
        return
    confine(limits)
    try:
        pipe.send(_heard(pipe, task, pipeline))
    except MediaError as error:
        pipe.send(Refused(error.code, str(error)))
    except MemoryError:
        pipe.send(_too_much_memory())


def too_long(longest: float) -> MediaError:
    """For files that last longer than they may, in seconds."""
    minutes = f"{longest / 60:.3g} minutes"
    return MediaError("too-long", f"The file lasts longer than {minutes}: cut out a part of it.")


def _heard(pipe: Connection, task: Task, pipeline: Pipeline) -> Heard:
    watch = _Watch(pipe, task)
    analysis = pipeline.analyse_blocks(watch.watched(decode(str(task.path), [task.format])))
    watch.finish()
    hearings = [Hearing(0.0, analysis.vectors)]
    segment = MODELS[task.model].segment_seconds
    offset = round(segment / 2, 6)
    if offset + segment <= analysis.duration <= TWICE_SECONDS:
        blocks = without_beginning(decode(str(task.path), [task.format]), offset)
        hearings.append(Hearing(offset, pipeline.analyse_blocks(blocks).vectors))
    return Heard(analysis.duration, analysis.loudness, watch.levels(), hearings)


def without_beginning(blocks: Iterator[Block], seconds: float) -> Iterator[Block]:
    """The same audio from so many seconds on."""
    left = seconds
    for block in blocks:
        skipped = min(round(left * block.rate), block.samples.shape[1])
        left -= skipped / block.rate
        if skipped < block.samples.shape[1]:
            yield Block(block.samples[:, skipped:], block.rate)


class _Watch:
    """Goes along with the blocks of a file: its length, its levels, its copy."""

    def __init__(self, pipe: Connection, task: Task) -> None:
        self._pipe = pipe
        self._longest = task.longest
        self._copy = FlacCopy(task.copy) if task.copy else None
        self._envelope: Envelope | None = None
        self._rate = 0
        self._seconds = 0.0
        self._told = time.monotonic()

    def watched(self, blocks: Iterator[Block]) -> Iterator[Block]:
        for block in blocks:
            if self._envelope is None:
                self._rate = block.rate
                self._envelope = Envelope(first_cell(block.rate))
            self._envelope.add(block.samples, round(self._seconds * self._rate))
            self._seconds += block.samples.shape[1] / block.rate
            if self._seconds > self._longest:
                raise too_long(self._longest)
            if self._copy:
                self._copy.add(block)
            if time.monotonic() - self._told > TELL_SECONDS:
                self._told = time.monotonic()
                self._pipe.send(Progressed(self._seconds))
            yield block

    def finish(self) -> None:
        if self._copy:
            self._copy.finish()

    def levels(self) -> NDArray[np.float32]:
        assert self._envelope is not None  # `decode` gives a block at least, or raises
        return self._envelope.levels()


def _too_much_memory() -> Refused:
    return Refused("memory", "The file asks for more memory than it may have.")
