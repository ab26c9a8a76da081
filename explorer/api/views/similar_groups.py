"""Search by sound from an artist, an album or a tag."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, ClassVar

from django.db.models import Model
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from embeddings.models import Layer, TrackAverage
from embeddings.similarity.choosing import Wish
from embeddings.similarity.groups import (
    SimilarGroup,
    groups_like_group,
    heard_of,
    mean_tags,
    tracks_like_group,
)
from embeddings.similarity.scope import scope_of
from embeddings.similarity.tracks import SimilarTrack
from embeddings.similarity.why import Why, reasons
from embeddings.taggrams import taggrams_for
from explorer.api import parameters, points
from explorer.api.similar_serializers import SimilarGroupsSerializer
from tracks.models import Album, Artist, Tag, Track
from tracks.queries import with_names
from tracks.selection import TrackSelection

Found = SimilarTrack | SimilarGroup
WHOLE = float("inf")  # a track's end


def _described(model: str) -> Any:
    """In the OpenAPI document: the parameters, and what an answer looks like."""
    example = {
        "layer": "msd-musicnn-embeddings",
        "of": "artists",
        "asked": {"tracks": 9, "heard": 8},
        "unknown": {},
        "taggrams": None,
        "results": [
            {
                "track": {
                    "id": 17,
                    "title": "Harbour lights",
                    "artists": [{"id": 4, "name": "Low Tide"}],
                },
                "artist": {"id": 4, "name": "Low Tide"},
                "album": None,
                "tracks": 6,
                "distance": 0.214057,
                "why": None,
            }
        ],
    }
    return extend_schema(
        parameters=[parameters.SimilarGroupsParameters, parameters.SelectionParameters],
        responses=SimilarGroupsSerializer,
        examples=[OpenApiExample(f"Artists like {model}", value=example, response_only=True)],
    )


class SimilarView(APIView):
    """What sounds like a group of tracks; its own are left out."""

    model: ClassVar[type[Model]]
    condition: ClassVar[str]  # of a `TrackSelection`

    def answer(self, request: Request, pk: int) -> Response:
        get_object_or_404(self.model, pk=pk)
        wanted = parameters.checked(parameters.SimilarGroupsParameters, request.query_params)
        selection = parameters.selection(request.query_params)
        layer = wanted["layer"]
        members = self._tracks_of(pk)
        scope = scope_of(layer, selection, starts=members, without=wanted["without"])
        wish = Wish(wanted["limit"], wanted.get("per_artist"), wanted["spread"])
        found: Sequence[Found]
        try:
            if wanted["of"] == "tracks":
                found = tracks_like_group(layer, members, scope, wish)
            else:
                found = groups_like_group(layer, members, wanted["of"], scope, wish)
        except TrackAverage.DoesNotExist as error:
            raise NotFound(f"{layer.name} has nothing of these tracks.") from error
        taggrams, whys = _whys(layer, members, found, wanted=wanted["why"])
        answer = {
            "layer": layer.name,
            "of": wanted["of"],
            "asked": {"tracks": len(members), "heard": heard_of(layer, members)},
            "unknown": selection.unknown,
            "taggrams": taggrams and taggrams.name,
            "results": _results(found, wanted["of"], whys),
        }
        return Response(SimilarGroupsSerializer(answer).data)

    def _tracks_of(self, pk: int) -> list[int]:
        """Those that the map shows by the condition."""
        chosen = TrackSelection.from_query({self.condition: pk}).apply(Track.objects.all())
        return list(chosen.values_list("pk", flat=True))


class SimilarToArtistView(SimilarView):
    """The tracks, artists or albums most like an artist, by the mean of the artist's tracks."""

    model, condition = Artist, "artists"

    @_described("an artist")
    def get(self, request: Request, pk: int) -> Response:
        return self.answer(request, pk)


class SimilarToAlbumView(SimilarView):
    """The tracks, artists or albums most like an album, by the mean of its tracks."""

    model, condition = Album, "albums"

    @_described("an album")
    def get(self, request: Request, pk: int) -> Response:
        return self.answer(request, pk)


class SimilarToTagView(SimilarView):
    """What is most like the tracks with a tag. Tracks without it are candidates for tagging."""

    model, condition = Tag, "tags"

    @_described("a tag")
    def get(self, request: Request, pk: int) -> Response:
        return self.answer(request, pk)


def _whys(
    layer: Layer, members: Sequence[int], found: Sequence[Found], *, wanted: bool
) -> tuple[Layer | None, list[Why | None]]:
    """Whose tags tell, and what they tell of each; of a group, of its nearest track."""
    taggrams = taggrams_for(layer.model) if wanted else None
    if taggrams is None:
        return None, [None] * len(found)
    version = points.settled(f"standing-{taggrams.pk}", points.layer_version(taggrams))
    there = [(each.track_id, 0.0, WHOLE) for each in found]
    return taggrams, reasons(taggrams, mean_tags(taggrams, members), there, version=version)


def _results(found: Sequence[Found], of: str, whys: Sequence[Why | None]) -> list[dict[str, Any]]:
    tracks = with_names(Track.objects.all()).in_bulk({each.track_id for each in found})
    groups = [each.group_id for each in found if isinstance(each, SimilarGroup)]
    artists = Artist.objects.in_bulk(groups) if of == "artists" else {}
    albums = Album.objects.in_bulk(groups) if of == "albums" else {}
    return [
        {
            "track": tracks[each.track_id],
            "artist": artists.get(getattr(each, "group_id", None)),
            "album": albums.get(getattr(each, "group_id", None)),
            "tracks": getattr(each, "tracks", 1),
            "distance": each.distance,
            "why": why and asdict(why),
        }
        for each, why in zip(found, whys, strict=True)
        if each.track_id in tracks
    ]
