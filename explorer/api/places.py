"""Places in the library as addresses name them: a track, or segments of it; with a weight too."""

import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from embeddings.similarity.blend import Start
from embeddings.similarity.path import End
from tracks.selection import LARGEST_NUMBER

MOST_STARTS = 20
MOST_SEGMENTS = 200  # of a start
_TRACK = r"(?P<track>[1-9]\d*)"
END = re.compile(_TRACK + r"(:(?P<first>\d+))?", re.ASCII)
START = re.compile(
    _TRACK + r"(:(?P<first>\d+)(-(?P<last>\d+))?)?(\*(?P<weight>-?\d+(\.\d+)?))?", re.ASCII
)


@extend_schema_field(serializers.CharField())
class EndField(serializers.Field[Any, Any, Any, Any]):
    """`7`, a track, or `7:12`, its segment 12."""

    def to_internal_value(self, data: Any) -> End:
        found = END.fullmatch(str(data).strip())
        if not found:
            raise serializers.ValidationError("A track's id, or a segment of it: 7 or 7:12.")
        first = found["first"]
        return End(_small(found["track"]), None if first is None else _small(first))


@extend_schema_field(serializers.CharField())
class StartsField(serializers.Field[Any, Any, Any, Any]):
    """Between commas: `7`, `7:12`, or `7:12-15` (segments 12 to 15); `*-0.5` is its weight."""

    def to_internal_value(self, data: Any) -> list[Start]:
        starts = [self._start(written.strip()) for written in str(data).split(",")]
        if len(starts) > MOST_STARTS:
            raise serializers.ValidationError(
                f"At most {MOST_STARTS} starts are taken, not {len(starts)}."
            )
        return starts

    def _start(self, written: str) -> Start:
        found = START.fullmatch(written)
        if not found:
            raise serializers.ValidationError(
                f"“{written[:40]}” is no start: 7 is a track, 7:12 a segment of it, 7:12-15 "
                "several; *-0.5 behind it is its weight."
            )
        weight = float(found["weight"] or 1)
        if abs(weight) > 1:
            raise serializers.ValidationError(f"Weights are -1 to 1, not {weight:g}.")
        track = _small(found["track"])
        if found["first"] is None:
            return Start(track, weight=weight)
        first = _small(found["first"])
        last = _small(found["last"] or found["first"])
        if not first <= last < first + MOST_SEGMENTS:
            raise serializers.ValidationError(
                f"“{written[:40]}”: 1 to {MOST_SEGMENTS} segments are taken, in their order."
            )
        return Start(track, first, last, weight)


def _small(digits: str) -> int:
    """A number that the database takes."""
    if len(digits) > len(str(LARGEST_NUMBER)) or int(digits) > LARGEST_NUMBER:
        raise serializers.ValidationError(f"There is no {digits[:20]}: the number is too large.")
    return int(digits)
