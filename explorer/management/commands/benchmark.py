import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from embeddings.benchmarks import extraction, memory, sections
from embeddings.benchmarks.common import BenchmarkError
from embeddings.inference import PRECISIONS
from explorer.benchmarks import admin, catalogue, duplicates, file_query, neighbours, search
from explorer.benchmarks import map as map_benchmark
from musicexplore.progress import ConsoleProgress
from musicexplore.signals import terminated_like_interrupted


class Command(BaseCommand):
    help = "Measures the application; results alone go to standard output."
    requires_system_checks: list[str] = []  # neither library nor database is needed

    def add_arguments(self, parser: CommandParser) -> None:
        subjects = parser.add_subparsers(dest="subject", required=True)
        speed = _subject(
            subjects, "extraction", "time and parity against Essentia's way",
            extraction.measure, "audio", "precision", "rounds", "workers",
        )  # fmt: skip
        speed.add_argument("--rounds", type=int, default=3)
        speed.add_argument("--workers", type=int, metavar="N", help="of our side; one a core")
        peak = _subject(
            subjects, "memory", "peak memory of a worker on long files",
            memory.measure, "audio", "precision", "minutes",
        )  # fmt: skip
        peak.add_argument("--minutes", type=float, nargs=2, default=(10, 180))
        cuts = _subject(
            subjects, "sections", "boundaries found in mixes of tracks that fade into each other",
            sections.measure, "audio", "mixes", "seed",
        )  # fmt: skip
        cuts.add_argument("--mixes", type=int, default=16, metavar="N")
        cuts.add_argument("--seed", type=int, default=0, help="of the first mix")
        for subject in (speed, peak, cuts):
            subject.add_argument("--audio", type=Path, required=True, metavar="DIR")
        for subject in (speed, peak):
            subject.add_argument("--precision", choices=PRECISIONS, default="f32")
        page = _subject(
            subjects, "map", "the map of a large library made up for it, served and in a browser",
            map_benchmark.measure, "segments",
        )  # fmt: skip
        sound = _subject(
            subjects, "search", "recall and latency of search by sound in a library made up for it",
            search.measure, "segments",
        )  # fmt: skip
        for subject in (page, sound):
            subject.add_argument("--segments", type=int, default=1_000_000, metavar="N")
        labels = _subject(
            subjects, "neighbours", "labels of the library's nearest moments, for each layer",
            neighbours.measure, "category",
        )  # fmt: skip
        labels.add_argument(
            "--category", action="append", metavar="NAME", help="of tags, as often as you like"
        )
        load = _subject(
            subjects, "catalogue", "loading a file of MTG-Jamendo's form, repeated to a size",
            catalogue.measure, "file", "rows",
        )  # fmt: skip
        load.add_argument("--file", type=Path, required=True, metavar="TSV")
        load.add_argument("--rows", type=int, default=50_000, metavar="N")
        curated = _subject(
            subjects, "admin", "lists and forms of the admin in a library made up for it",
            admin.measure, "tracks",
        )  # fmt: skip
        curated.add_argument("--tracks", type=int, default=50_000, metavar="N")
        query = _subject(
            subjects, "file-query", "whether cuts of tracks are found again, and how soon",
            file_query.measure, "layer", "tries", "seed",
        )  # fmt: skip
        query.add_argument("--layer", default="msd-musicnn-embeddings")
        query.add_argument("--tries", type=int, default=40, metavar="N")
        query.add_argument("--seed", type=int, default=0)

        twins = _subject(
            subjects, "duplicates", "which copies made of real tracks are found, and what else is",
            duplicates.measure, "audio", "seed",
        )  # fmt: skip
        twins.add_argument("--audio", type=Path, metavar="DIR", help="of 20 tracks; the demo's")
        twins.add_argument("--seed", type=int, default=0)

    def handle(self, *, subject: str, **options: Any) -> None:
        chosen = {name: options[name] for name in options["options"]}
        progress = ConsoleProgress(f"Benchmark of {subject}")
        try:
            with terminated_like_interrupted():
                result = options["measure"](**chosen, progress=progress)
        except BenchmarkError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError("Stopped.", returncode=130) from error
        for remark in result.get("remarks", []):
            self.stderr.write(remark)
        if options["json"]:
            self.stdout.write(json.dumps(result, indent=2))
        else:
            for name, value in result.items():
                self.stdout.write(f"{name}: {value}")


def _subject(
    subjects: Any, name: str, help_text: str, measure: Callable[..., Any], *options: str
) -> CommandParser:
    """A subject of measurement; of its `options`, the function takes those named."""
    parser = subjects.add_parser(name, help=help_text)
    parser.set_defaults(measure=measure, options=options)
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser
