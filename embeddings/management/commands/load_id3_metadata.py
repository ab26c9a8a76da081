from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

from embeddings.jobs import tracked_job
from embeddings.management.stoppable import StoppableCommand
from embeddings.models import Job
from musicexplore.progress import ConsoleProgress
from tracks.metadata.loading import load_metadata


class Command(StoppableCommand):
    help = "Read titles, artists, albums, genres and covers from new and changed audio files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="read unchanged files as well")

    def handle(self, **options: Any) -> None:
        chosen = {"force": options["force"]}
        try:
            with tracked_job(
                Job.Kind.METADATA, chosen, progress=ConsoleProgress("Metadata")
            ) as progress:
                summary = load_metadata(force=options["force"], progress=progress)
        except (ImproperlyConfigured, OSError) as error:
            raise CommandError(str(error)) from error
        for path, reason in summary.problems:
            self.stderr.write(f"{path}: {reason}")
        self.stdout.write(str(summary))
