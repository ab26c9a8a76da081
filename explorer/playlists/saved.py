"""Keeps playlists, and reads them back as stretches of tracks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db import transaction

from embeddings.stretches import Stretches
from explorer.models import Playlist, PlaylistItem

MAX_ITEMS = 20_000


@dataclass(frozen=True)
class Item:
    """A track, or a stretch of it in seconds."""

    track: int
    start: float | None = None
    end: float | None = None


def items_of(stretches: Stretches) -> list[Item]:
    """A selection as items in its order."""
    columns = (stretches.track, stretches.start, stretches.end)
    return [
        Item(track, _seconds(start), _seconds(end))
        for track, start, end in zip(*(column.tolist() for column in columns), strict=True)
    ]


def save(playlist: Playlist, items: Sequence[Item] | None) -> Playlist:
    """Keep a playlist, and put these items in place of all it had, unless None.

    The tracks have to exist. Raises `ValueError` for more items than a playlist holds.
    """
    if items is not None and len(items) > MAX_ITEMS:
        raise ValueError(
            f"A playlist that is kept holds {MAX_ITEMS:,} items at most, not {len(items):,}: "
            "take fewer, or export a file instead."
        )
    with transaction.atomic():
        playlist.save()
        if items is None:
            return playlist
        # Two who replace the items at once do so one after the other.
        Playlist.objects.select_for_update().get(pk=playlist.pk)
        playlist.items.all().delete()
        PlaylistItem.objects.bulk_create(
            (
                PlaylistItem(
                    playlist=playlist,
                    track_id=item.track,
                    place=place,
                    start=item.start,
                    end=item.end,
                )
                for place, item in enumerate(items, start=1)
            ),
            batch_size=2000,
        )
    return playlist


def stretches_of_playlist(playlist: Playlist) -> Stretches:
    """A playlist's items in their order."""
    rows = list(playlist.items.order_by("place", "pk").values_list("track_id", "start", "end"))
    seconds = np.array([row[1:] for row in rows], np.float64).reshape(-1, 2)  # NaN for None
    return Stretches(
        track=np.array([row[0] for row in rows], np.int64),
        position=np.full(len(rows), -1, np.int32),
        segments=np.zeros(len(rows), np.int32),
        start=seconds[:, 0],
        end=seconds[:, 1],
    )


def renumber(playlist: Playlist) -> None:
    """Number the items from 1 in their order, after somebody moved some by their numbers."""
    items = list(playlist.items.order_by("place", "pk"))
    for place, item in enumerate(items, start=1):
        item.place = place
    PlaylistItem.objects.bulk_update(items, ["place"], batch_size=2000)


def _seconds(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 6)
