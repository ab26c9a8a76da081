"""What a track is introduced by: the passages around its most typical and its most unusual segment.

Their positions are kept with the averages, see `passages.py`.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from embeddings.models import Layer, TrackAverage
from embeddings.passages import passage
from tracks.models import Track


@dataclass(frozen=True)
class Passage:
    """What is heard around a segment, in seconds."""

    position: int
    start: float
    end: float


@dataclass(frozen=True)
class Previews:
    typical: Passage
    unusual: Passage


def preview_layer() -> Layer | None:
    """The layer by which tracks are introduced where nobody names one, and by which they are cut.

    The first that is switched on, has heard something, and is not of tags; else one of tags.
    """
    heard = TrackAverage.objects.filter(layer=OuterRef("pk"), typical__isnull=False)
    layers = Layer.objects.select_related("model").filter(
        Exists(heard), enabled=True, model__enabled=True
    )
    return layers.order_by("kind", "model__name", "key").first()


def with_extremes(tracks: QuerySet[Track], layer: Layer | None) -> QuerySet[Track]:
    """The tracks with what `previews_of` reads, in the same query."""
    if layer is None:
        return tracks
    own = TrackAverage.objects.filter(layer=layer, track=OuterRef("pk"))
    return tracks.annotate(
        typical=Subquery(own.values("typical")), unusual=Subquery(own.values("unusual"))
    )


def previews_of(track: Track, layer: Layer | None) -> Previews | None:
    """Of a track as `with_extremes` reads it; None where the layer has nothing of it."""
    typical, unusual = getattr(track, "typical", None), getattr(track, "unusual", None)
    if layer is None or typical is None or unusual is None:
        return None
    return Previews(_passage(track, layer, typical), _passage(track, layer, unusual))


def _passage(track: Track, layer: Layer, position: int) -> Passage:
    start, end = passage(
        position,
        hop_seconds=layer.hop_seconds,
        segment_seconds=layer.segment_seconds,
        seconds=float("inf") if track.duration is None else track.duration,
    )
    return Passage(position, start, end)
