"""What the API says of searches by tags."""

from typing import Any

from rest_framework import serializers

from explorer.api.serializers import Named
from explorer.api.similar_serializers import Rounded, SimilarTrackNameSerializer, SpanSerializer

SCORE_DIGITS = 4
SHARE_DIGITS = 3


class TermSerializer(serializers.Serializer[Any]):
    tag = serializers.CharField()
    negated = serializers.BooleanField()
    weight = serializers.FloatField()


class WrittenTermSerializer(TermSerializer):
    start = serializers.IntegerField(help_text="in the query, in letters")
    end = serializers.IntegerField(help_text="with what negates and weighs it")


class HeardTermSerializer(TermSerializer):
    share = Rounded(
        SHARE_DIGITS,
        help_text="how true it is: the share of the library that this stands above with the tag, "
        "or below, where it is negated",
    )
    activation = Rounded(
        SHARE_DIGITS,
        allow_null=True,
        help_text="the network's own, 0 to 1; null where no tag of its list says this",
    )


class FoundByWordsSerializer(SpanSerializer):
    track = SimilarTrackNameSerializer()
    score = Rounded(SCORE_DIGITS, help_text="how true the query is, 0 to 1")
    tags = HeardTermSerializer(many=True)


class ByWordsSerializer(Named):
    """What was understood."""

    layer = serializers.CharField()
    query = serializers.CharField(help_text="as it was understood, written out")
    terms = WrittenTermSerializer(many=True, help_text="its tags from left to right")
    unknown = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="ids of the filter that do not exist",
    )


class SegmentsByWordsSerializer(ByWordsSerializer):
    """The moments of which a query is truest, best first."""

    results = FoundByWordsSerializer(many=True)


class TracksByWordsSerializer(ByWordsSerializer):
    """The tracks of which a query is truest: by the passage that is told, or as a whole."""

    by = serializers.CharField()
    results = FoundByWordsSerializer(many=True)


class WordSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    meaning = serializers.CharField(help_text="what it speaks of; synonyms share it")
    present = serializers.BooleanField(help_text="false: it says that this is absent")
    own = serializers.BooleanField(help_text="false: another word for what the layer's tags say")


class VocabularySerializer(Named):
    """The words of queries by tags."""

    layer = serializers.CharField()
    tags = WordSerializer(many=True)
