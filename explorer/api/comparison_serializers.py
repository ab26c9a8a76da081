"""What the API says of comparisons of two layers."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from embeddings.models import Comparison, ComparisonTrack, Layer
from explorer.api.parameters import NameField
from explorer.api.points import comparison_version
from explorer.api.serializers import ArtistNameSerializer, Named, credited
from tracks.models import Track


class NewComparisonSerializer(serializers.Serializer[Any]):
    """Two layers to be compared in the background."""

    layers = serializers.ListField(
        child=NameField(slug_field="name", queryset=Layer.objects.select_related("model")),
        min_length=2,
        max_length=2,
        help_text="full names of two layers, in any order",
    )


class ComparisonSerializer(Named, serializers.ModelSerializer[Comparison]):
    layer = serializers.SlugRelatedField[Any](slug_field="name", read_only=True)
    layers = serializers.SerializerMethodField()
    segment_seconds = serializers.FloatField(source="layer.segment_seconds", read_only=True)
    hop_seconds = serializers.FloatField(source="layer.hop_seconds", read_only=True)
    points = serializers.SerializerMethodField()

    class Meta:
        model = Comparison
        fields = [
            "id",
            "layers",
            "layer",
            "segment_seconds",
            "hop_seconds",
            "segments",
            "measured",
            "mean",
            "created_at",
            "points",
        ]

    def get_layers(self, comparison: Comparison) -> list[str]:
        return [comparison.layer.name, comparison.other.name]

    def get_points(self, comparison: Comparison) -> str:
        address = reverse("comparison-points", args=[comparison.pk])
        return f"{address}?v={comparison_version(comparison)}"


class NamedTrackSerializer(serializers.ModelSerializer[Track]):
    artists = serializers.SerializerMethodField()

    class Meta:
        model = Track
        fields = ["id", "title", "artists"]

    @extend_schema_field(ArtistNameSerializer(many=True))
    def get_artists(self, track: Track) -> list[dict[str, Any]]:
        return credited(track)


class ComparisonTrackSerializer(serializers.ModelSerializer[ComparisonTrack]):
    track = NamedTrackSerializer(read_only=True)
    disagreement = serializers.FloatField(source="mean", read_only=True)
    segments = serializers.IntegerField(source="measured", read_only=True)

    class Meta:
        model = ComparisonTrack
        fields = ["track", "disagreement", "segments"]
