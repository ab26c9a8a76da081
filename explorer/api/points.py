"""The points of a map on their way to the browser: Arrow, gzip, kept on disk, asked for once."""

import gzip
import hashlib
import threading
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

import numpy as np
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from numpy.typing import NDArray

from embeddings import queries
from embeddings.comparison.queries import disagreements
from embeddings.labels import segment_labels
from embeddings.models import Comparison, Layer, Projection
from embeddings.reduction.quality import broken_below
from embeddings.similarity.words.language import Node, write
from embeddings.similarity.words.ranks import Ranks
from embeddings.similarity.words.truth import truths
from explorer.anonymity import names
from explorer.api.arrow import MEDIA_TYPE, to_stream
from explorer.disk_cache import DiskCache

CACHE = DiskCache("points", max_bytes=256 << 20)
GZIP_LEVEL = 1  # a million points: 0.22 s and 7.5 MB; level 6 takes a fifth longer, saves 1%
# An address with the version in it always means the same bytes.
IMMUTABLE = "private, max-age=31536000, immutable"
# Without it the browser asks each time, and is told "not modified" where nothing changed.
REVALIDATE = "private, no-cache"
# How far labels may be behind: a million take seconds to make.
SETTLED_SECONDS = 180.0
_settled: dict[str, tuple[str, float]] = {}
_settling = threading.Lock()


def projection_version(projection: Projection) -> str:
    """What changes when the map does, even where another database hands out the same number."""
    return _digest(
        projection.pk, projection.layer.name, projection.recipe, projection.version,
        projection.segments, projection.finished_at,
    )  # fmt: skip


def layer_version(layer: Layer) -> str:
    """What changes when vectors of the layer are added, replaced or removed."""
    return _digest(queries.layer_version(layer))


def comparison_version(comparison: Comparison) -> str:
    return _digest(
        comparison.pk, comparison.layer_version, comparison.other_version, comparison.created_at
    )


def comparison_stream(comparison: Comparison) -> bytes:
    """The Arrow stream of how much two layers disagree on each segment that was compared."""
    found = disagreements(comparison)
    columns: dict[str, NDArray[Any]] = {
        "track": found.track,
        "position": found.position,
        "disagreement": found.disagreement,
    }
    metadata = {
        "layer": comparison.layer.name,
        "segment_seconds": comparison.layer.segment_seconds,
        "hop_seconds": comparison.layer.hop_seconds,
        "mean": comparison.mean,
    }
    return to_stream(columns, metadata)


def projection_stream(projection: Projection, *, x: int, y: int) -> bytes:
    """The Arrow stream of a finished projection in two of its dimensions."""
    metadata = {"projection": projection.pk, "version": projection.version}
    points = queries.projection_points(projection, x=x, y=y)
    return _points_stream(points, projection.layer, metadata)


def trust_stream(trust: queries.SegmentTrust) -> bytes:
    """The Arrow stream of how far the places of a map's segments can be trusted."""
    columns: dict[str, NDArray[Any]] = {
        "track": trust.track,
        "position": trust.position,
        "trust": trust.trust,
    }
    metadata = {
        "threshold": broken_below(trust.segments),
        "measured": len(trust.trust),
        "segments": trust.segments,
    }
    return to_stream(columns, metadata)


def labels_stream(layer: Layer, taggrams: Layer | None) -> bytes:
    """The Arrow stream of the most distinctive tag of each of a layer's segments."""
    labels = segment_labels(layer, taggrams)
    columns: dict[str, NDArray[Any]] = {
        "track": labels.track,
        "position": labels.position,
        "tag": labels.tag,
    }
    metadata = {"tags": labels.tags, "layer": taggrams.name if taggrams else ""}
    return to_stream(columns, metadata)


def words_stream(layer: Layer, query: Node, ranks: Ranks) -> bytes:
    """The Arrow stream of how true a query by tags is of each of a taggram layer's segments."""
    scores = np.rint(truths(query, ranks.shares) * 255).astype(np.uint8)
    columns: dict[str, NDArray[Any]] = {
        "track": ranks.tracks[ranks.track_rows].astype(np.int32),
        "position": ranks.positions,
        "score": scores,
    }
    return to_stream(columns, {"query": write(query), "layer": layer.name})


def projection_averages_stream(projection: Projection, *, x: int, y: int) -> bytes:
    """The Arrow stream of the averages of tracks, placed on a finished projection."""
    averages = queries.projection_averages(projection, x=x, y=y)
    assert averages is not None  # the view has asked
    metadata = {"projection": projection.pk, "version": projection.version}
    return _averages_stream(averages, projection.layer, metadata)


