"""Compares two tracks of the library: by their files where they are here, and by their vectors."""

from collections import OrderedDict
from math import ceil

import numpy as np
from django.core.exceptions import ImproperlyConfigured
from numpy.typing import NDArray

from embeddings.duplicates.alignment import align
from embeddings.duplicates.child import listen
from embeddings.duplicates.evidence import LEAST_SHARE, WHOLE_SHARE, Evidence, judged
from embeddings.duplicates.sound import Sound, match
from embeddings.models import Layer
from embeddings.storage import read_layer
from musicexplore.progress import Progress
from tracks.files import absolute_path
from tracks.media import MediaError
from tracks.models import Track

KEPT_SECONDS = 3600.0  # of audio in memory, 140 MB: tracks of a group are compared in turn


class Comparer:
    """Compares tracks by one layer; keeps those it compared last."""

    def __init__(self, layer: Layer, progress: Progress) -> None:
        self._layer = layer
        self._progress = progress
        self._sounds: OrderedDict[int, Sound | None] = OrderedDict()
        self.unheard: set[int] = set()  # tracks without a file that can be listened to
        self.refusals: list[str] = []  # of files that are here: which it is, and why

    def compare(self, one: int, other: int) -> Evidence | None:
        """The evidence that two tracks are duplicates, where it is enough."""
        here, there = self._vectors(one), self._vectors(other)
        hop = self._layer.hop_seconds
        segments = max(len(here), len(there))
        whole = align(here, there, least=ceil(WHOLE_SHARE * segments))
        ours, theirs = self._sound(one), self._sound(other)
        if ours is None or theirs is None:
            return judged(None, whole, longer=segments * hop, hop=hop)
        seconds = max(ours.seconds, theirs.seconds)
        heard = match(ours, theirs, least=LEAST_SHARE * seconds)
        beside = align(here, there, shift=round(heard.offset / hop)) if heard else None
        # Of a tape that ran faster no one offset holds: its segments are near all the same.
        return judged(heard, beside, longer=seconds, hop=hop) or judged(
            heard, whole, longer=segments * hop, hop=hop
        )

    def _vectors(self, track_id: int) -> NDArray[np.float32]:
        return read_layer(self._layer, [track_id]).vectors

    def _sound(self, track_id: int) -> Sound | None:
        if track_id not in self._sounds:
            self._sounds[track_id] = self._listened(track_id)
            self._forget()
        self._sounds.move_to_end(track_id)
        return self._sounds[track_id]

    def _forget(self) -> None:
        """Let go of what was compared longest ago, but for the two that are being compared."""
        kept = sum(sound.seconds for sound in self._sounds.values() if sound)
        while kept > KEPT_SECONDS and len(self._sounds) > 2:
            _, oldest = self._sounds.popitem(last=False)
            kept -= oldest.seconds if oldest else 0.0

    def _listened(self, track_id: int) -> Sound | None:
        if track_id in self.unheard:  # nor is it tried again in this run
            return None
        track = Track.objects.filter(pk=track_id, state=Track.State.PRESENT).first()
        if track is not None:
            try:
                return listen(absolute_path(track), lambda: self._progress.advance(0))
            except MediaError as error:
                self.refusals.append(f"{track.path}: {error}")
                self._progress.advance(0, failed=1)
            except (OSError, ImproperlyConfigured):  # it is gone, or there is no folder
                pass
        self.unheard.add(track_id)
        return None
