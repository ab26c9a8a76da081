"""Long work: what is under way, and how it is begun, stopped and tried again."""

from typing import Any

from django.db.models import F, QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from embeddings import jobs
from embeddings.models import Job
from explorer.api import filters
from explorer.api.answers import accepted, person
from explorer.api.error_schema import refused
from explorer.api.errors import Conflict
from explorer.api.job_serializers import NewJobSerializer
from explorer.api.permissions import Holds
from explorer.api.work_serializers import JobSerializer

STARTED_BY_CURATORS = ("create", "retry")


class JobViewSet(ReadOnlyModelViewSet[Job]):
    """Long work: how far it is, and how long it still takes."""

    queryset = Job.objects.order_by(F("created_at").desc(), "-pk")
    serializer_class = JobSerializer
    lookup_value_converter = "int"
    filterset_class = filters.JobFilter

    def get_queryset(self) -> QuerySet[Job]:
        return jobs.as_shown(super().get_queryset())

    def get_permissions(self) -> Any:
        # It stands for everybody, as in the admin: a map on demand has an address of its own.
        if self.action in STARTED_BY_CURATORS:
            return [Holds(jobs.START_WORK)]
        return super().get_permissions()

    @extend_schema(
        request=NewJobSerializer,
        responses={202: JobSerializer},
        examples=[OpenApiExample("Maps", {"kind": "reduction"}, request_only=True)],
    )
    def create(self, request: Request) -> Response:
        """Starts extraction, maps or indexes: the job that does it, or does just this already."""
        sent = NewJobSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        wanted = sent.validated_data
        return accepted(jobs.enqueue_once(wanted["kind"], wanted["parameters"], person(request)))

    @extend_schema(
        request=None,
        responses={
            202: JobSerializer,
            409: refused("It has not ended badly, or its command has to be run again."),
        },
    )
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """Queues a failed or cancelled job again; what it had finished is kept."""
        job = self.get_object()
        jobs.mark_interrupted()  # one whose process died has failed
        if not jobs.retry(job, person(request)):
            raise Conflict(
                "Only jobs that failed or were cancelled can be tried again; those that index "
                "audio or read metadata are begun by their command."
            )
        return accepted(job)

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Asks a job to stop; what it has finished is kept."""
        jobs.request_cancel(self.get_object())
        return Response(JobSerializer(self.get_object()).data)
