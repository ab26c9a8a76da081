from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

from embeddings.jobs import tracked_job
from embeddings.management.stoppable import StoppableCommand
from embeddings.models import Job
from musicexplore.progress import ConsoleProgress
from tracks.files import choose_folder, display_path
from tracks.indexing import index_audio


class Command(StoppableCommand):
    help = "Find the audio files of the music folder: new, changed, vanished and returned ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dir", help="a folder inside AUDIO_DIR; becomes it if that is unset")
        parser.add_argument(
            "--wildcards", nargs="+", default=[], help="only paths or names like these: '*.mp3'"
        )
        parser.add_argument(
            "--accept-missing", action="store_true", help="believe that many files are gone"
        )

    def handle(self, **options: Any) -> None:
        chosen = {name: options[name] for name in ("dir", "wildcards", "accept_missing")}
        try:
            root, folder = choose_folder(options["dir"])
            with tracked_job(Job.Kind.INDEX, chosen, progress=ConsoleProgress("Index")) as progress:
                summary = index_audio(
                    root,
                    folder=folder,
                    wildcards=options["wildcards"],
                    exclude=settings.EXCLUDE,
                    accept_missing=options["accept_missing"],
                    progress=progress,
                )
        except (ImproperlyConfigured, OSError) as error:
            raise CommandError(str(error)) from error
        for problem in summary.problems:
            self.stderr.write(f"{display_path(problem.path) or folder}: {problem.reason}")
        if summary.warning:
            self.stderr.write(summary.warning)
        self.stdout.write("\n".join(summary.lines()))
