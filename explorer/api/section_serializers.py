"""What the API says of passages and sections of tracks."""

from typing import Any

from rest_framework import serializers

from explorer.api.schema import SegmentSerializer
from explorer.api.serializers import Named, PreviewsSerializer
from explorer.api.similar_serializers import Rounded

DIGITS = 5  # of activations, which are stored in half precision
SECOND_DIGITS = 3


class LayerPreviewsSerializer(Named, PreviewsSerializer):
    """The passages that introduce a track, as a layer has it."""

    layer = serializers.CharField()


class SectionTagSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    value = Rounded(DIGITS, help_text="mean activation in the section, 0 to 1")


class SectionSerializer(serializers.Serializer[Any]):
    """A part of a recording between two turns."""

    position = serializers.IntegerField(help_text="of its first segment")
    segments = serializers.IntegerField()
    start = Rounded(SECOND_DIGITS, help_text="seconds")
    end = Rounded(SECOND_DIGITS, help_text="seconds")
    typical = SegmentSerializer(help_text="the segment nearest to all others of the section")
    tags = SectionTagSerializer(many=True, help_text="the strongest")


class SectionsSerializer(Named):
    """A recording cut where its sound turns for good."""

    layer = serializers.CharField()
    shortest = Rounded(SECOND_DIGITS, help_text="seconds that each section has at least")
    sections = SectionSerializer(many=True)
