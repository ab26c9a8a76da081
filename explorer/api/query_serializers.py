"""What the API says of files that somebody searches by."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from embeddings import jobs
from embeddings.file_queries import place, queries
from embeddings.file_queries.service import longest
from embeddings.models import FileQuery, Job
from explorer.anonymity import names
from explorer.api.parameters import NewQueryParameters
from explorer.api.serializers import Named, gain_db

LOST = "What it heard is not there any more. Ask again."


class HearingSerializer(Named):
    """A network that has heard a file, or is to."""

    model = serializers.CharField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    message = serializers.CharField(allow_blank=True, help_text="why not, where it failed")
    fraction = serializers.FloatField(allow_null=True, help_text="done, 0 to 1")
    seconds_left = serializers.FloatField(allow_null=True)


class QuerySerializer(serializers.ModelSerializer[FileQuery]):
    """A file that somebody searches by."""

    gain_db = serializers.SerializerMethodField()
    audio = serializers.SerializerMethodField()
    clip = serializers.SerializerMethodField()
    hearings = serializers.SerializerMethodField()

    class Meta:
        model = FileQuery
        fields = [
            "token",
            "name",
            "duration",
            "created_at",
            "expires_at",
            "gain_db",
            "audio",
            "clip",
            "hearings",
        ]

    def get_gain_db(self, query: FileQuery) -> float:
        return gain_db(query.loudness)

    def get_audio(self, query: FileQuery) -> str | None:
        return self._media("query-audio", query)

    def get_clip(self, query: FileQuery) -> str | None:
        return self._media("query-clip", query)

    def _media(self, view: str, query: FileQuery) -> str | None:
        """Null until it was heard: what is played is a copy that is made then."""
        return reverse(view, args=[query.token]) if place.copy(query).is_file() else None

    def get_hearings(self, query: FileQuery) -> list[dict[str, Any]]:
        # Jobs first: what one has heard is there before it says that it is done.
        found = {job.parameters["model"]: _of_job(job) for job in queries.jobs_of(query)}
        heard = {model.name for model in queries.models_that_heard(query)}
        for model in heard:
            row = {"model": model, "state": Job.State.DONE, "message": "", "fraction": 1.0}
            if found.get(model, row)["state"] not in (Job.State.QUEUED, Job.State.RUNNING):
                found[model] = row | {"seconds_left": None}
        rows = HearingSerializer(found.values(), many=True).data
        return sorted(rows, key=lambda row: row["model"])


def _of_job(job: Any) -> dict[str, Any]:
    state, message = job.shown_state, job.shown_message
    if state == Job.State.DONE:  # yet its vectors are gone
        state, message = Job.State.FAILED, LOST
    return {
        "model": job.parameters["model"],
        "state": state,
        "message": names().told(message) if state == Job.State.FAILED else "",
        "fraction": jobs.fraction(job) if state == Job.State.RUNNING else None,
        "seconds_left": jobs.seconds_left(job) if state == Job.State.RUNNING else None,
    }


class KeptQuerySerializer(serializers.ModelSerializer[FileQuery]):
    class Meta:
        model = FileQuery
        fields = ["token", "name", "duration", "created_at"]


class QueriesSerializer(serializers.Serializer[Any]):
    """What may be sent, and which files are kept."""

    most_bytes = serializers.IntegerField()
    most_seconds = serializers.FloatField()
    per_hour = serializers.IntegerField(help_text="files from one address")
    kept = KeptQuerySerializer(many=True, help_text="empty for those who may not work")


def limits() -> dict[str, Any]:
    return {
        "most_bytes": settings.FILE_QUERY_MEGABYTES * 1_000_000,
        "most_seconds": longest(),
        "per_hour": settings.FILE_QUERIES_PER_HOUR,
    }


class NewHearingSerializer(NewQueryParameters):
    """A network that is to hear a file as well."""

    name = None  # type: ignore[assignment]


class PlacedSerializer(serializers.Serializer[Any]):
    position = serializers.IntegerField(help_text="of the segment in the file, from 0")
    start = serializers.FloatField(help_text="seconds")
    end = serializers.FloatField(help_text="seconds")
    x = serializers.FloatField(allow_null=True, help_text="null for silence, where it is nowhere")
    y = serializers.FloatField(allow_null=True)


class PlaceSerializer(serializers.Serializer[Any]):
    x = serializers.FloatField(allow_null=True)
    y = serializers.FloatField(allow_null=True)


class QueryPointsSerializer(Named):
    """Where a file's segments lie on a map."""

    layer = serializers.CharField()
    exact = serializers.BooleanField(
        allow_null=True,
        help_text="false: at the weighted place of its true neighbours, as on t-SNE and UMAP",
    )
    points = PlacedSerializer(many=True)
    average = PlaceSerializer(help_text="of the file as a whole")

    def to_representation(self, instance: Any) -> Any:
        return names().without_method(super().to_representation(instance))
