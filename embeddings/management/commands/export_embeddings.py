from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from embeddings.exchange.exporting import export_layer
from embeddings.queries import chosen_layers
from musicexplore.progress import ConsoleProgress


class Command(BaseCommand):
    help = "Writes a layer's vectors into a .parquet or .npz file, one row a segment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("layer", help="such as msd-musicnn-embeddings")
        parser.add_argument("file", type=Path, help=".parquet (any size) or .npz (fits in memory)")

    def handle(self, **options: Any) -> None:
        try:
            (layer,) = chosen_layers([options["layer"]])
            done = export_layer(layer, options["file"], progress=ConsoleProgress("Exporting"))
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{done.segments} segments of {done.size} numbers in {done.path}")
