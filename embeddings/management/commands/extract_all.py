"""Run the networks over the library's tracks; re-running does only what is missing."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from embeddings.extraction.plan import UnknownModel
from embeddings.extraction.pool import ExtractionError
from embeddings.extraction.service import extract
from embeddings.jobs import tracked_job
from embeddings.management.stoppable import StoppableCommand
from embeddings.models import Job
from musicexplore.arguments import positive_int
from musicexplore.progress import ConsoleProgress


class Command(StoppableCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--models", nargs="+", metavar="MODEL", help="default: all there are")
        parser.add_argument(
            "--n-tracks", type=positive_int, metavar="N", help="at most N tracks now"
        )
        parser.add_argument("--workers", type=positive_int, metavar="N", help="default: one a core")
        parser.add_argument("--precision", choices=["f32", "bf16"], default="f32")
        parser.add_argument("--backend", choices=["openvino", "essentia"], default="openvino")
        parser.add_argument("--force", action="store_true", help="also what is done, or failed")
        parser.add_argument("--dry-run", action="store_true", help="only say what there is to do")
        parser.add_argument("--strict", action="store_true", help="status 1 if a track failed")

    def handle(self, *, strict: bool, dry_run: bool, **options: Any) -> None:
        names = ("models", "n_tracks", "workers", "precision", "backend", "force")
        chosen = {name: options[name] for name in names}
        try:
            plan = extract(**chosen, dry_run=True)
            self.stdout.write(plan.announcement())
            if dry_run:
                return
            with tracked_job(
                Job.Kind.EXTRACTION, chosen, progress=ConsoleProgress("Extracting")
            ) as progress:
                summary = extract(**chosen, progress=progress)
        except (UnknownModel, ExtractionError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(summary.lines()))
        if strict and summary.failed.total:
            raise CommandError(f"{summary.failed.total} tracks could not be analysed.")
