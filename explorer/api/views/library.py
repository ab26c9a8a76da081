"""Artists, albums, tags, and how much there is of everything."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from embeddings import jobs
from embeddings.models import Job
from embeddings.queries import current_projections
from embeddings.weights.store import weights_present
from explorer.api import filters
from explorer.api.permissions import may_work
from explorer.api.schema import LibrarySerializer
from explorer.api.serializers import AlbumSerializer, ArtistSerializer, TagSerializer
from tracks.models import Album, Artist, Tag
from tracks.queries import library_counts, used


class ArtistViewSet(ReadOnlyModelViewSet[Artist]):
    """Artists, with how many tracks they have a part in."""

    queryset = used(Artist.objects.order_by("name", "pk"))
    lookup_value_converter = "int"
    serializer_class = ArtistSerializer
    filterset_class = filters.ArtistFilter


class AlbumViewSet(ReadOnlyModelViewSet[Album]):
    """Albums, with how many tracks are there."""

    queryset = used(Album.objects.select_related("artist").order_by("title", "pk"))
    lookup_value_converter = "int"
    serializer_class = AlbumSerializer
    filterset_class = filters.AlbumFilter


class TagViewSet(ReadOnlyModelViewSet[Tag]):
    """Tags of the form category and name, with how many tracks have them."""

    queryset = used(Tag.objects.order_by("category", "name"))
    lookup_value_converter = "int"
    serializer_class = TagSerializer
    filterset_class = filters.TagFilter


class LibraryView(APIView):
    """How much there is of everything: what a page says when there is nothing to show."""

    @extend_schema(responses=LibrarySerializer)
    def get(self, request: Request) -> Response:
        return Response({**_library(), "may_work": may_work(request)})


def _library() -> dict[str, Any]:
    counts = library_counts()
    return {
        "tracks": counts.tracks,
        "playable": counts.playable,
        "artists": counts.artists,
        "albums": counts.albums,
        "tags": counts.tags,
        "hours": round(counts.hours, 2),
        "models_present": len(weights_present()),
        "projections": current_projections().count(),
        "jobs_active": jobs.as_shown(Job.objects.all()).filter(jobs.ACTIVE).count(),
        "audio_dir_set": bool(settings.AUDIO_DIR),
        "anonymous_models": settings.ANONYMOUS_MODELS,
    }