def layer_averages_stream(layer: Layer, *, x: int, y: int) -> bytes:
    """The Arrow stream of two dimensions of the averages of tracks themselves."""
    return _averages_stream(queries.layer_averages(layer, x=x, y=y), layer, {})


def layer_averages_version(layer: Layer) -> str:
    """What changes when averages of the layer are added, replaced or removed."""
    counts = layer.averages.aggregate(rows=Count("pk"), whole=Count("typical"))
    return _digest(layer_version(layer), *counts.values())


def _averages_stream(
    averages: queries.AveragePoints, layer: Layer, metadata: Mapping[str, object]
) -> bytes:
    columns: dict[str, NDArray[Any]] = {
        "track": averages.track,
        "x": averages.x,
        "y": averages.y,
        "spread": averages.spread,
        "segments": averages.segments,
        "typical": averages.typical,
    }
    return to_stream(columns, {**metadata, "layer": layer.name})


def layer_stream(layer: Layer, *, x: int, y: int) -> bytes:
    """The Arrow stream of two dimensions of a layer's vectors themselves."""
    return _points_stream(queries.layer_points(layer, x=x, y=y), layer, {})


def _points_stream(points: queries.Points, layer: Layer, metadata: Mapping[str, object]) -> bytes:
    columns = {
        "track": points.track,
        "position": points.position,
        "x": points.x,
        "y": points.y,
    }
    about = {
        "layer": layer.name,
        "segment_seconds": layer.segment_seconds,
        "hop_seconds": layer.hop_seconds,
    }
    return to_stream(columns, {**metadata, **about})


def cached_response(
    request: HttpRequest,
    name: str,
    make: Callable[[], bytes],
    *,
    immutable: bool,
    cache: DiskCache = CACHE,
) -> HttpResponse:
    """Answers the stream that `make` returns; `name` stands for its content, and is its ETag.

    Kept compressed on disk, for compression takes longer than all else together.
    """
    name = f"{name}{names().tag}"

    def compressed() -> bytes:
        with cache.get_or_make(f"{name}.arrow.gz", lambda: _compress(make())) as file:
            return file.read()

    cache_control = IMMUTABLE if immutable else REVALIDATE
    return _response(request, name, compressed, cache_control=cache_control)


def settled(kind: str, version: str) -> str:
    """The version to answer of something that is costly to make, and changes with each track.

    One that was answered is answered again for `SETTLED_SECONDS`, whatever comes meanwhile: else
    each request would make another while tracks are analysed. What came is made then, once.
    """
    now = monotonic()
    with _settling:
        answered, since = _settled.get(kind, (version, now))
        if now - since >= SETTLED_SECONDS:
            answered, since = version, now
        _settled[kind] = answered, since
    return answered


def projection_response(
    request: HttpRequest,
    projection: Projection,
    name: str,
    make: Callable[[], bytes],
    *,
    version: str | None,
) -> HttpResponse:
    """Answers a stream of a finished projection: for ever, where this is its `version`."""
    current = projection_version(projection)
    return cached_response(request, f"{name}-{current}", make, immutable=version == current)


def fresh_response(request: HttpRequest, stream: bytes) -> HttpResponse:
    """Answers a stream that costs little to make and is not kept."""
    return _response(
        request, _digest_bytes(stream), lambda: _compress(stream), cache_control=REVALIDATE
    )


def _response(
    request: HttpRequest, tag: str, compressed: Callable[[], bytes], *, cache_control: str
) -> HttpResponse:
    """Answers a stream that `compressed` returns, compressed or not, as the request allows."""
    accepted = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    # Each encoding is a representation of its own, so each has a tag of its own.
    etag = f'"{tag}-gzip"' if accepted else f'"{tag}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        content = compressed()
        response = HttpResponse(
            content if accepted else gzip.decompress(content), content_type=MEDIA_TYPE
        )
        if accepted:
            response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = cache_control
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header allows gzip (RFC 9110, 12.5.3)."""
    weights = {}
    for item in header.lower().split(","):
        coding, _, parameters = item.partition(";")
        weights[coding.strip()] = parameters.replace(" ", "")
    weight = weights.get("gzip", weights.get("*"))
    return weight is not None and weight not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}


def _compress(stream: bytes) -> bytes:
    return gzip.compress(stream, GZIP_LEVEL, mtime=0)


def _digest(*parts: object) -> str:
    # With the names' tag, for streams tell the layer's name.
    return _digest_bytes("\0".join(map(str, [*parts, names().tag])).encode())


def _digest_bytes(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
