from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from embeddings.exchange.importing import import_layer
from musicexplore.progress import ConsoleProgress


class Command(BaseCommand):
    help = "Brings another model's vectors in as a layer of its own, from .parquet or .npz."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("layer", help="its name here: <dataset>-<architecture>-<layer>")
        parser.add_argument(
            "file", type=Path, help="columns path, position, start, end (seconds) and vector"
        )
        parser.add_argument(
            "--skip-unknown", action="store_true", help="leave out paths not in the library"
        )

    def handle(self, **options: Any) -> None:
        try:
            done = import_layer(
                options["layer"],
                options["file"],
                skip_unknown=options["skip_unknown"],
                progress=ConsoleProgress("Importing"),
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{done.layer.name}: {done.segments} segments of {done.tracks} tracks"
            + (f"; {done.unknown} unknown paths left out" if done.unknown else "")
            + ". Next: reduce_all."
        )
