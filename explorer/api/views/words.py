"""Search by tags: the moments and tracks of which a query is truest, and how true it is where."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from embeddings.models import Layer
from embeddings.similarity.moments import Moment
from embeddings.similarity.scope import scope_of
from embeddings.similarity.words.finding import best_moments, best_tracks, heard
from embeddings.similarity.words.language import Node, QueryError, Term, parse, terms, write
from embeddings.similarity.words.ranks import Ranks
from embeddings.similarity.words.vocabulary import Vocabulary
from explorer.api import examples, found, parameters, points
from explorer.api.arrow import ArrowView
from explorer.api.errors import ApiError
from explorer.api.schema import ARROW_STREAM
from explorer.api.words_serializers import (
    SegmentsByWordsSerializer,
    TracksByWordsSerializer,
    VocabularySerializer,
)
from explorer.disk_cache import DiskCache
from explorer.word_ranks import ranks_for

# Apart from the maps, which cost more to make, and which any number of queries would push out.
SCORES = DiskCache("word-scores", max_bytes=32 << 20)


class SegmentsByWordsView(APIView):
    """The moments of which a query by tags is truest, best first.

    "piano and not vocals, fast": the grammar is in docs/search.md. Each tag is as true as the share
    of the library that a segment stands above with it. Of neighbouring segments, the best alone.
    A mistake is answered with 400; `details` tells its position and length in letters.
    """

    @extend_schema(
        parameters=[parameters.WordsParameters, parameters.SelectionParameters],
        responses=SegmentsByWordsSerializer,
        examples=[OpenApiExample("Moments", examples.SEGMENTS_BY_WORDS, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        wanted = parameters.checked(parameters.WordsParameters, request.query_params)
        return Response(SegmentsByWordsSerializer(_found(request, wanted, "segments")).data)


class TracksByWordsView(APIView):
    """The same for tracks: by their best passages of four segments, or by the mean of all."""

    @extend_schema(
        parameters=[parameters.TracksByWordsParameters, parameters.SelectionParameters],
        responses=TracksByWordsSerializer,
        examples=[OpenApiExample("Tracks", examples.TRACKS_BY_WORDS, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        wanted = parameters.checked(parameters.TracksByWordsParameters, request.query_params)
        answer = {**_found(request, wanted, wanted["by"]), "by": wanted["by"]}
        return Response(TracksByWordsSerializer(answer).data)


class WordsView(ArrowView):
    """How true a query by tags is of each segment of a taggram layer: `score`, 255 is quite true.

    Sorted by track and position. So a map can be coloured and filtered by it.
    """

    @extend_schema(parameters=[parameters.QueryParameters], responses=ARROW_STREAM)
    def get(self, request: Request, name: str) -> HttpResponse:
        layer = get_object_or_404(Layer, name=name, kind=Layer.Kind.TAGGRAM)
        wanted = parameters.checked(parameters.QueryParameters, request.query_params)
        query = _parsed(wanted["q"], layer)
        version = _version(layer)
        digest = hashlib.sha256(write(query).encode()).hexdigest()[:16]
        return points.cached_response(
            request._request,
            f"words-{version}-{digest}",
            lambda: points.words_stream(layer, query, ranks_for(layer, version)),
            immutable=False,  # tracks are added
            cache=SCORES,
        )


class VocabularyView(APIView):
    """The tags that a query may use: those of a taggram layer, and synonyms and contraries."""

    @extend_schema(
        parameters=[parameters.TaggramParameters],
        responses=VocabularySerializer,
        examples=[OpenApiExample("Tags", examples.VOCABULARY, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        layer = parameters.checked(parameters.TaggramParameters, request.query_params)["layer"]
        vocabulary = Vocabulary(layer.tags)
        rows = [
            {
                "name": word.name,
                "meaning": vocabulary.meanings[word.meaning],
                "present": word.present,
                "own": word.own,
            }
            for word in vocabulary
        ]
        rows.sort(key=lambda row: (not row["own"], str(row["name"]).casefold()))
        return Response(VocabularySerializer({"layer": layer.name, "tags": rows}).data)


def _parsed(text: str, layer: Layer) -> Node:
    try:
        return parse(text, Vocabulary(layer.tags))
    except QueryError as error:
        details = {
            "q": [str(error)],
            "position": [str(error.position)],
            "length": [str(error.length)],
        }
        if error.suggestion:
            details["suggestion"] = [error.suggestion]
        raise ApiError(400, "query", str(error), details) from error


def _version(layer: Layer) -> str:
    return points.settled(f"words-{layer.pk}", points.layer_version(layer))


def _found(request: Request, wanted: dict[str, Any], by: str) -> dict[str, Any]:
    """What a query finds: segments, or tracks by something."""
    selection = parameters.selection(request.query_params)
    layer = wanted["layer"]
    query = _parsed(wanted["q"], layer)
    ranks = ranks_for(layer, _version(layer))
    scope = scope_of(layer, selection, starts=[])
    wish = found.wish_of(wanted)
    if by == "segments":
        best = best_moments(layer, query, ranks, scope, wish)
    else:
        best = best_tracks(
            layer, query, ranks, scope, wish, by="mean" if by == "mean" else "passages"
        )
    return {
        "layer": layer.name,
        "query": write(query),
        "terms": [{**_term(term), "start": term.start, "end": term.end} for term in terms(query)],
        "unknown": selection.unknown,
        "results": _rows(layer, query, ranks, best),
    }


def _rows(layer: Layer, query: Node, ranks: Ranks, best: Sequence[Moment]) -> list[dict[str, Any]]:
    """Without those whose track has just been deleted."""
    tracks = found.tracks_of(moment.track_id for moment in best)
    return [
        {
            **found.span_of(moment, layer),
            "track": tracks[moment.track_id],
            "score": 1 - moment.distance,
            "tags": [
                {**_term(each.term), "share": each.share, "activation": each.activation}
                for each in standing
            ],
        }
        for moment, standing in zip(best, heard(layer, query, ranks, best), strict=True)
        if moment.track_id in tracks
    ]


def _term(term: Term) -> dict[str, Any]:
    return {"tag": term.word.name, "negated": term.negated, "weight": term.weight}
