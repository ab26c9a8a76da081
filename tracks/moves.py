"""Files that were moved: the track takes its new place, and keeps all that is known of it."""

import os

from django.db import transaction

from tracks.files import FILE_FIELDS, absolute_path
from tracks.models import Track

_PLACE = ("path_bytes", *FILE_FIELDS)


def find_moved(track: Track, audio_hash: str) -> Track | None:
    """The track whose file is gone and sounded exactly as the file of `track` does, if any.

    A copy whose file is still there is a duplicate, not a move. Of several, one with the same
    file name is preferred.
    """
    twins = Track.objects.filter(audio_hash=audio_hash).exclude(pk=track.pk).order_by("pk")
    gone = [twin for twin in twins if _is_gone(twin)]
    name = os.path.basename(bytes(track.path_bytes))  # noqa: PTH119 - paths are bytes
    return min(
        gone,
        key=lambda twin: os.path.basename(bytes(twin.path_bytes)) != name,  # noqa: PTH119
        default=None,
    )


def _is_gone(track: Track) -> bool:
    if track.state == Track.State.PRESENT:  # so many are gone that indexing marked none of them
        try:
            absolute_path(track)
        except FileNotFoundError:
            return True
        except OSError:
            return False
    return track.state == Track.State.MISSING


@transaction.atomic
def adopt_moved(missing: Track, new: Track) -> Track:
    """Puts the track `missing` in the place of `new`, whose row goes; returns the track as saved.

    Vectors, tags and playlists stay with it. Its metadata are read again next time, for a file
    that was moved may have been retagged as well.
    """
    rows = Track.objects.select_for_update().in_bulk([missing.pk, new.pk])
    kept, stub = rows[missing.pk], rows[new.pk]
    for field in _PLACE:
        setattr(kept, field, getattr(stub, field))
    kept.metadata_mtime_ns = None
    stub.delete()
    kept.save(update_fields=[*_PLACE, "metadata_mtime_ns", "updated_at"])
    return kept
