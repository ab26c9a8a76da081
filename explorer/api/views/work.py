"""Networks, their layers, and the maps made of them."""

from dataclasses import asdict
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from embeddings.models import EmbeddingModel, Extraction, Layer, Projection, ProjectionTrack
from embeddings.queries import (
    current_projections,
    lacks_trust,
    projection_named,
    projection_trust,
)
from embeddings.reduction import on_demand
from embeddings.reduction.methods import METHODS
from embeddings.reduction.service import ReductionError, with_usual
from embeddings.reduction.sources import Subset
from explorer.anonymity import names
from explorer.api import filters, parameters, points
from explorer.api.answers import accepted, person
from explorer.api.arrow import ArrowView
from explorer.api.error_schema import refused
from explorer.api.errors import Conflict
from explorer.api.permissions import Holds
from explorer.api.schema import ARROW_STREAM
from explorer.api.work_serializers import (
    JobSerializer,
    LayerSerializer,
    MethodSerializer,
    ModelSerializer,
    NewProjectionSerializer,
    ProjectionSerializer,
)


class CuratedViewSet(mixins.UpdateModelMixin, ReadOnlyModelViewSet[Any]):
    """Everybody reads; who may change such rows in the admin switches them with PATCH as well."""

    change: str  # the permission
    http_method_names = ["get", "head", "options", "patch"]

    def get_permissions(self) -> Any:
        if self.request.method == "PATCH":
            return [Holds(self.change)]
        return super().get_permissions()

    def get_serializer_context(self) -> dict[str, Any]:
        """Adds the number of segments per network: one query, however many layers."""
        done = Extraction.objects.filter(state=Extraction.State.DONE).order_by()
        counts = done.values_list("model").annotate(Sum("segments"))
        return {**super().get_serializer_context(), "segments": dict(counts)}


class ModelViewSet(CuratedViewSet):
    """Networks and their layers; `enabled` can be switched by curators."""

    change = "embeddings.change_embeddingmodel"
    serializer_class = ModelSerializer
    pagination_class = None
    lookup_field = "name"
    lookup_value_converter = "model"

    def get_queryset(self) -> QuerySet[EmbeddingModel]:
        layers = Layer.objects.select_related("model").order_by(names().order("key", "key"))
        models = EmbeddingModel.objects.prefetch_related(Prefetch("layers", layers))
        return models.order_by(names().order("model", "name"))


class LayerViewSet(CuratedViewSet):
    """Outputs of networks, kept for each segment; `enabled` can be switched by curators."""

    change = "embeddings.change_layer"
    serializer_class = LayerSerializer
    pagination_class = None
    lookup_field = "name"
    lookup_value_converter = "layer"

    def get_queryset(self) -> QuerySet[Layer]:
        return Layer.objects.select_related("model").order_by(names().order("layer", "name"))


