import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from embeddings.benchmarks import extraction, memory
from embeddings.benchmarks.common import BenchmarkError
from embeddings.inference import PRECISIONS
from musicexplore.progress import ConsoleProgress


class Command(BaseCommand):
    help = "Measures the application; results alone go to standard output."
    requires_system_checks: list[str] = []  # neither library nor database is needed

    def add_arguments(self, parser: CommandParser) -> None:
        subjects = parser.add_subparsers(dest="subject", required=True)
        speed = subjects.add_parser("extraction", help="time and parity against Essentia's way")
        speed.set_defaults(measure=extraction.measure, options=("rounds", "workers"))
        speed.add_argument("--rounds", type=int, default=3)
        speed.add_argument("--workers", type=int, metavar="N", help="of our side; one a core")
        peak = subjects.add_parser("memory", help="peak memory of a worker on long files")
        peak.set_defaults(measure=memory.measure, options=("minutes",))
        peak.add_argument("--minutes", type=float, nargs=2, default=(10, 180))
        for subject in (speed, peak):
            subject.add_argument("--audio", type=Path, required=True, metavar="DIR")
            subject.add_argument("--precision", choices=PRECISIONS, default="f32")
            subject.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *, subject: str, audio: Path, precision: str, **options: Any) -> None:
        chosen = {name: options[name] for name in options["options"]}
        progress = ConsoleProgress(f"Benchmark of {subject}")
        try:
            result = options["measure"](audio, precision=precision, progress=progress, **chosen)
        except BenchmarkError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(result, indent=2))
        else:
            for name, value in result.items():
                self.stdout.write(f"{name}: {value}")
