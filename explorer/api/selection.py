"""Selections as requests describe them: by tracks, by segments, or by areas on a map."""

from collections.abc import Callable
from typing import Any

import numpy as np
from drf_spectacular.utils import extend_schema_field
from numpy.typing import NDArray
from rest_framework import serializers

from embeddings.areas import Area
from embeddings.models import Layer, Projection
from embeddings.queries import projection_named
from embeddings.stretches import Stretches, joined
from explorer.api.parameters import NameField, SelectionField, check_dimensions, dimensions_of
from explorer.selections import MapSelection, select_on_map, select_segments, select_tracks
from tracks.selection import LARGEST_NUMBER

MAX_AREAS = 100
MAX_CORNERS = 20_000  # of all areas


@extend_schema_field({"type": "array", "items": {"type": "array", "items": {"type": "number"}}})
class PolygonField(serializers.Field[Any, Any, Any, Any]):
    """Corners `[[x, y], …]` in data coordinates, as (corners, 2)."""

    default_error_messages = {"invalid": "A polygon is a list of three or more corners [x, y]."}

    def to_internal_value(self, data: Any) -> NDArray[np.float64]:
        try:
            corners = np.array(data, np.float64)
        except (TypeError, ValueError):
            self.fail("invalid")
        if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3:
            self.fail("invalid")
        if not np.isfinite(corners).all():
            self.fail("invalid")
        return corners

    def to_representation(self, value: NDArray[np.float64]) -> list[Any]:
        return value.tolist()


class AreaSerializer(serializers.Serializer[Any]):
    op = serializers.ChoiceField(choices=["add", "subtract"])
    polygon = PolygonField()


class SegmentsSerializer(serializers.Serializer[Any]):
    """Segments of a layer."""

    layer = NameField(
        slug_field="name",
        queryset=Layer.objects.select_related("model"),
        help_text="full name",
    )
    segments = serializers.DictField(
        child=serializers.CharField(),
        help_text="positions for each track's id, such as `0-4,7`",
    )

    def validate_segments(self, value: dict[str, str]) -> dict[int, str]:
        for name in value:
            if not (name.isascii() and name.isdecimal() and int(name) <= LARGEST_NUMBER):
                raise serializers.ValidationError(f"“{name}” is not a track's id.")
        return {int(name): text for name, text in value.items()}


class SelectionSerializer(SegmentsSerializer):
    """One of three: `tracks`; `segments` of a `layer`; or what is shown of a `layer` (its own
    dimensions, or a `projection`), within `areas` where there are any.
    """

    tracks = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER),
        required=False,
        help_text="ids, in the order in which they are played",
    )
    layer = NameField(
        slug_field="name",
        queryset=Layer.objects.select_related("model"),
        required=False,
        help_text="full name",
    )
    segments = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text="positions for each track's id, such as `0-4,7`",
    )
    more = SegmentsSerializer(
        required=False, help_text="of another layer, say, that are selected as well"
    )
    projection = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=LARGEST_NUMBER,
        help_text="its id; null for dimensions of the layer",
    )
    x = serializers.IntegerField(default=0, min_value=0, help_text="dimension across, from 0")
    y = serializers.IntegerField(default=1, min_value=0, help_text="dimension upwards, from 0")
    log = serializers.ListField(
        child=serializers.BooleanField(),
        min_length=2,
        max_length=2,
        default=[False, False],
        help_text="which axes are logarithmic: there, edges are straight between logarithms",
    )
    filter = SelectionField(help_text="which tracks, by the parameters of `tracks/chosen/`")
    every = serializers.IntegerField(
        default=1, min_value=1, max_value=LARGEST_NUMBER, help_text="1 for all segments of a track"
    )
    areas = AreaSerializer(
        many=True, default=[], help_text="applied in their order; even-odd rule, data coordinates"
    )

    def validate_areas(self, value: list[dict[str, Any]]) -> list[Area]:
        corners = sum(len(area["polygon"]) for area in value)
        if len(value) > MAX_AREAS or corners > MAX_CORNERS:
            raise serializers.ValidationError(
                f"At most {MAX_AREAS} areas with {MAX_CORNERS:,} corners in all are taken."
            )
        return [Area(add=area["op"] == "add", polygon=area["polygon"]) for area in value]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("tracks" in attrs) + ("segments" in attrs) > 1:
            raise serializers.ValidationError("Either tracks or segments, not both.")
        if "tracks" not in attrs and "layer" not in attrs:
            raise serializers.ValidationError(
                "What is selected? Give tracks, or a layer and what is selected of it."
            )
        if "tracks" not in attrs and "segments" not in attrs:
            attrs["projection"] = self._projection(attrs)
            projection, layer = attrs["projection"], attrs["layer"]
            check_dimensions(attrs, dimensions_of(projection) if projection else layer.size)
        return attrs

    def _projection(self, attrs: dict[str, Any]) -> Projection | None:
        pk = attrs.get("projection")
        if pk is None:
            return None
        projection = projection_named(pk).filter(layer=attrs["layer"]).first()
        if projection is None:
            raise serializers.ValidationError(
                {"projection": [f"The layer has no finished projection {pk}."]}
            )
        return projection


def resolve(selection: dict[str, Any]) -> Stretches:
    """What a validated selection selects. Raises `ValidationError` where that is nothing."""
    stretches = _resolve(selection)
    if "more" in selection:
        stretches = joined(stretches, _resolve(selection["more"]))
    if not len(stretches):
        raise serializers.ValidationError(
            {"selection": ["Nothing is selected: there is no segment or track in it."]}
        )
    return stretches


def _resolve(selection: dict[str, Any]) -> Stretches:
    if "tracks" in selection:
        return select_tracks(selection["tracks"])
    layer = selection["layer"]
    if "segments" in selection:
        return _refusing("segments", lambda: select_segments(layer, selection["segments"]))
    wanted = MapSelection(
        layer=layer,
        projection=selection["projection"],
        x=selection["x"],
        y=selection["y"],
        log=(selection["log"][0], selection["log"][1]),
        tracks=selection["filter"],
        every=selection["every"],
        areas=selection["areas"],
    )
    return _refusing("areas", lambda: select_on_map(wanted))


def _refusing(name: str, select: Callable[[], Stretches]) -> Stretches:
    try:
        return select()
    except ValueError as error:
        raise serializers.ValidationError({"selection": {name: [str(error)]}}) from error
