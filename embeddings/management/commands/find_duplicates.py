from typing import Any

from django.core.management.base import CommandError, CommandParser

from embeddings.duplicates.service import find_duplicates
from embeddings.jobs import tracked_job
from embeddings.management.stoppable import StoppableCommand
from embeddings.models import Job
from musicexplore.progress import ConsoleProgress


class Command(StoppableCommand):
    help = "Looks for tracks that may be the same recording, for people to review in /admin/."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--layer", metavar="LAYER", help="whose vectors propose them")
        parser.add_argument("--force", action="store_true", help="look at all tracks again")

    def handle(self, **options: Any) -> None:
        request = {"layer": options["layer"], "force": options["force"]}
        try:
            with tracked_job(
                Job.Kind.DUPLICATES, request, progress=ConsoleProgress("Finding duplicates")
            ) as progress:
                summary = find_duplicates(**request, progress=progress)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(summary))
