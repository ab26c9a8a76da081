from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from embeddings.registry import MODELS
from embeddings.weights.fetch import Fetched, fetch_into_home
from embeddings.weights.graphs import WeightsError
from musicexplore.progress import ConsoleProgress


class Command(BaseCommand):
    help = (
        "Fetches the networks' weights into MUSICEXPLORE_HOME/models. Without MODEL: the four "
        "MusiCNN and VGG models, or all that --source has. Fetching again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("models", nargs="*", metavar="MODEL", help=", ".join(MODELS))
        parser.add_argument(
            "--source",
            metavar="pypi|essentia|DIR",
            help="the musicnn wheel (ISC), Essentia's files (CC BY-NC-SA 4.0) or a directory",
        )

    def handle(self, *, models: list[str], source: str | None, **options: Any) -> None:
        try:
            results = fetch_into_home(
                models, source=source, progress=ConsoleProgress("Downloading"), report=self.report
            )
        except WeightsError as error:
            raise CommandError(str(error)) from error
        if any(result.failed for result in results):
            raise CommandError("Not all models could be fetched; the reasons are above.")

    def report(self, result: Fetched) -> None:
        if result.state == "unavailable":
            self.stderr.write(result.reason)
        else:
            self.stdout.write(f"{result.name}: {result.state} ({result.source})")
