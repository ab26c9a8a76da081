"""The places that weights are fetched from, each with `obtain(name)` and found by `source_for`."""

from pathlib import Path
from typing import Protocol

from embeddings.weights.essentia import EssentiaSource
from embeddings.weights.graphs import WeightsError
from embeddings.weights.pypi import PypiSource
from musicexplore.progress import Progress


class Source(Protocol):
    label: str  # recorded with the model
    # SHA-256 of a model's graph where it is known beforehand.
    pinned: dict[str, str]

    def obtain(self, name: str) -> bytes:
        """A registry model's frozen graph, not yet checked; raises `WeightsError`."""


class DirectorySource:
    """A directory of the user's own, with `<name>.pb` or Essentia's `<name>-<version>.pb`."""

    pinned: dict[str, str] = {}

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.label = "directory"

    def obtain(self, name: str) -> bytes:
        candidates = [self.directory / f"{name}.pb", *sorted(self.directory.glob(f"{name}-*.pb"))]
        found = [path for path in candidates if path.is_file()]
        if not found:
            raise WeightsError(f"{name}: there is neither {name}.pb nor {name}-1.pb there.")
        try:
            return found[0].read_bytes()
        except OSError as error:
            raise WeightsError(f"{name}: {found[0]} cannot be read: {error.strerror}.") from error


def source_for(choice: str, *, downloads: Path, progress: Progress) -> Source:
    """The source that `choice` names: "pypi", "essentia" or a directory."""
    if choice == "pypi":
        return PypiSource(downloads)
    if choice == "essentia":
        return EssentiaSource(downloads, progress=progress)
    directory = Path(choice).expanduser()
    if not directory.is_dir():
        raise WeightsError(f"--source takes pypi, essentia or a directory; {choice} is none.")
    return DirectorySource(directory)