class ProjectionViewSet(ReadOnlyModelViewSet[Projection]):
    """Maps: the newest finished version of each. POST starts making one."""

    serializer_class = ProjectionSerializer
    lookup_value_converter = "int"
    filterset_class = filters.ProjectionFilter
    pagination_class = None

    def get_queryset(self) -> QuerySet[Projection]:
        return self._described(current_projections())

    def get_object(self) -> Projection:
        # An older version can still be asked for by its number: its points stay as they are.
        named = self._described(projection_named(self.kwargs["pk"]))
        projection: Projection = get_object_or_404(named)
        self.check_object_permissions(self.request, projection)
        return projection

    @staticmethod
    def _described(projections: QuerySet[Projection]) -> QuerySet[Projection]:
        tracks = (
            ProjectionTrack.objects.filter(projection=OuterRef("pk"))
            .order_by()
            .values("projection")
            .annotate(count=Count("pk"))
            .values("count")
        )
        return (
            projections.select_related("layer__model")
            .annotate(track_count=Coalesce(Subquery(tracks), 0))
            .order_by(
                names().order("layer", "layer__name"), names().order("method", "method"), "pk"
            )
        )

    @extend_schema(
        request=NewProjectionSerializer,
        responses={200: ProjectionSerializer, 202: JobSerializer},
    )
    def create(self, request: Request) -> Response:
        """The map where it is there and shows all that it should, else the job that makes it."""
        checked = NewProjectionSerializer(data=request.data)
        checked.is_valid(raise_exception=True)
        wanted = checked.validated_data
        try:
            answer = on_demand.ask(
                wanted["layer"],
                wanted["method"],
                wanted["parameters"],
                subset=Subset(wanted["filter"], wanted["every"]),
                seed=wanted["seed"],
                user=person(request),
            )
        except ReductionError as error:
            raise serializers.ValidationError({"filter": [str(error)]}) from error
        if isinstance(answer, Projection):
            return Response(ProjectionSerializer(self.get_queryset().get(pk=answer.pk)).data)
        return accepted(answer)

    @extend_schema(responses=MethodSerializer(many=True), filters=False)
    @action(detail=False)
    def methods(self, request: Request) -> Response:
        """What a map can be asked for by, with the range of each parameter and its usual value."""
        return Response(sorted(map(_described, METHODS), key=itemgetter("name")))

    @extend_schema(responses={204: None, 409: refused("It is one of the library's own maps.")})
    def destroy(self, request: Request, pk: str) -> Response:
        """Deletes a map that somebody asked for, in all of its versions."""
        try:
            on_demand.forget(self.get_object())
        except ReductionError as error:
            raise Conflict(str(error)) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


def _described(method: str) -> dict[str, Any]:
    usual = with_usual(method)
    parameters = [
        {"name": name, **asdict(parameter), "default": usual[name]}
        for name, parameter in METHODS[method].parameters.items()
    ]
    row = {"name": names().shown("method", method), "parameters": parameters}
    # Which parameters a method has would tell which it is.
    return row | {"parameters": []} if settings.ANONYMOUS_MODELS else row


class ProjectionPointsView(ArrowView):
    """The points of a map, sorted by track and position."""

    @extend_schema(parameters=[parameters.PointsParameters], responses=ARROW_STREAM)
    def get(self, request: Request, pk: int) -> HttpResponse:
        projection = get_object_or_404(projection_named(pk).select_related("layer"))
        wanted = parameters.checked(parameters.PointsParameters, request.query_params)
        parameters.check_dimensions(wanted, parameters.dimensions_of(projection))
        x, y = wanted["x"], wanted["y"]
        return points.projection_response(
            request._request,
            projection,
            f"projection-{x}-{y}",
            lambda: points.projection_stream(projection, x=x, y=y),
            version=wanted.get("v"),
        )


class ProjectionTrustView(ArrowView):
    """How far the place of each segment of a map can be trusted, of those that were measured."""

    @extend_schema(parameters=[parameters.VersionParameters], responses=ARROW_STREAM)
    def get(self, request: Request, pk: int) -> HttpResponse:
        projection = get_object_or_404(projection_named(pk).select_related("layer"))
        wanted = parameters.checked(parameters.VersionParameters, request.query_params)
        if lacks_trust(projection):  # made by an earlier release, and not measured yet
            stream = points.trust_stream(projection_trust(projection))
            return points.fresh_response(request._request, stream)
        return points.projection_response(
            request._request,
            projection,
            "trust",
            lambda: points.trust_stream(projection_trust(projection)),
            version=wanted.get("v"),
        )


class LayerPointsView(ArrowView):
    """The map called "original": two dimensions of the vectors themselves."""

    @extend_schema(parameters=[parameters.PointsParameters], responses=ARROW_STREAM)
    def get(self, request: Request, name: str) -> HttpResponse:
        layer = get_object_or_404(Layer, name=name)
        wanted = parameters.checked(parameters.PointsParameters, request.query_params)
        parameters.check_dimensions(wanted, layer.size)
        x, y = wanted["x"], wanted["y"]
        return points.cached_response(
            request._request,
            f"layer-{points.layer_version(layer)}-{x}-{y}",
            lambda: points.layer_stream(layer, x=x, y=y),
            immutable=False,  # vectors come and go while tracks are added
        )
