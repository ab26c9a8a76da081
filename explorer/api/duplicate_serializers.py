"""What the API says of tracks that may be the same recording."""

from typing import Any

from rest_framework import serializers

from embeddings.duplicates.models import DuplicatePair
from explorer.api.similar_serializers import DIGITS, Rounded, SimilarTrackNameSerializer


class DuplicatePairSerializer(serializers.ModelSerializer[DuplicatePair]):
    """Two tracks with the evidence; staff write the decision."""

    first = SimilarTrackNameSerializer(read_only=True)
    second = SimilarTrackNameSerializer(read_only=True)
    group = serializers.PrimaryKeyRelatedField[Any](
        read_only=True, help_text="what is reviewed together; null for a pair called different"
    )
    offset = Rounded(3, read_only=True, help_text="seconds into the first where the second begins")
    overlap = Rounded(3, read_only=True, help_text="seconds that both have")
    distance = Rounded(
        DIGITS, read_only=True, allow_null=True, help_text="mean cosine distance of their segments"
    )
    correlation = Rounded(
        3,
        read_only=True,
        allow_null=True,
        help_text="of the waveforms; null where they were not heard",
    )
    # Without its default: a PATCH that names no decision is refused.
    decision = serializers.ChoiceField(choices=DuplicatePair.Decision.choices)

    class Meta:
        model = DuplicatePair
        fields = [
            "id",
            "group",
            "first",
            "second",
            "kind",
            "offset",
            "overlap",
            "distance",
            "correlation",
            "decision",
            "decided_at",
            "found_at",
        ]
        read_only_fields = [name for name in fields if name != "decision"]
