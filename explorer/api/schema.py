"""Shapes of answers that no model's serializer describes, for the OpenAPI document."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers

from explorer.api.arrow import MEDIA_TYPE
from explorer.api.chapters import described

ARROW_STREAM = {(200, MEDIA_TYPE): OpenApiTypes.BINARY}


def with_chapters(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: what each heading of the document is about, in their order."""
    return {**result, "tags": described()}


class LibrarySerializer(serializers.Serializer[Any]):
    """How much there is of everything."""

    tracks = serializers.IntegerField()
    playable = serializers.IntegerField()
    artists = serializers.IntegerField()
    albums = serializers.IntegerField()
    tags = serializers.IntegerField()
    hours = serializers.FloatField()
    models_present = serializers.IntegerField(help_text="networks whose weights are here")
    projections = serializers.IntegerField()
    jobs_active = serializers.IntegerField()
    audio_dir_set = serializers.BooleanField()
    anonymous_models = serializers.BooleanField(
        help_text="names of networks and layouts tell nothing"
    )
    may_work = serializers.BooleanField(help_text="whether you may start and stop work")


class SegmentSerializer(serializers.Serializer[Any]):
    """A stretch of a track that a network looked at as a whole."""

    position = serializers.IntegerField()
    start = serializers.FloatField(help_text="seconds")
    end = serializers.FloatField(help_text="seconds")


class NeighbourSerializer(SegmentSerializer):
    """A segment that a network hears as similar to another."""

    track = serializers.IntegerField()
    distance = serializers.FloatField(help_text="cosine distance, from 0 to 2")


class TaggramSerializer(serializers.Serializer[Any]):
    """Tag activations of a track: one row a segment, one column a tag."""

    layer = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    segment_seconds = serializers.FloatField()
    hop_seconds = serializers.FloatField()
    values = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))


class TagValueSerializer(serializers.Serializer[Any]):
    """A tag and how strongly a network heard it, 0 to 1."""

    name = serializers.CharField()
    value = serializers.FloatField()


class WaveformSerializer(serializers.Serializer[Any]):
    """How loud a track is over time, in stretches of equal length; full scale is 1."""

    seconds = serializers.FloatField(help_text="length of the track, as decoded")
    peaks = serializers.ListField(child=serializers.FloatField())
    rms = serializers.ListField(
        child=serializers.FloatField(), help_text="roots of the mean squares"
    )
