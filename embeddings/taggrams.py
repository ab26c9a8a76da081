"""The strongest tags of a stretch of a track, whichever network's segments they come from."""

from collections.abc import Sequence

import numpy as np
from django.db.models import Case, IntegerField, QuerySet, Value, When
from numpy.typing import NDArray

from embeddings.models import EmbeddingModel, Extraction, Layer
from embeddings.queries import track_taggrams
from tracks.models import Track


def stretch_weights(
    segments: int, *, hop_seconds: float, segment_seconds: float, start: float, end: float
) -> NDArray[np.float64]:
    """How many seconds of each segment, (segments,), lie between `start` and `end` (seconds)."""
    begins = np.arange(segments) * hop_seconds
    overlap = np.minimum(begins + segment_seconds, end) - np.maximum(begins, start)
    return np.maximum(overlap, 0.0)


def strongest_tags(
    track: Track, model: EmbeddingModel, *, start: float, end: float, top: int = 3
) -> list[tuple[str, float]]:
    """Names and mean activations of the tags between two seconds of a track, strongest first.

    Taken from the model's own taggrams, else from another network's, by overlap in time. Empty
    where no network has tagged the track, or the stretch lies beyond its end.
    """
    return strongest_tags_of(track, model, [(start, end)], top=top)[0]


def strongest_tags_of(
    track: Track, model: EmbeddingModel, stretches: Sequence[tuple[float, float]], *, top: int = 3
) -> list[list[tuple[str, float]]]:
    """The same for each of several stretches of a track, read once."""
    layer = _taggram_layers(model, Extraction.objects.filter(track=track)).first()
    if layer is None:
        return [[] for _ in stretches]
    values = track_taggrams(track, layer)
    return [_strongest(layer, values, start, end, top) for start, end in stretches]


def _strongest(
    layer: Layer, values: NDArray[np.float32], start: float, end: float, top: int
) -> list[tuple[str, float]]:
    weights = stretch_weights(
        len(values),
        hop_seconds=layer.hop_seconds,
        segment_seconds=layer.segment_seconds,
        start=start,
        end=end,
    )
    if not weights.any():
        return []
    means = weights @ values / weights.sum()
    strongest = np.argsort(-means, kind="stable")[:top]
    return [(layer.tags[index], float(means[index])) for index in strongest]


def taggrams_for(model: EmbeddingModel) -> Layer | None:
    """The taggram layer that speaks for a network: its own, else one of the same dataset, else any.

    None while no track has been tagged.
    """
    return _taggram_layers(model, Extraction.objects.all()).first()


def _taggram_layers(model: EmbeddingModel, extractions: QuerySet[Extraction]) -> QuerySet[Layer]:
    """Layers with tags from these extractions: the model's own first, then those of its dataset."""
    done = extractions.filter(state=Extraction.State.DONE)
    closeness = Case(
        When(model=model, then=Value(0)),
        When(model__dataset=model.dataset, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return Layer.objects.filter(
        kind=Layer.Kind.TAGGRAM, enabled=True, model__in=done.values("model")
    ).order_by(closeness, "name")
