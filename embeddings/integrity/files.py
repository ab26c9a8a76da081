"""Tracks against their files, and what the catalogue says against itself."""

import os
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from embeddings.integrity.findings import Finding, findings
from tracks.files import audio_root, display_path
from tracks.indexing import differences, index_known
from tracks.models import Track, TrackArtist

LOCAL = (Track.State.PRESENT, Track.State.UNREADABLE)


def music_folder() -> Iterator[Finding]:
    if _folder_is_there() or not Track.objects.filter(state__in=LOCAL).exists():
        return
    yield from findings(
        "music folder that is not there",
        [settings.AUDIO_DIR or "AUDIO_DIR is not set"],
        "Mount its disk, or set AUDIO_DIR to where it is now; then run check_library again.",
    )


def track_files() -> Iterator[Finding]:
    """By size and time alone, as an index run compares them."""
    if not _folder_is_there():
        return
    root = audio_root()
    found = differences(root, exclude=settings.EXCLUDE)

    def index() -> None:
        index_known(root, exclude=settings.EXCLUDE)

    if found.held_back:
        yield from findings(
            "tracks whose file is gone, many at once",
            found.gone,
            "Look whether their disk is mounted. If they are gone or moved for good, run "
            "index_all_audio --accept-missing.",
        )
    else:
        yield from findings(
            "tracks whose file is gone", found.gone, "They are marked as missing.", index
        )
    yield from findings(
        "tracks whose file has changed",
        found.changed,
        "The file is described anew; extract_all then looks whether its audio is another.",
        index,
    )
    yield from findings(
        "tracks without a file whose file is there",
        found.returned,
        "They are marked as present again.",
        index,
    )
    yield from findings(
        "tracks whose file could not be looked at",
        [f"{display_path(each.path)}: {each.reason}" for each in found.unseen],
        "Give the account that runs Music Explore the right to read them, then run "
        "index_all_audio.",
    )


def credits() -> Iterator[Finding]:
    """The artist at place 0 is the one that is shown; one that was deleted leaves the others."""
    first = TrackArtist.objects.filter(track=OuterRef("pk"), place=0)
    others = TrackArtist.objects.filter(track=OuterRef("pk"))
    tracks = Track.objects.filter(~Exists(first), Exists(others)).order_by("path")
    yield from findings(
        "tracks without a first artist, though they have others",
        list(tracks),
        "The next artist becomes the first.",
        lambda: _number_credits([track.pk for track in tracks]),
    )


@transaction.atomic
def _number_credits(tracks: list[int]) -> None:
    rows = TrackArtist.objects.filter(track__in=tracks).order_by("track", "place")
    track, place = None, 0
    for credit in rows:  # upwards, so that no place is taken yet
        place = place + 1 if credit.track_id == track else 0
        track = credit.track_id
        if credit.place != place:
            TrackArtist.objects.filter(pk=credit.pk).update(place=place)


def _folder_is_there() -> bool:
    return bool(settings.AUDIO_DIR) and os.path.isdir(audio_root())  # noqa: PTH112
