from typing import Any

from django.core.management.base import BaseCommand, CommandError

from musicexplore.progress import Cancelled


class StoppableCommand(BaseCommand):
    """A command of long work: stopped by Ctrl-C, the signal TERM or from the web, it says so."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except (Cancelled, KeyboardInterrupt) as error:
            raise CommandError(
                "Stopped. What is finished is kept: the same command goes on.", returncode=130
            ) from error
