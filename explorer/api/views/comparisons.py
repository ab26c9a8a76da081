"""Where two networks disagree on what is near what."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from embeddings import jobs
from embeddings.comparison.service import current, in_order
from embeddings.models import Comparison, ComparisonTrack, Job
from explorer.api import parameters, points
from explorer.api.answers import accepted, person
from explorer.api.arrow import ArrowView
from explorer.api.comparison_serializers import (
    ComparisonSerializer,
    ComparisonTrackSerializer,
    NewComparisonSerializer,
)
from explorer.api.schema import ARROW_STREAM
from explorer.api.work_serializers import JobSerializer
from tracks.models import TrackArtist


class ComparisonViewSet(ReadOnlyModelViewSet[Comparison]):
    """Comparisons of two layers, newest first. POST asks for one."""

    queryset = Comparison.objects.select_related("layer", "other")
    serializer_class = ComparisonSerializer
    lookup_value_converter = "int"

    @extend_schema(
        request=NewComparisonSerializer, responses={200: ComparisonSerializer, 202: JobSerializer}
    )
    def create(self, request: Request) -> Response:
        """The comparison of two layers as they are now, else the job that makes it."""
        wanted = NewComparisonSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        pair = in_order(*wanted.validated_data["layers"])
        found = current(*pair)
        if found is not None:
            return Response(self.get_serializer(found).data)
        sought = {"layers": [layer.name for layer in pair]}
        return accepted(jobs.enqueue_once(Job.Kind.COMPARISON, sought, person(request)))


class ComparisonTracksView(ListAPIView[ComparisonTrack]):
    """The tracks that were compared, those on which the two differ most first."""

    queryset = (
        ComparisonTrack.objects.defer("disagreements")
        .order_by("-mean", "track")
        .prefetch_related(
            "track", Prefetch("track__credits", TrackArtist.objects.select_related("artist"))
        )
    )
    serializer_class = ComparisonTrackSerializer

    def filter_queryset(self, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        return queryset.filter(comparison=get_object_or_404(Comparison, pk=self.kwargs["pk"]))


class ComparisonPointsView(ArrowView):
    """How much two layers disagree on each segment that was compared."""

    @extend_schema(parameters=[parameters.VersionParameters], responses=ARROW_STREAM)
    def get(self, request: Request, pk: int) -> HttpResponse:
        comparison = get_object_or_404(Comparison.objects.select_related("layer", "other"), pk=pk)
        wanted = parameters.checked(parameters.VersionParameters, request.query_params)
        version = points.comparison_version(comparison)
        return points.cached_response(
            request._request,
            f"comparison-{version}",
            lambda: points.comparison_stream(comparison),
            immutable=wanted.get("v") == version,
        )
