"""The most distinctive tag of each segment: its own network's, or another's by overlap in time."""

import numpy as np
import pytest
from django.utils import timezone

from embeddings import storage
from embeddings.labels import NO_LABEL, segment_labels
from embeddings.models import Extraction, Layer
from embeddings.taggrams import taggrams_for
from tests.embeddings.factories import make_layer, store

pytestmark = pytest.mark.django_db
TAGS = ("rock", "calm", "odd", "never")


def analysed(layer: Layer, tracks) -> None:
    for track in tracks:
        Extraction.objects.create(
            track=track, model=layer.model, state=Extraction.State.DONE, finished_at=timezone.now()
        )


@pytest.fixture
def taggrams() -> Layer:
    """Every segment is rock; what tells them apart is weaker."""
    layer = make_layer(4, key="taggrams", tags=TAGS)
    rows = {
        1: [[0.9, 0.1, 0, 0.25], [0.9, 0.5, 0, 0.25], [0.9, 0.1, 0, 0.25]],
        2: [[0.8, 0.1, 0, 0.25], [0.9, 0.1, 0.1, 0.25]],
    }
    analysed(layer, store(layer, {n: np.array(row) for n, row in rows.items()}))
    return layer


def named(labels) -> list[str | None]:
    return [None if tag == NO_LABEL else labels.tags[tag] for tag in labels.tag.tolist()]


def test_the_tag_furthest_above_its_mean(taggrams: Layer) -> None:
    labels = segment_labels(taggrams, taggrams)
    # Tags in units of their own deviation: rock 0.9 is half of one above the mean, calm 0.5 two.
    assert named(labels) == ["rock", "calm", "rock", None, "odd"]
    assert labels.tags == ["rock", "calm", "odd"]
    assert labels.position.tolist() == [0, 1, 2, 0, 1]
    assert np.unique(labels.track).size == 2


def test_blocks_do_not_change_the_result(taggrams: Layer, monkeypatch) -> None:
    whole = segment_labels(taggrams, taggrams)
    monkeypatch.setattr(storage, "BLOCK_BYTES", 100)  # two rows, within tracks and across them
    blocks = segment_labels(taggrams, taggrams)
    assert (named(blocks), blocks.track.tolist()) == (named(whole), whole.track.tolist())


def test_borrowed_by_overlap_in_time(taggrams: Layer) -> None:
    other = make_layer(2, model="other-net")
    Layer.objects.filter(pk=other.pk).update(hop_seconds=1, segment_seconds=1)
    other.refresh_from_db()
    store(other, {1: np.ones((11, 2)), 2: np.ones((1, 2)), 3: np.ones((2, 2))})
    labels = segment_labels(other, taggrams_for(other.model))
    assert named(labels) == [
        *["rock"] * 3, *["calm"] * 3, *["rock"] * 3, *[None] * 2,  # beyond the last segment
        None,
        *[None] * 2,  # a track without tags
    ]  # fmt: skip


def test_whose_tags_they_are(taggrams: Layer) -> None:
    assert taggrams_for(taggrams.model) == taggrams
    stranger = make_layer(2, model="stranger-net")
    cousin = make_layer(2, model="far-net", key="taggrams", tags=("a", "b"))
    analysed(cousin, store(cousin, {1: np.eye(2)}))
    same_dataset = make_layer(2, model="test-other")
    assert taggrams_for(stranger.model) == cousin  # the first by name
    assert taggrams_for(same_dataset.model) == taggrams
    Extraction.objects.all().delete()
    assert taggrams_for(taggrams.model) is None


def test_without_tags_there_are_no_labels(taggrams: Layer) -> None:
    labels = segment_labels(taggrams, None)
    assert (named(labels), labels.tags) == ([None] * 5, [])


def test_more_tags_than_fit_in_a_byte() -> None:
    """As imported networks have: the 255 that label most segments keep their names."""
    tags = tuple(f"tag {number}" for number in range(300))
    layer = make_layer(300, key="taggrams", tags=tags)
    rows = np.vstack([np.eye(300), np.eye(300)[100:]])
    store(layer, {1: rows})
    labels = segment_labels(layer, layer)
    assert len(labels.tags) == 255
    assert set(labels.tags) > set(tags[100:])
    expected = [tag if tag in labels.tags else None for tag in [*tags, *tags[100:]]]
    assert named(labels) == expected
