"""The strongest tags of a stretch, by hand-worked overlaps."""

import numpy as np
import pytest
from django.utils import timezone

from embeddings.models import EmbeddingModel, Extraction, Layer
from embeddings.storage import ensure_partition, replace_vectors
from embeddings.taggrams import stretch_weights, strongest_tags
from tracks.models import Track


def test_weights_are_seconds_of_overlap():
    def weights(start: float, end: float, hop: float = 2.0) -> list[float]:
        return stretch_weights(
            3, hop_seconds=hop, segment_seconds=2.0, start=start, end=end
        ).tolist()

    assert weights(0, 2) == [2, 0, 0]
    assert weights(1, 4.5) == [1, 2, 0.5]
    assert weights(0, float("inf")) == [2, 2, 2]
    assert weights(6, 9) == [0, 0, 0]
    assert weights(1, 2, hop=1.0) == [1, 1, 0]  # segments that overlap


def add_model(name: str, hop: float, tags: list[str] | None) -> Layer | None:
    dataset, architecture = name.split("-")
    model = EmbeddingModel.objects.create(name=name, dataset=dataset, architecture=architecture)
    if tags is None:
        return None
    layer = Layer.objects.create(
        model=model,
        name=f"{name}-taggrams",
        key="taggrams",
        kind=Layer.Kind.TAGGRAM,
        size=len(tags),
        tags=tags,
        segment_seconds=hop,
        hop_seconds=hop,
    )
    ensure_partition(layer.pk)
    return layer


@pytest.fixture
def track(db) -> Track:
    return Track.objects.create(path="a.wav", path_bytes=b"a.wav")


def analyse(track: Track, layer: Layer, rows: list[list[float]]) -> None:
    replace_vectors({layer: np.array(rows)}, track.pk)
    Extraction.objects.create(
        track=track, model=layer.model, state="done", segments=len(rows), finished_at=timezone.now()
    )


def test_means_over_the_stretch(track):
    layer = add_model("toy-net", 2.0, ["calm", "loud"])
    analyse(track, layer, [[1.0, 0.0], [0.0, 0.5]])
    assert strongest_tags(track, layer.model, start=0, end=2, top=1) == [("calm", 1.0)]
    # One second of the first segment, two of the second.
    found = dict(strongest_tags(track, layer.model, start=1, end=4))
    assert found == {"calm": pytest.approx(1 / 3), "loud": pytest.approx(1 / 3)}
    assert [name for name, _ in strongest_tags(track, layer.model, start=2, end=4)] == [
        "loud",
        "calm",
    ]
    assert strongest_tags(track, layer.model, start=4, end=9) == []


def test_a_network_without_tags_borrows_them(track):
    add_model("toy-embedder", 1.0, None)
    far = add_model("other-net", 2.0, ["far"])
    near = add_model("toy-net", 2.0, ["near"])
    model = EmbeddingModel.objects.get(name="toy-embedder")
    assert strongest_tags(track, model, start=0, end=1) == []
    analyse(track, far, [[0.5]])
    assert strongest_tags(track, model, start=0, end=1) == [("far", 0.5)]
    analyse(track, near, [[0.25]])  # of the same dataset
    assert strongest_tags(track, model, start=0, end=1) == [("near", 0.25)]
    assert strongest_tags(track, far.model, start=0, end=1) == [("far", 0.5)]
