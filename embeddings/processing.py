"""Everything from a folder of music to maps: what `process_library` and the demo do.

Each step does only what is missing, so an interrupted run is repeated to go on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from embeddings.extraction.plan import choose_models
from embeddings.extraction.service import extract
from embeddings.extraction.summary import ExtractionSummary
from embeddings.jobs import tracked_job
from embeddings.models import Job, Layer
from embeddings.reduction.service import reduce_all
from embeddings.vector_index import index_all
from embeddings.weights.fetch import Fetched, fetch_into_home
from musicexplore.progress import Progress
from tracks.files import choose_folder, display_path
from tracks.indexing import index_audio
from tracks.metadata.loading import load_metadata

FIRST_MODEL = "msd-musicnn"
FIRST_METHODS = ("pca", "umap")
FIRST_BATCH = 32  # tracks until the first map
GROWTH = 4  # each batch is so many times the one before, so that few maps are made on the way


class ProcessingError(Exception):
    """The library cannot be processed further; the message names the cause and the remedy."""


def read_file_metadata(progress: Progress) -> str:
    """The step that reads the files' own metadata; returns what came of it, for a person."""
    summary = load_metadata(progress=progress)
    return "\n".join([*(f"{path}: {reason}" for path, reason in summary.problems), str(summary)])


@dataclass
class Processing:
    """One run through all steps. `say` takes lines for a person; `listen` makes a listener."""

    directory: str | None  # None: the music folder that is set
    say: Callable[[str], object]
    listen: Callable[[str], Progress]
    read_metadata: Callable[[Progress], str] = read_file_metadata
    workers: int | None = None

    def run(self) -> ExtractionSummary:
        """Do all steps; the result is that of the last extraction, which covers all models."""
        steps = (
            ("Find audio files", self._index),
            ("Read titles, artists and albums", self._read_metadata),
            ("Fetch the networks", self._fetch),
            ("Analyse with one network, for a first map", self._analyse_first),
            ("Analyse with the others", self._analyse_rest),
            ("Make all maps", self._make_maps),
            ("Index the vectors for search", self._index_vectors),
        )
        for number, (title, step) in enumerate(steps, start=1):
            self.say(f"Step {number} of {len(steps)}: {title}")
            step()
        return self.summary

    def _index(self) -> None:
        root, folder = choose_folder(self.directory)
        with tracked_job(
            Job.Kind.INDEX, {"dir": self.directory}, progress=self.listen("Index")
        ) as progress:
            summary = index_audio(root, folder=folder, exclude=settings.EXCLUDE, progress=progress)
        for problem in summary.problems:
            self.say(f"{display_path(problem.path) or folder}: {problem.reason}")
        if summary.warning:
            self.say(summary.warning)
        self.say("\n".join(summary.lines()))
        if not summary.found:
            raise ProcessingError(f"There are no audio files in {folder}.")

    def _read_metadata(self) -> None:
        with tracked_job(Job.Kind.METADATA, progress=self.listen("Metadata")) as progress:
            self.say(self.read_metadata(progress))

    def _fetch(self) -> None:
        def report(result: Fetched) -> None:
            self.say(result.reason or f"{result.name}: {result.state}")

        fetch_into_home(progress=self.listen("Downloading"), report=report)
        self.models, _ = choose_models(None)
        if not self.models:
            raise ProcessingError(
                "No network's weights are there, so nothing can be analysed. The lines above say "
                "why; `fetch_models --source DIR` takes them from a folder of yours."
            )

    def _analyse_first(self) -> None:
        first = FIRST_MODEL if FIRST_MODEL in self.models else min(self.models)
        layers = list(
            Layer.objects.filter(model__name=first, key="embeddings").values_list("name", flat=True)
        )
        size = FIRST_BATCH
        while True:
            summary = self._extract(models=[first], n_tracks=size)
            if summary.done:
                self._reduce(layers=layers, methods=FIRST_METHODS)
            if not summary.remaining:
                return
            size *= GROWTH

    def _analyse_rest(self) -> None:
        self.summary = self._extract()
        for line in self.summary.lines():
            self.say(line)

    def _make_maps(self) -> None:
        self._reduce()

    def _index_vectors(self) -> None:
        with tracked_job(
            Job.Kind.VECTOR_INDEX, progress=self.listen("Indexing vectors")
        ) as progress:
            results = index_all(progress=progress)
        self.say(f"Layers ready for search: {len(results)}.")

    def _extract(self, **request: Any) -> ExtractionSummary:
        request["workers"] = self.workers
        self.say(extract(**request, dry_run=True).announcement())
        with tracked_job(
            Job.Kind.EXTRACTION, request, progress=self.listen("Extracting")
        ) as progress:
            return extract(**request, progress=progress)

    def _reduce(self, **request: Any) -> None:
        with tracked_job(
            Job.Kind.REDUCTION, request, progress=self.listen("Making maps")
        ) as progress:
            summary = reduce_all(**request, progress=progress)
        self.say("\n".join([*summary.failed, str(summary)]))
