"""Query parameters, checked once; what is malformed is refused by name."""

from collections.abc import Collection, Mapping
from typing import Any, get_args

from django.http import QueryDict
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from embeddings.models import EmbeddingModel, Layer, Projection
from embeddings.neighbours import OPERATORS
from embeddings.queries import projection_named
from embeddings.similarity.groups import GroupKind
from embeddings.similarity.path import Different
from embeddings.similarity.scope import Same
from embeddings.similarity.words.finding import By
from embeddings.weights.store import weights_path
from explorer.anonymity import names
from explorer.api.places import EndField, StartsField
from explorer.clips import MAX_SECONDS, MAX_START, MIN_SECONDS
from tracks.selection import LARGEST_NUMBER, PARAMETERS, SelectionError, TrackSelection

BY = ["artist", "album", "track", "tag"]
SAME = get_args(Same)


def checked(serializer: type[serializers.Serializer[Any]], query: QueryDict) -> dict[str, Any]:
    """A request's query parameters as `serializer` understands them, or `ValidationError`."""
    parameters = serializer(data=query)
    parameters.is_valid(raise_exception=True)
    return parameters.validated_data


def selection(query: Mapping[str, Any]) -> TrackSelection:
    """Which tracks a query asks for, or `ValidationError`."""
    try:
        return TrackSelection.from_query(query)
    except SelectionError as error:
        raise serializers.ValidationError({error.parameter: [str(error)]}) from error


class SelectionParameters(serializers.Serializer[Any]):
    """Describes what `selection` understands."""

    tags = serializers.CharField(
        required=False, help_text="ids with , for and, | for or, ! for not: 12|15,!3"
    )
    artists = serializers.CharField(required=False, help_text="ids, any of them: 1,2")
    albums = serializers.CharField(required=False, help_text="ids, any of them: 1,2")
    text = serializers.CharField(
        required=False, help_text="words in title, path, album, artists or tags"
    )
    first = serializers.IntegerField(
        required=False, min_value=1, help_text="so many, in order of paths"
    )
    random = serializers.IntegerField(required=False, min_value=1, help_text="so many, drawn")
    seed = serializers.IntegerField(default=0, min_value=0, help_text="of the draw")


@extend_schema_field(SelectionParameters)
class SelectionField(serializers.Field[Any, Any, Any, Any]):
    """The same as an object in a body; any other name in it is refused."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default=TrackSelection, **options)

    def to_internal_value(self, data: Any) -> TrackSelection:
        if not isinstance(data, dict):
            raise serializers.ValidationError("This has to be an object of parameters.")
        if unknown := data.keys() - set(PARAMETERS):
            raise serializers.ValidationError(
                f"There is no {', '.join(sorted(unknown))}; there are {', '.join(PARAMETERS)}."
            )
        try:
            return TrackSelection.from_query(data)
        except SelectionError as error:
            raise serializers.ValidationError(f"{error.parameter}: {error}") from error

    def to_representation(self, value: TrackSelection) -> dict[str, str | int]:
        return value.as_dict()


class NameField(serializers.SlugRelatedField[Any]):
    """A network or a layer by its name, as it is shown."""

    def to_internal_value(self, data: Any) -> Any:
        queryset = self.get_queryset()
        assert queryset is not None
        name = names().true("layer" if queryset.model is Layer else "model", str(data))
        # PostgreSQL's text cannot hold a zero byte, and psycopg refuses it.
        if name is None or "\0" in name:
            self.fail("does_not_exist", slug_name=self.slug_field, value=data)
        return super().to_internal_value(name)


class MethodField(serializers.ChoiceField):
    """A way to make a map, by its name as it is shown."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Projection.Method.choices, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        name = names().true("method", str(data))
        if name is None:
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(name)


class VersionParameters(serializers.Serializer[Any]):
    v = serializers.CharField(
        required=False, help_text="version, as in a projection's `points`: allows caching for ever"
    )


class PointsParameters(VersionParameters):
    x = serializers.IntegerField(default=0, min_value=0, help_text="dimension across, from 0")
    y = serializers.IntegerField(default=1, min_value=0, help_text="dimension upwards, from 0")


def dimensions_of(projection: Projection) -> int:
    """How many dimensions can be asked for."""
    return int(names().without_method({"dimensions": projection.dimensions})["dimensions"])


