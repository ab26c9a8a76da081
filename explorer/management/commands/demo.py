from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from embeddings.extraction.pool import ExtractionError
from embeddings.management.stoppable import StoppableCommand
from embeddings.processing import ProcessingError
from explorer.demo import DemoError, make_demo
from musicexplore.progress import ConsoleProgress
from musicexplore.wheels import DownloadError


class Command(StoppableCommand):
    help = "Fetch 28 free tracks and process them, in a home of their own; `serve` shows them."

    def handle(self, **options: Any) -> None:
        self.say("Preparing the database")
        call_command("migrate", verbosity=0)
        try:
            make_demo(self.say, ConsoleProgress)
        except (
            DemoError, DownloadError, ExtractionError, ImproperlyConfigured, OSError,
            ProcessingError,
        ) as error:  # fmt: skip
            raise CommandError(str(error)) from error

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()  # also where the output is not a terminal
