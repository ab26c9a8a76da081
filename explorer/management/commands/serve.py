from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import BaseCommand, CommandError, call_command

from explorer.serving import Part, ServingError, Site, check_port
from musicexplore.accounts import ADMINISTRATOR, ensure_administrator
from tracks.files import choose_folder


class Command(BaseCommand):
    help = "Serve the site and run its background work, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 serves the network")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--only",
            choices=("web", "worker"),
            help="one of the two, as a container of its own does",
        )
        parser.add_argument("--process", metavar="DIR", help="analyse this folder of music")

    def handle(
        self, *, host: str, port: int, process: str | None, only: Part | None, **options: Any
    ) -> None:
        try:
            if only != "worker":
                check_port(host, port)
            folder = choose_folder(process)[1] if process else None
            call_command("migrate", verbosity=0)
            if only != "worker" and (password := ensure_administrator()):
                self.stdout.write(
                    f"Account for /admin/: {ADMINISTRATOR}, password: {password}\n"
                    "It is not shown again; `manage.py changepassword admin` sets another."
                )
            Site(host, port, process=folder, only=only, say=self._say).serve()
        except (ServingError, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
