from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError, CommandParser

from embeddings.extraction.pool import ExtractionError
from embeddings.management.stoppable import StoppableCommand
from embeddings.processing import Processing, ProcessingError
from musicexplore.arguments import positive_int
from musicexplore.progress import ConsoleProgress


class Command(StoppableCommand):
    help = (
        "Does everything from a folder of music to maps: index, metadata, weights, extraction "
        "(one network first, so that a map appears early), maps. Interrupted, it goes on when "
        "run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", nargs="?", metavar="DIR", help="default: AUDIO_DIR")
        parser.add_argument("--workers", type=positive_int, metavar="N", help="default: one a core")
        parser.add_argument("--strict", action="store_true", help="status 1 if a track failed")

    def handle(self, **options: Any) -> None:
        processing = Processing(
            directory=options["dir"],
            say=self.stdout.write,
            listen=ConsoleProgress,
            workers=options["workers"],
        )
        try:
            summary = processing.run()
        except (ProcessingError, ExtractionError, ImproperlyConfigured, OSError) as error:
            raise CommandError(str(error)) from error
        if options["strict"] and summary.failed.total:
            raise CommandError(f"{summary.failed.total} tracks could not be analysed.")
