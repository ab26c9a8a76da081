"""What a job over the API is begun with."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from embeddings.extraction.plan import UnknownModel, choose_models
from embeddings.models import EmbeddingModel, Job, Layer
from explorer.api.parameters import NameField
from tracks.models import Track
from tracks.selection import MOST_IDS

KINDS = (Job.Kind.EXTRACTION, Job.Kind.REDUCTION, Job.Kind.VECTOR_INDEX)


class Chosen(serializers.ListField):
    """Rows that a job is to be limited to, by what names them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, min_length=1, max_length=MOST_IDS, **kwargs)


class NewJobSerializer(serializers.Serializer[Any]):
    """Work on the whole library, or on a part of it; what is there already is left as it is."""

    kind = serializers.ChoiceField(
        choices=[(kind.value, kind.label) for kind in KINDS],
        help_text="extraction runs networks, reduction makes the library's maps, vector-index "
        "makes the indexes of the search by sound",
    )
    models = Chosen(
        child=NameField(slug_field="name", queryset=EmbeddingModel.objects.all()),
        help_text="networks, of an extraction; without it, all that are switched on",
    )
    tracks = Chosen(
        child=serializers.PrimaryKeyRelatedField(
            queryset=Track.objects.all(), pk_field=serializers.IntegerField()
        ),
        help_text="their ids, of an extraction",
    )
    layers = Chosen(
        child=NameField(slug_field="name", queryset=Layer.objects.all()),
        help_text="of maps and indexes; without it, all that are switched on",
    )
    force = serializers.BooleanField(
        default=False, help_text="do again what is there, and replace it"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """`kind`, and the job's `parameters`."""
        extraction = attrs["kind"] == Job.Kind.EXTRACTION
        foreign = {"layers"} if extraction else {"models", "tracks"}
        if misplaced := sorted(foreign & attrs.keys()):
            message = f"Jobs of the kind {attrs['kind']} take none."
            raise serializers.ValidationError({name: [message] for name in misplaced})
        parameters: dict[str, Any] = {"force": True} if attrs["force"] else {}
        if extraction:
            parameters["models"] = _runnable(attrs.get("models"))
        if "tracks" in attrs:
            parameters["tracks"] = sorted({track.pk for track in attrs["tracks"]})
        if "layers" in attrs:
            parameters["layers"] = sorted({layer.name for layer in attrs["layers"]})
        return {"kind": Job.Kind(attrs["kind"]), "parameters": parameters}


def _runnable(models: Iterable[EmbeddingModel] | None) -> list[str]:
    """The names of those networks that can be run here, or else why there are none."""
    names = None if models is None else sorted({model.name for model in models})
    try:
        runnable, left_out = choose_models(names)
    except UnknownModel:
        message = "Vectors of networks that were imported cannot be extracted here."
        raise serializers.ValidationError({"models": [message]}) from None
    if not runnable:
        reasons = [f"{name}: {reason}." for name, reason in left_out.items()]
        raise serializers.ValidationError({"models": ["None of them can be run here.", *reasons]})
    return list(runnable)
