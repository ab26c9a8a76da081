"""What the API says of tracks, artists, albums and tags."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from embeddings.models import Extraction
from embeddings.previews import previews_of
from explorer.anonymity import Kind, names
from tracks.models import Album, Artist, Tag, Track
from tracks.provider import Provider, jamendo_page, licence_of, provider_of

TARGET_LOUDNESS = -14.0  # LUFS: what streaming services level to
MAX_GAIN = 6.0  # dB: more would bring up noise, and clip


def gain_db(loudness: float | None) -> float:
    """The gain, in dB, that levels a track of that integrated loudness (LUFS) with the others."""
    return 0.0 if loudness is None else round(min(TARGET_LOUDNESS - loudness, MAX_GAIN), 2)


def credited(track: Track) -> list[dict[str, Any]]:
    """A track's artists, through its credits, prefetched in the order of its credit line."""
    return [{"id": credit.artist_id, "name": credit.artist.name} for credit in track.credits.all()]


class ArtistNameSerializer(serializers.ModelSerializer[Artist]):
    class Meta:
        model = Artist
        fields = ["id", "name"]


class ArtistSerializer(serializers.ModelSerializer[Artist]):
    tracks = serializers.IntegerField(source="track_count", read_only=True)

    class Meta:
        model = Artist
        fields = ["id", "name", "musicbrainz_id", "tracks"]


class AlbumTitleSerializer(serializers.ModelSerializer[Album]):
    cover = serializers.SerializerMethodField()

    class Meta:
        model = Album
        fields = ["id", "title", "year", "cover"]

    def get_cover(self, album: Album) -> str | None:
        return reverse("cover", args=[album.cover]) if album.cover else None


class AlbumSerializer(AlbumTitleSerializer):
    artist = ArtistNameSerializer(read_only=True, allow_null=True)
    tracks = serializers.IntegerField(source="track_count", read_only=True)

    class Meta(AlbumTitleSerializer.Meta):
        fields = ["id", "title", "year", "cover", "artist", "compilation", "tracks"]


class TagNameSerializer(serializers.ModelSerializer[Tag]):
    class Meta:
        model = Tag
        fields = ["id", "category", "name"]


class TagSerializer(TagNameSerializer):
    tracks = serializers.IntegerField(source="track_count", read_only=True)

    class Meta(TagNameSerializer.Meta):
        fields = ["id", "category", "name", "tracks"]


class LicenceSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    url = serializers.URLField()


class PlayedFromSerializer(serializers.Serializer[Any]):
    """Where the sound of a track comes from, and under which licence."""

    provider = serializers.ChoiceField([each.value for each in Provider], allow_null=True)
    page = serializers.URLField(allow_null=True, help_text="the track's page at Jamendo")
    licence = LicenceSerializer(allow_null=True)


class PassageSerializer(serializers.Serializer[Any]):
    """What is heard around a segment."""

    position = serializers.IntegerField(help_text="of the segment in its middle")
    start = serializers.FloatField(help_text="seconds")
    end = serializers.FloatField(help_text="seconds")


class PreviewsSerializer(serializers.Serializer[Any]):
    """The passages that introduce a track."""

    typical = PassageSerializer(help_text="most like the rest of the track")
    unusual = PassageSerializer(help_text="least like it")


class TrackSerializer(serializers.ModelSerializer[Track]):
    artists = serializers.SerializerMethodField()
    album = AlbumTitleSerializer(read_only=True, allow_null=True)
    tags = TagNameSerializer(many=True, read_only=True)
    gain_db = serializers.SerializerMethodField()
    audio = serializers.SerializerMethodField()
    clip = serializers.SerializerMethodField()
    played_from = serializers.SerializerMethodField()
    previews = serializers.SerializerMethodField()

    class Meta:
        model = Track
        fields = [
            "id",
            "title",
            "path",
            "artists",
            "album",
            "tags",
            "duration",
            "number",
            "disc",
            "year",
            "codec",
            "sample_rate",
            "channels",
            "state",
            "state_reason",
            "loudness",
            "gain_db",
            "audio",
            "clip",
            "played_from",
            "previews",
        ]

    def get_artists(self, track: Track) -> list[dict[str, Any]]:
        return credited(track)

    def get_gain_db(self, track: Track) -> float:
        return gain_db(track.loudness)

    def get_audio(self, track: Track) -> str | None:
        return reverse("audio", args=[track.pk]) if provider_of(track) else None

    def get_clip(self, track: Track) -> str | None:
        """Only of files that are here: a stream is played from the moment on."""
        here = provider_of(track) == Provider.LOCAL
        return reverse("clip", args=[track.pk]) if here else None

    @extend_schema_field(PlayedFromSerializer)
    def get_played_from(self, track: Track) -> dict[str, Any]:
        return {
            "provider": provider_of(track),
            "page": jamendo_page(track),
            "licence": licence_of(track),
        }

    @extend_schema_field(PreviewsSerializer(allow_null=True))
    def get_previews(self, track: Track) -> dict[str, Any] | None:
        previews = previews_of(track, self.context["preview_layer"])
        return None if previews is None else PreviewsSerializer(previews).data


class Named(serializers.Serializer[Any]):
    """Calls networks, layers and methods by the names that are shown."""

    names_of: Kind | None = None  # what `name` is the name of

    def to_representation(self, instance: Any) -> Any:
        return names().row(super().to_representation(instance), of=self.names_of)


class ExtractionSerializer(Named, serializers.ModelSerializer[Extraction]):
    model = serializers.SlugRelatedField[Any](slug_field="name", read_only=True)
    reason = serializers.SerializerMethodField()

    class Meta:
        model = Extraction
        fields = ["model", "state", "reason", "segments", "padded"]

    def get_reason(self, extraction: Extraction) -> str:
        return names().told(extraction.reason)


class TrackDetailSerializer(TrackSerializer):
    extractions = ExtractionSerializer(many=True, read_only=True)

    class Meta(TrackSerializer.Meta):
        fields = [*TrackSerializer.Meta.fields, "extractions"]
