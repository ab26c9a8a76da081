from typing import Any

from django.core.management.base import CommandError, CommandParser

from embeddings.jobs import tracked_job
from embeddings.management.stoppable import StoppableCommand
from embeddings.models import Job
from embeddings.reduction.methods import METHODS
from embeddings.reduction.service import reduce_all
from musicexplore.progress import ConsoleProgress


class Command(StoppableCommand):
    help = "Makes maps of the segments: those that are missing, and those that have grown."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--methods", nargs="+", choices=METHODS, metavar="METHOD")
        parser.add_argument("--layers", nargs="+", metavar="LAYER", help="such as msd-vgg-taggrams")
        parser.add_argument("--n-tracks", type=int, metavar="N", help="a sample of so many tracks")
        parser.add_argument(
            "--pca-dims",
            type=int,
            metavar="N",
            help="components that pca and std-pca keep, and that tsne and umap begin from "
            "(0: from the vectors themselves); default: PCA_DIMS",
        )
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--force", action="store_true", help="make them again, from scratch")

    def handle(self, **options: Any) -> None:
        names = ("methods", "layers", "n_tracks", "seed", "force")
        request = {name: options[name] for name in names}
        if options["pca_dims"] is not None:
            request["parameters"] = {"pca_dims": options["pca_dims"]}
        try:
            with tracked_job(
                Job.Kind.REDUCTION, request, progress=ConsoleProgress("Making maps")
            ) as progress:
                summary = reduce_all(**request, progress=progress)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(summary))
        if summary.failed:
            raise CommandError("\n".join(summary.failed))
