"""Tracks that may be the same recording: proposals, and what people decide of them."""

from typing import Any, cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from embeddings import jobs
from embeddings.duplicates.models import DuplicatePair
from embeddings.duplicates.queries import described_pairs
from embeddings.duplicates.review import CHANGE_PAIRS, decide
from embeddings.models import Job
from explorer.api import examples
from explorer.api.answers import accepted, person
from explorer.api.duplicate_serializers import DuplicatePairSerializer
from explorer.api.filters import DuplicateFilter
from explorer.api.permissions import Holds
from explorer.api.work_serializers import JobSerializer

PAIR = OpenApiExample("Pair", examples.DUPLICATE, response_only=True)


class DuplicateViewSet(ReadOnlyModelViewSet[DuplicatePair]):
    """Pairs that may be the same recording, those of a group together. Nothing is ever merged."""

    serializer_class = DuplicatePairSerializer
    lookup_value_converter = "int"
    filterset_class = DuplicateFilter
    http_method_names = ["get", "head", "options", "post", "patch"]

    def get_permissions(self) -> Any:
        if self.request.method == "PATCH":
            return [Holds(CHANGE_PAIRS)]
        if self.request.method == "POST":
            return [Holds(jobs.START_WORK)]
        return super().get_permissions()

    def get_queryset(self) -> QuerySet[DuplicatePair]:
        return described_pairs()

    @extend_schema(examples=[PAIR])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    @extend_schema(examples=[PAIR])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One pair with its evidence."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        request=None,
        responses={202: JobSerializer},
        examples=[
            OpenApiExample("Job", examples.DUPLICATES_JOB, response_only=True, status_codes=["202"])
        ],
    )
    def create(self, request: Request) -> Response:
        """Starts looking for duplicates: the job that does, or does it already."""
        return accepted(jobs.enqueue_once(Job.Kind.DUPLICATES, {}, person(request)))

    @extend_schema(
        examples=[PAIR, OpenApiExample("Decision", {"decision": "different"}, request_only=True)]
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Records what a person decided: `same`, `different`, `later`, or `pending` to undo it."""
        pair = self.get_object()
        sent = self.get_serializer(data=request.data)
        sent.is_valid(raise_exception=True)
        pairs = DuplicatePair.objects.filter(pk=pair.pk)
        decide(pairs, sent.validated_data["decision"], cast(User, request.user))
        return Response(self.get_serializer(self.get_object()).data)
