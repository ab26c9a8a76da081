from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracks.jamendo.loading import load_jamendo
from tracks.jamendo.parsing import WrongFile, read_metadata, read_names


class Command(BaseCommand):
    help = "Load artists, albums and tags from a file of MTG-Jamendo's form (raw_30s.tsv, ...)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--meta", type=Path, help="the names file: raw.meta.tsv")
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument(
            "--only-indexed", action="store_true", help="only tracks of the library (default)"
        )
        choice.add_argument(
            "--all", action="store_true", help="tracks without a file on disk as well"
        )

    def handle(self, **options: Any) -> None:
        try:
            metadata = read_metadata(options["file"])
            names = read_names(options["meta"]) if options["meta"] else None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        except WrongFile as error:
            raise CommandError(str(error)) from error
        summary = load_jamendo(metadata, names, create=options["all"])
        for line in summary.bad_lines:
            self.stderr.write(f"{options['file']}, line {line.number}: {line.reason}")
        self.stdout.write(str(summary))
