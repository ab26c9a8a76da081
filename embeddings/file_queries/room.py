"""Whether there is room for another file: within the bound that was set, and on the disk."""

import shutil
from contextlib import suppress

from django.conf import settings

from embeddings.file_queries import place
from embeddings.models import FileQuery

SPARE_BYTES = 1 << 30  # of the disk: left to the copy that is played, and to all else in the home


class NoRoom(Exception):
    """There is no room for a file of that length; the message names cause and remedy."""


def check_room(length: int) -> None:
    """Raises `NoRoom` where a file of so many bytes must not come."""
    most = settings.FILE_QUERIES_TOTAL_MEGABYTES * 1_000_000
    if bytes_not_kept() + length > most:
        raise NoRoom(
            f"Files that others search by fill the {most / 1e6:,.0f} MB there are for them. "
            "Each is forgotten after an hour: try again later, or send a smaller file."
        )
    free = shutil.disk_usage(place.folder()).free
    if free - length < SPARE_BYTES:
        raise NoRoom(
            f"The disk of this site is nearly full: {free / 1e6:,.0f} MB are free, and "
            f"{SPARE_BYTES / 1e6:,.0f} MB of them are spared. Whoever runs it has to make room."
        )


def bytes_not_kept() -> int:
    """Of all files and copies that will be forgotten, those that are arriving as well."""
    kept = set(FileQuery.objects.filter(expires_at=None).values_list("stem", flat=True))
    total = 0
    for path in place.folder().iterdir():
        if path.name.partition(".")[0] in kept:
            continue
        with suppress(FileNotFoundError):  # swept meanwhile
            total += path.stat().st_size
    return total
