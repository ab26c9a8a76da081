"""What the API says of networks, their layers, maps and jobs."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from embeddings import jobs
from embeddings.models import EmbeddingModel, Job, Layer, Projection
from embeddings.reduction.methods import complete
from embeddings.reduction.service import with_usual
from embeddings.weights.store import weights_path
from explorer.anonymity import names
from explorer.api.parameters import MethodField, NameField, SelectionField
from explorer.api.points import projection_version
from explorer.api.serializers import Named
from tracks.selection import LARGEST_NUMBER

MOST_SKIPPED = 1000  # as `every`
VARIANCES_SHOWN = 10  # of explained_variance: as many as coordinates are kept


class LayerSerializer(Named, serializers.ModelSerializer[Layer]):
    names_of = "layer"
    model = serializers.SlugRelatedField[Any](slug_field="name", read_only=True)
    segments = serializers.SerializerMethodField()
    points = serializers.SerializerMethodField()

    class Meta:
        model = Layer
        fields = [
            "name",
            "model",
            "key",
            "kind",
            "size",
            "tags",
            "display_name",
            "description",
            "segment_seconds",
            "hop_seconds",
            "enabled",
            "segments",
            "points",
        ]
        read_only_fields = [name for name in fields if name != "enabled"]

    def get_segments(self, layer: Layer) -> int:
        # All layers of a network are stored together, so its extractions count for each.
        return self.context["segments"].get(layer.model_id, 0)

    def get_points(self, layer: Layer) -> str:
        return reverse("layer-points", args=[layer.name])


class ModelSerializer(Named, serializers.ModelSerializer[EmbeddingModel]):
    names_of = "model"
    layers = LayerSerializer(many=True, read_only=True)
    dataset_name = serializers.SerializerMethodField()
    architecture_name = serializers.SerializerMethodField()
    weights_present = serializers.SerializerMethodField()
    segment_seconds = serializers.SerializerMethodField()

    class Meta:
        model = EmbeddingModel
        fields = [
            "name",
            "dataset",
            "architecture",
            "dataset_name",
            "architecture_name",
            "display_name",
            "description",
            "licence",
            "imported",
            "enabled",
            "weights_present",
            "segment_seconds",
            "layers",
        ]
        read_only_fields = [name for name in fields if name != "enabled"]

    def get_dataset_name(self, model: EmbeddingModel) -> str:
        return names().title("dataset", model.dataset)

    def get_architecture_name(self, model: EmbeddingModel) -> str:
        return names().title("architecture", model.architecture)

    def get_weights_present(self, model: EmbeddingModel) -> bool:
        return not model.imported and weights_path(model.name).is_file()

    def get_segment_seconds(self, model: EmbeddingModel) -> float | None:
        # The layers of a network share its segments.
        return next((layer.segment_seconds for layer in model.layers.all()), None)


class ProjectionSerializer(Named, serializers.ModelSerializer[Projection]):
    layer = serializers.SlugRelatedField[Any](slug_field="name", read_only=True)
    model = serializers.CharField(source="layer.model.name", read_only=True)
    tracks = serializers.IntegerField(source="track_count", read_only=True)
    usual = serializers.SerializerMethodField()
    explained_variance = serializers.SerializerMethodField()
    points = serializers.SerializerMethodField()
    averages = serializers.SerializerMethodField()

    class Meta:
        model = Projection
        fields = [
            "id",
            "layer",
            "model",
            "method",
            "version",
            "dimensions",
            "segments",
            "tracks",
            "parameters",
            "seed",
            "subset",
            "on_demand",
            "usual",
            "repeatable",
            "explained_variance",
            "trustworthiness",
            "neighbours_kept",
            "trustworthiness_other_tracks",
            "neighbours_kept_other_tracks",
            "finished_at",
            "points",
            "averages",
        ]

    def to_representation(self, instance: Projection) -> Any:
        row = super().to_representation(instance)
        return names().without_method(row)

    def get_usual(self, projection: Projection) -> bool:
        """Whether it is the library's own: of everything, by the usual parameters."""
        own = not projection.on_demand and not projection.subset and not projection.seed
        return own and projection.parameters == with_usual(projection.method)

    def get_explained_variance(self, projection: Projection) -> list[float]:
        return projection.explained_variance[:VARIANCES_SHOWN]

    def get_points(self, projection: Projection) -> str:
        return self._versioned("projection-points", projection)

    def get_averages(self, projection: Projection) -> str:
        return self._versioned("projection-averages", projection)

    def _versioned(self, view: str, projection: Projection) -> str:
        return f"{reverse(view, args=[projection.pk])}?v={projection_version(projection)}"


class ParameterSerializer(serializers.Serializer[Any]):
    """A number that a method takes."""

    name = serializers.CharField()
    default = serializers.FloatField()
    least = serializers.FloatField()
    most = serializers.FloatField()
    whole = serializers.BooleanField(help_text="whether it takes whole numbers alone")


class MethodSerializer(serializers.Serializer[Any]):
    """A way to make a map."""

    name = serializers.CharField()
    parameters = ParameterSerializer(many=True)


class NewProjectionSerializer(serializers.Serializer[Any]):
    """A map to be made in the background."""

    layer = NameField(
        slug_field="name",
        queryset=Layer.objects.filter(enabled=True, model__enabled=True).select_related("model"),
    )
    method = MethodField()
    parameters = serializers.DictField(
        default=dict, help_text="of the method, where they differ from its defaults"
    )

    seed = serializers.IntegerField(
        default=0, min_value=0, max_value=LARGEST_NUMBER, help_text="of t-SNE and UMAP"
    )
    filter = SelectionField(help_text="which tracks, with the parameters of `tracks/chosen/`")
    every = serializers.IntegerField(
        default=1, min_value=1, max_value=MOST_SKIPPED, help_text="of their segments, every k-th"
    )

    def validate_parameters(self, value: dict[str, Any]) -> dict[str, Any]:
        # Which ones a method takes, and in which range, says which method it is.
        if value and settings.ANONYMOUS_MODELS:
            raise serializers.ValidationError("Layouts without names take no parameters.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name, value in attrs["parameters"].items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise serializers.ValidationError({"parameters": [f"{name} is not a number."]})
        try:
            complete(attrs["method"], attrs["parameters"])
        except ValueError as error:
            raise serializers.ValidationError({"parameters": [str(error)]}) from error
        return attrs


class JobSerializer(Named, serializers.ModelSerializer[Job]):
    """Of jobs with `jobs.as_shown`."""

    state = serializers.ChoiceField(choices=Job.State.choices, source="shown_state", read_only=True)
    parameters = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField()
    fraction = serializers.SerializerMethodField()
    seconds_left = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = [
            "id",
            "kind",
            "state",
            "parameters",
            "total",
            "done",
            "unit",
            "failures",
            "message",
            "projection",
            "fraction",
            "seconds_left",
            "cancel_requested",
            "comparison",
            "created_at",
            "started_at",
            "finished_at",
        ]

    def get_parameters(self, job: Job) -> dict[str, Any]:
        return names().without_method(names().row(job.parameters))

    def get_message(self, job: Any) -> str:
        return names().told(job.shown_message)

    def get_fraction(self, job: Job) -> float | None:
        return jobs.fraction(job)

    def get_seconds_left(self, job: Any) -> float | None:
        return jobs.seconds_left(job) if job.shown_state == Job.State.RUNNING else None
