import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from embeddings.jobs import tracked_job
from embeddings.management.stoppable import StoppableCommand
from embeddings.models import Job
from musicexplore.progress import ConsoleProgress, Progress
from tracks.jamendo.client import JamendoClient, JamendoError
from tracks.jamendo.naming import query_names


class Command(StoppableCommand):
    help = "Ask Jamendo's API what artists, albums and tracks with its numbers are called."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", action="store_true", help="also what was asked for earlier")

    def handle(self, **options: Any) -> None:
        try:
            with tracked_job(
                Job.Kind.JAMENDO, {"again": options["again"]}, progress=ConsoleProgress("Jamendo")
            ) as progress:
                client = JamendoClient(
                    settings.JAMENDO_CLIENT_ID,
                    settings.JAMENDO_API_URL,
                    pause=lambda seconds, reason: _wait(seconds, reason, progress),
                )
                summary = query_names(
                    client,
                    batch_size=settings.JAMENDO_BATCH_SIZE,
                    again=options["again"],
                    progress=progress,
                )
        except JamendoError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(summary))


def _wait(seconds: float, reason: str, progress: Progress) -> None:
    """Waits, says so, and can be cancelled meanwhile."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        progress.advance(0, message=f"{reason}: asking again in {left:.0f} s")
        time.sleep(min(left, 1))
