"""Artists, albums, tags, and how much there is of everything."""

from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from embeddings.models import Job
from embeddings.queries import current_projections
from embeddings.weights.store import weights_present
from explorer.api import filters
from explorer.api.schema import LibrarySerializer
from explorer.api.serializers import AlbumSerializer, ArtistSerializer, TagSerializer
from tracks.models import Album, Artist, Tag, Track


class ArtistViewSet(ReadOnlyModelViewSet[Artist]):
    """Artists, with how many tracks they have a part in."""

    queryset = Artist.objects.annotate(track_count=Count("credits")).order_by("name", "pk")
    lookup_value_converter = "int"
    serializer_class = ArtistSerializer
    filterset_class = filters.ArtistFilter


class AlbumViewSet(ReadOnlyModelViewSet[Album]):
    """Albums, with how many tracks are there."""

    queryset = (
        Album.objects.select_related("artist")
        .annotate(track_count=Count("tracks"))
        .order_by("title", "pk")
    )
    lookup_value_converter = "int"
    serializer_class = AlbumSerializer
    filterset_class = filters.AlbumFilter


class TagViewSet(ReadOnlyModelViewSet[Tag]):
    """Tags of the form category and name, with how many tracks have them."""

    queryset = Tag.objects.annotate(track_count=Count("tracks")).order_by("category", "name")
    lookup_value_converter = "int"
    serializer_class = TagSerializer
    filterset_class = filters.TagFilter


class LibraryView(APIView):
    """How much there is of everything: what a page says when there is nothing to show."""

    @extend_schema(responses=LibrarySerializer)
    def get(self, request: Request) -> Response:
        return Response(_library())


def _library() -> dict[str, Any]:
    present: QuerySet[Track] = Track.objects.filter(state=Track.State.PRESENT)
    playable = present.aggregate(count=Count("pk"), seconds=Sum("duration"))
    return {
        "tracks": Track.objects.count(),
        "playable": playable["count"] if settings.AUDIO_DIR else 0,
        "artists": Artist.objects.count(),
        "albums": Album.objects.count(),
        "tags": Tag.objects.count(),
        "hours": round((playable["seconds"] or 0.0) / 3600, 2),
        "models_present": len(weights_present()),
        "projections": current_projections().count(),
        "jobs_active": Job.objects.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).count(),
        "audio_dir_set": bool(settings.AUDIO_DIR),
    }
