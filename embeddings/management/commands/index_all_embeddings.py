from typing import Any

from django.core.management.base import CommandError, CommandParser

from embeddings.jobs import tracked_job
from embeddings.management.stoppable import StoppableCommand
from embeddings.models import Job
from embeddings.vector_index import index_all
from musicexplore.progress import ConsoleProgress


class Command(StoppableCommand):
    help = "Indexes the vectors of each layer for search by similarity."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--layers", nargs="+", metavar="LAYER", help="such as msd-vgg-taggrams")
        parser.add_argument("--force", action="store_true", help="build indexes again")

    def handle(self, **options: Any) -> None:
        request = {"layers": options["layers"], "force": options["force"]}
        try:
            with tracked_job(
                Job.Kind.VECTOR_INDEX, request, progress=ConsoleProgress("Indexing vectors")
            ) as progress:
                results = index_all(**request, progress=progress)
        except ValueError as error:
            raise CommandError(str(error)) from error
        for result in results:
            self.stdout.write(str(result))
        if not results:
            self.stdout.write("No layer has vectors yet: run extract_all first.")
