"""What the API says of searches by sound."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from explorer import facts
from explorer.api.comparison_serializers import NamedTrackSerializer
from explorer.api.serializers import AlbumTitleSerializer, ArtistNameSerializer, Named
from tracks.models import Track

DIGITS = 6  # of distances between vectors in half precision
SHARE_DIGITS = 2


class Rounded(serializers.FloatField):
    """A number with as many digits as it is good for."""

    def __init__(self, digits: int, **options: Any) -> None:
        super().__init__(**options)
        self.digits = digits

    def to_representation(self, value: Any) -> Any:
        return round(float(value), self.digits)


class SimilarTrackNameSerializer(NamedTrackSerializer):
    title = serializers.SerializerMethodField()

    @extend_schema_field(serializers.CharField(help_text="or the name of its file"))
    def get_title(self, track: Track) -> str:
        return facts.title(track)


class TagPairSerializer(serializers.Serializer[Any]):
    """A tag in two moments: the share of the library's segments that each stands above with it."""

    tag = serializers.CharField()
    here = Rounded(SHARE_DIGITS, help_text="in what was asked about, 0 to 1")
    there = Rounded(SHARE_DIGITS, help_text="in what was found")


class WhySerializer(serializers.Serializer[Any]):
    """Tags that both share, and those in which they differ, the most telling first."""

    shared = TagPairSerializer(many=True)
    differ = TagPairSerializer(many=True)


class SpanSerializer(serializers.Serializer[Any]):
    position = serializers.IntegerField(help_text="of the first segment")
    segments = serializers.IntegerField()
    start = serializers.FloatField(help_text="seconds")
    end = serializers.FloatField(help_text="seconds")


class SampleSerializer(serializers.Serializer[Any]):
    """Tracks drawn by lot, where there is too much to compare with."""

    segments = serializers.IntegerField(help_text="in the sample")
    of = serializers.IntegerField(help_text="that there are")


class FoundMomentSerializer(SpanSerializer):
    track = SimilarTrackNameSerializer()
    distance = Rounded(DIGITS, help_text="less is nearer; an inner product is negated")
    why = WhySerializer(allow_null=True, help_text="null unless asked for, and without tags")


class FoundTrackSerializer(serializers.Serializer[Any]):
    track = SimilarTrackNameSerializer()
    distance = Rounded(DIGITS, help_text="less is nearer; an inner product is negated")
    here = SpanSerializer(allow_null=True, help_text="by stretches, the passage that matches best")
    there = SpanSerializer(allow_null=True, help_text="and where it is found")
    why = WhySerializer(allow_null=True, help_text="null unless asked for, and without tags")


class SimilarSerializer(Named):
    """How was searched."""

    layer = serializers.CharField()
    metric = serializers.CharField()
    sample = SampleSerializer(allow_null=True, help_text="null: everything was searched")
    unknown = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="ids of the filter that do not exist",
    )
    taggrams = serializers.CharField(allow_null=True, help_text="whose tags `why` speaks of")


class SimilarSegmentsSerializer(SimilarSerializer):
    """The moments of the library most like one, nearest first."""

    asked = SpanSerializer(help_text="the segments that were asked about")
    results = FoundMomentSerializer(many=True)


class SimilarTracksSerializer(SimilarSerializer):
    """The tracks of the library most like one, nearest first."""

    by = serializers.CharField()
    results = FoundTrackSerializer(many=True)


class AskedGroupSerializer(serializers.Serializer[Any]):
    tracks = serializers.IntegerField(help_text="of the artist, the album or the tag")
    heard = serializers.IntegerField(help_text="that the layer has, whose mean was compared")


class FoundGroupSerializer(serializers.Serializer[Any]):
    """A track, or an artist or album by the one of its tracks that is most like what was asked."""

    track = SimilarTrackNameSerializer()
    artist = ArtistNameSerializer(allow_null=True, help_text="with of=artists")
    album = AlbumTitleSerializer(allow_null=True, help_text="with of=albums")
    tracks = serializers.IntegerField(help_text="that were compared")
    distance = Rounded(DIGITS, help_text="0 the same, 1 nothing in common, 2 the contrary")
    why = WhySerializer(allow_null=True, help_text="of the track; null unless asked for")


class SimilarGroupsSerializer(Named):
    """What sounds like an artist, an album or a tag, nearest first."""

    layer = serializers.CharField()
    of = serializers.CharField()
    asked = AskedGroupSerializer()
    unknown = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="ids of the filter that do not exist",
    )
    taggrams = serializers.CharField(allow_null=True, help_text="whose tags `why` speaks of")
    results = FoundGroupSerializer(many=True)