def check_dimensions(parameters: dict[str, Any], dimensions: int) -> None:
    """Raises `ValidationError` for dimensions that a map does not have."""
    for name in ("x", "y"):
        if parameters[name] >= dimensions:
            raise serializers.ValidationError(
                {name: [f"The dimensions are 0 to {dimensions - 1}, not {parameters[name]}."]}
            )


class NeighboursParameters(serializers.Serializer[Any]):
    track = serializers.IntegerField(
        min_value=1, max_value=LARGEST_NUMBER, help_text="a track's id"
    )
    position = serializers.IntegerField(
        min_value=0, max_value=LARGEST_NUMBER, help_text="of the segment in its track, from 0"
    )
    limit = serializers.IntegerField(default=12, min_value=1, max_value=100)
    projection = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=LARGEST_NUMBER,
        help_text="only among the segments that this map shows",
    )

    def validate_projection(self, value: int) -> Projection:
        projection = projection_named(value).first()
        if projection is None:
            raise serializers.ValidationError(f"There is no finished map {value}.")
        return projection


class WordsField(serializers.CharField):
    """Several of a few words, between commas."""

    def __init__(self, choices: Collection[str], **options: Any) -> None:
        super().__init__(default="", allow_blank=True, **options)
        self.choices = choices

    def to_internal_value(self, data: Any) -> Any:
        words = [word.strip() for word in str(data).split(",") if word.strip()]
        if unknown := [word for word in words if word not in self.choices]:
            raise serializers.ValidationError(
                f"There is no “{unknown[0][:40]}”; there are {', '.join(self.choices)}."
            )
        return words


class RankedParameters(serializers.Serializer[Any]):
    """How many are found, and how different from each other."""

    limit = serializers.IntegerField(default=12, min_value=1, max_value=100)
    per_artist = serializers.IntegerField(
        required=False, min_value=1, max_value=100, help_text="at most so many by one artist"
    )
    spread = serializers.FloatField(
        default=0.0,
        min_value=0,
        max_value=1,
        help_text="weight of differing from each other: 0 is the nearest only",
    )


class FindParameters(RankedParameters):
    """What all searches by sound have in common; besides, which tracks are searched."""

    layer = NameField(
        slug_field="name", queryset=Layer.objects.select_related("model"), help_text="full name"
    )
    why = serializers.BooleanField(default=False, help_text="with the tags that both share")


class SimilarParameters(FindParameters):
    """Of searches that start from a track."""

    metric = serializers.ChoiceField(choices=list(OPERATORS), default="cosine")
    without = WordsField(SAME, help_text="leaves out the same: track,artist,album")


class SimilarGroupsParameters(FindParameters):
    """Of searches that start from an artist, an album or a tag."""

    of = serializers.ChoiceField(
        choices=["tracks", *get_args(GroupKind)], default="tracks", help_text="what is found"
    )
    without = WordsField(
        ["artist"], help_text="artist: leaves out all by artists that have a part in it"
    )


