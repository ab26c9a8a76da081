"""Where files that somebody searches by lie, while they do."""

from pathlib import Path

from django.conf import settings

from embeddings.models import FileQuery

PART = ".part"  # ends the name of a file that is still arriving


def folder() -> Path:
    """Made where it is not there, for its owner alone."""
    place = Path(settings.MUSICEXPLORE_HOME) / "file-queries"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def original(query: FileQuery) -> Path:
    """The file as it came. Nothing but a child process of limited means opens it."""
    return folder() / query.stem


def copy(query: FileQuery) -> Path:
    """Its audio as FLAC, written by us."""
    return folder() / f"{query.stem}.flac"
