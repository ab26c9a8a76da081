"""What networks say of single segments."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from embeddings.models import Layer, SegmentEmbedding
from embeddings.neighbours import Neighbour, nearest_to_segment
from embeddings.taggrams import taggrams_for
from explorer.api import parameters, points
from explorer.api.arrow import ArrowView
from explorer.api.schema import ARROW_STREAM, NeighbourSerializer

DIGITS = 6  # of distances between vectors in half precision


class NeighboursView(APIView):
    """The segments nearest to one of a layer, by cosine distance in full dimension."""

    @extend_schema(
        parameters=[parameters.NeighboursParameters], responses=NeighbourSerializer(many=True)
    )
    def get(self, request: Request, name: str) -> Response:
        layer = get_object_or_404(Layer, name=name)
        wanted = parameters.checked(parameters.NeighboursParameters, request.query_params)
        track, position = wanted["track"], wanted["position"]
        try:
            near = nearest_to_segment(
                layer,
                track,
                position,
                limit=wanted["limit"],
                **_shown_on(wanted.get("projection"), layer),
            )
        except SegmentEmbedding.DoesNotExist as error:
            raise NotFound(f"{layer.name} has no segment {position} of track {track}.") from error
        return Response([_described(each, layer) for each in near])


def _described(neighbour: Neighbour, layer: Layer) -> dict[str, Any]:
    start, end = layer.span(neighbour.position)
    return {
        "track": neighbour.track_id,
        "position": neighbour.position,
        "start": start,
        "end": end,
        "distance": round(neighbour.distance, DIGITS),
    }


def _shown_on(projection: Any, layer: Layer) -> dict[str, Any]:
    """What restricts a search to the segments that a map shows."""
    if projection is None:
        return {}
    if projection.layer_id != layer.pk:
        message = f"Map {projection.pk} is not one of {layer.name}."
        raise ValidationError({"projection": [message]})
    tracks = list(projection.tracks.values_list("track_id", flat=True))
    return {"tracks": tracks, "every": projection.every}


class LabelsView(ArrowView):
    """The most distinctive tag of each segment of a layer, for names of a map's regions."""

    @extend_schema(responses=ARROW_STREAM)
    def get(self, request: Request, name: str) -> HttpResponse:
        layer = get_object_or_404(Layer.objects.select_related("model"), name=name)
        taggrams = taggrams_for(layer.model)
        versions = [points.layer_version(each) for each in (layer, taggrams) if each]
        return points.cached_response(
            request._request,
            points.settled(f"labels-{layer.pk}", f"labels-{'-'.join(versions)}"),
            lambda: points.labels_stream(layer, taggrams),
            immutable=False,  # tags change while tracks are added
        )
