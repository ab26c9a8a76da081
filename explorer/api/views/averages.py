"""Tracks as one point each."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from embeddings.models import Layer
from embeddings.queries import lacks_averages, lacks_typical, projection_named
from explorer.api import parameters, points
from explorer.api.arrow import ArrowView
from explorer.api.schema import ARROW_STREAM


class ProjectionAveragesView(ArrowView):
    """Where the averages of tracks, taken in full dimension, lie on a map."""

    @extend_schema(parameters=[parameters.PointsParameters], responses=ARROW_STREAM)
    def get(self, request: Request, pk: int) -> HttpResponse:
        projection = get_object_or_404(projection_named(pk).select_related("layer"))
        wanted = parameters.checked(parameters.PointsParameters, request.query_params)
        parameters.check_dimensions(wanted, parameters.dimensions_of(projection))
        if lacks_averages(projection):
            message = "Averages are not on this map yet; reduce_all places them."
            raise NotFound(message, code="no_averages")
        x, y = wanted["x"], wanted["y"]
        whole = not lacks_typical(projection.layer)
        return points.projection_response(
            request._request,
            projection,
            f"averages-{x}-{y}-{'whole' if whole else 'part'}",
            lambda: points.projection_averages_stream(projection, x=x, y=y),
            version=wanted.get("v") if whole else None,
        )


class LayerAveragesView(ArrowView):
    """The averages of tracks on the map called "original": two dimensions of their means."""

    @extend_schema(parameters=[parameters.PointsParameters], responses=ARROW_STREAM)
    def get(self, request: Request, name: str) -> HttpResponse:
        layer = get_object_or_404(Layer, name=name)
        wanted = parameters.checked(parameters.PointsParameters, request.query_params)
        parameters.check_dimensions(wanted, layer.size)
        x, y = wanted["x"], wanted["y"]
        return points.cached_response(
            request._request,
            f"layer-averages-{points.layer_averages_version(layer)}-{x}-{y}",
            lambda: points.layer_averages_stream(layer, x=x, y=y),
            immutable=False,
        )
