"""What the API says of blends and of paths."""

from typing import Any

from rest_framework import serializers

from explorer.api.serializers import Named
from explorer.api.similar_serializers import (
    DIGITS,
    FoundMomentSerializer,
    FoundTrackSerializer,
    Rounded,
    SimilarSerializer,
    SimilarTrackNameSerializer,
    SpanSerializer,
)


class StartSerializer(serializers.Serializer[Any]):
    """One of several moments or tracks that a search starts from."""

    track = SimilarTrackNameSerializer()
    span = SpanSerializer(allow_null=True, help_text="null: the whole track")
    weight = serializers.FloatField(help_text="below zero: less like it")


class BlendSerializer(SimilarSerializer):
    """What is nearest to the weighted sum of several starts."""

    starts = StartSerializer(many=True)
    why_of = serializers.IntegerField(
        help_text="which start, from 0, `why` compares with: the one of the greatest weight"
    )


class BlendedSegmentsSerializer(BlendSerializer):
    results = FoundMomentSerializer(many=True)


class BlendedTracksSerializer(BlendSerializer):
    results = FoundTrackSerializer(many=True)


class PathItemSerializer(serializers.Serializer[Any]):
    """A stop; of whole tracks, the span is of its most typical segment."""

    track = SimilarTrackNameSerializer()
    position = serializers.IntegerField(help_text="of the segment")
    start = serializers.FloatField(help_text="seconds")
    end = serializers.FloatField(help_text="seconds")
    distance = Rounded(DIGITS, allow_null=True, help_text="cosine, from the stop before it")


class PathSerializer(Named):
    """A path from one track or moment to another."""

    layer = serializers.CharField()
    compared = serializers.ChoiceField(
        choices=["tracks", "segments"], help_text="whole tracks by their means, or segments"
    )
    different = serializers.CharField(help_text="of what no two stops are")
    unknown = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="ids of the filter that do not exist",
    )
    longest_step = Rounded(DIGITS, help_text="the greatest `distance` of all")
    interpolated_longest_step = Rounded(
        DIGITS,
        help_text="what it would be with the nearest to points on the line between both ends",
    )
    items = PathItemSerializer(many=True)
