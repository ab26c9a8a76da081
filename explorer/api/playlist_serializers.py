"""What the API says of playlists, and what it takes."""

import math
from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from explorer.api.selection import SelectionSerializer, resolve
from explorer.clips import MAX_START
from explorer.models import Playlist, PlaylistItem
from explorer.playlists import saved
from explorer.playlists.paths import PathStyle, path_style, usual_kind
from tracks.models import Track
from tracks.selection import LARGEST_NUMBER
from tracks.text import clean

KINDS = ["m3u8", "csv", "parquet"]
NAMED = 5  # ids that a message names


class KindSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=KINDS, default="m3u8")


class ExportSerializer(serializers.Serializer[Any]):
    """How a playlist is written; what is left out is as the settings have it."""

    paths = serializers.ChoiceField(
        choices=["absolute", "relative", "rooted"],
        required=False,
        help_text="below AUDIO_DIR, relative to it, or below another root",
    )
    root = serializers.CharField(  # type: ignore[assignment]  # no attribute: fields are set apart
        required=False, allow_blank=True, max_length=1000, help_text="a folder, or an address"
    )
    windows = serializers.BooleanField(
        required=False, help_text="separators and names as Windows has them"
    )
    times = serializers.BooleanField(
        default=False, help_text="of m3u8: each stretch from its start to its end"
    )


class SelectionExportSerializer(ExportSerializer):
    selection = SelectionSerializer()


def style_of(options: dict[str, Any], kind: str) -> PathStyle:
    """The paths that validated options ask for, or `ValidationError`.

    Tables have paths relative to `AUDIO_DIR`, as all of the API, unless others are asked for.
    """
    asked = {name: options[name] for name in ("root", "windows") if name in options}
    if kind != "m3u8" and not asked and "paths" not in options:
        return PathStyle()
    usual = "rooted" if asked.get("root") else usual_kind()
    paths = options.get("paths", usual)
    try:
        return path_style(paths, **asked)
    except ValueError as error:
        name = "root" if paths == "rooted" else "windows"
        raise serializers.ValidationError({name: [str(error)]}) from error


class PlaylistSerializer(serializers.ModelSerializer[Playlist]):
    """A playlist in a list: with how many items, and without them."""

    item_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Playlist
        fields = ["id", "name", "description", "item_count", "created_at", "updated_at"]


class ItemSerializer(serializers.ModelSerializer[PlaylistItem]):
    """A track, or a stretch of it in seconds; without `start` or `end` as far as it goes."""

    track = serializers.IntegerField(source="track_id", min_value=1, max_value=LARGEST_NUMBER)
    title = serializers.CharField(source="track", read_only=True)
    artists = serializers.SerializerMethodField()
    duration = serializers.FloatField(source="track.duration", read_only=True, allow_null=True)

    class Meta:
        model = PlaylistItem
        fields = ["track", "start", "end", "title", "artists", "duration"]
        extra_kwargs = {name: {"min_value": 0, "max_value": MAX_START} for name in ("start", "end")}
        # The model's constraints ask of a place, which the order of the items gives.
        validators: list[Any] = []

    def get_artists(self, item: PlaylistItem) -> list[str]:
        return [credit.artist.name for credit in item.track.credits.all()]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        start, end = attrs.get("start"), attrs.get("end")
        if start is not None and not math.isfinite(start):
            raise serializers.ValidationError({"start": ["A number of seconds is needed."]})
        if end is not None and not end > (start or 0.0):
            raise serializers.ValidationError({"end": ["The end must lie after the start."]})
        return attrs


class PlaylistDetailSerializer(serializers.ModelSerializer[Playlist]):
    """A playlist with its items, which are replaced as a whole: given one by one, or selected."""

    items = ItemSerializer(many=True, required=False)
    selection = SelectionSerializer(write_only=True, required=False)

    class Meta:
        model = Playlist
        fields = ["id", "name", "description", "items", "selection", "created_at", "updated_at"]

    def validate_name(self, name: str) -> str:
        cleaned = clean(name, 200)
        if not cleaned:
            raise serializers.ValidationError("A playlist needs a name.")
        return cleaned

    def validate_items(self, items: list[dict[str, Any]]) -> list[saved.Item]:
        chosen = [
            saved.Item(item["track_id"], item.get("start"), item.get("end")) for item in items
        ]
        asked = {item.track for item in chosen}
        known = Track.objects.filter(pk__in=asked).values_list("pk", flat=True)
        if unknown := sorted(asked - set(known)):
            named = ", ".join(map(str, unknown[:NAMED])) + (", …" if len(unknown) > NAMED else "")
            raise serializers.ValidationError(f"There is no track {named}.")
        return chosen

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "items" in attrs and "selection" in attrs:
            raise serializers.ValidationError("Either items or a selection, not both.")
        if self.instance and not self.partial and not {"items", "selection"} & attrs.keys():
            raise serializers.ValidationError({"items": ["What is in it? PATCH keeps the items."]})
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Playlist:
        return self._save(Playlist(), validated_data)

    def update(self, instance: Playlist, validated_data: dict[str, Any]) -> Playlist:
        return self._save(instance, validated_data)

    def _save(self, playlist: Playlist, values: dict[str, Any]) -> Playlist:
        items: Sequence[saved.Item] | None = values.pop("items", None)
        if selection := values.pop("selection", None):
            items = saved.items_of(resolve(selection))
        for name, value in values.items():
            setattr(playlist, name, value)
        try:
            return saved.save(playlist, items)
        except ValueError as error:
            raise serializers.ValidationError({"items": [str(error)]}) from error