class StretchParameters(SimilarParameters):
    position = serializers.IntegerField(
        required=False, min_value=0, max_value=LARGEST_NUMBER, help_text="of a segment, from 0; or"
    )
    start = serializers.FloatField(
        required=False, min_value=0, max_value=MAX_START, help_text="of a stretch, in seconds, with"
    )
    end = serializers.FloatField(
        required=False, min_value=0, max_value=MAX_START, help_text="its end"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        stretch = "start" in attrs and "end" in attrs
        if stretch == ("position" in attrs) or ("start" in attrs) != ("end" in attrs):
            message = "Either the position of a segment, or start and end of a stretch."
            raise serializers.ValidationError({"position": [message]})
        if stretch and not attrs["end"] > attrs["start"]:
            raise serializers.ValidationError({"end": ["The end must lie after the start."]})
        return attrs


class SimilarSegmentsParameters(StretchParameters):
    track = serializers.IntegerField(
        min_value=1, max_value=LARGEST_NUMBER, help_text="a track's id"
    )


class SimilarTracksParameters(SimilarParameters):
    by = serializers.ChoiceField(
        choices=["mean", "stretches"], default="mean", help_text="as a whole, or by passages"
    )


class BlendParameters(SimilarParameters):
    starts = StartsField(help_text=StartsField.__doc__)


class PathParameters(serializers.Serializer[Any]):
    layer = NameField(
        slug_field="name", queryset=Layer.objects.select_related("model"), help_text="full name"
    )
    to = EndField(help_text=EndField.__doc__)
    steps = serializers.IntegerField(
        default=10, min_value=3, max_value=50, help_text="stops, both ends among them"
    )
    different = serializers.ChoiceField(
        choices=list(get_args(Different)),
        default="track",
        help_text="of what no two stops are; of artists but for both ends",
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """With a name that no attribute of Python may have."""
        return {"from": EndField(help_text=EndField.__doc__), **super().get_fields()}


class NewQueryParameters(serializers.Serializer[Any]):
    model = NameField(
        slug_field="name",
        queryset=EmbeddingModel.objects.filter(enabled=True, imported=False),
        help_text="the network that is to hear it",
    )
    name = serializers.CharField(
        default="", allow_blank=True, max_length=1000, help_text="the file's, to be shown"
    )

    def validate_model(self, model: EmbeddingModel) -> EmbeddingModel:
        if not weights_path(model.name).is_file():
            raise serializers.ValidationError("This network's weights are not here: fetch_models.")
        return model


class LikeFileParameters(SimilarParameters):
    by = serializers.ChoiceField(
        choices=["stretches", "mean"], default="stretches", help_text="by passages, or as a whole"
    )


class LayerParameters(serializers.Serializer[Any]):
    layer = NameField(
        slug_field="name", queryset=Layer.objects.select_related("model"), help_text="full name"
    )


class OptionalLayerParameters(serializers.Serializer[Any]):
    layer = NameField(
        slug_field="name",
        queryset=Layer.objects.select_related("model"),
        required=False,
        help_text="full name; the first that is no layer of tags where it is left out",
    )


class SectionsParameters(OptionalLayerParameters):
    shortest = serializers.FloatField(
        required=False,
        min_value=1,
        max_value=3600,
        help_text="seconds of a section at least; a 60th of the track, 15 to 60 s, if left out",
    )
    sensitivity = serializers.FloatField(
        default=1.0,
        min_value=0.1,
        max_value=10,
        help_text="at 2, a turn has to be half as marked to begin a section",
    )


class TaggramParameters(serializers.Serializer[Any]):
    layer = NameField(
        slug_field="name",
        queryset=Layer.objects.filter(kind=Layer.Kind.TAGGRAM),
        help_text="full name of a taggram layer",
    )


class QueryParameters(serializers.Serializer[Any]):
    q = serializers.CharField(
        allow_blank=True,
        trim_whitespace=False,  # places of mistakes are counted in it
        help_text="tags with and, or, not, commas, parentheses and weights: "
        "piano^2 and not vocals, fast",
    )


class WordsParameters(RankedParameters, QueryParameters, TaggramParameters):
    """Of searches by tags."""


class TracksByWordsParameters(WordsParameters):
    by = serializers.ChoiceField(
        choices=list(get_args(By)),
        default="passages",
        help_text="by the best of each, or all of it",
    )


class TagsParameters(serializers.Serializer[Any]):
    model = NameField(
        slug_field="name", queryset=EmbeddingModel.objects.all(), help_text="a network's name"
    )
    start = serializers.FloatField(default=0.0, min_value=0, help_text="seconds")
    end = serializers.FloatField(required=False, min_value=0, help_text="seconds")
    top = serializers.IntegerField(default=3, min_value=1, max_value=100)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        end = attrs.setdefault("end", float("inf"))
        if not end > attrs["start"]:
            raise serializers.ValidationError({"end": ["The end must lie after the start."]})
        return attrs


class ClipParameters(serializers.Serializer[Any]):
    start = serializers.FloatField(min_value=0, max_value=MAX_START, help_text="seconds")
    end = serializers.FloatField(help_text="seconds")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        seconds = attrs["end"] - attrs["start"]
        # Rounded, for 0.301 - 0.3 is not quite 0.001.
        if not (seconds <= MAX_SECONDS and round(seconds, 6) >= MIN_SECONDS):
            message = f"The end must lie {MIN_SECONDS:g} to {MAX_SECONDS:g} s after the start."
            raise serializers.ValidationError({"end": [message]})
        return attrs


class WaveformParameters(serializers.Serializer[Any]):
    bins = serializers.IntegerField(default=800, min_value=1, max_value=4096)


class ClassesParameters(serializers.Serializer[Any]):
    by = serializers.ChoiceField(choices=BY)
    category = serializers.CharField(
        required=False, allow_blank=True, help_text="with by=tag: mood/theme, genre, …"
    )
    name = serializers.CharField(required=False, help_text="with by=tag: one tag of the category")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["by"] == "tag" and "category" not in attrs:
            raise serializers.ValidationError({"category": ["Which tags? For example mood/theme."]})
        return attrs
