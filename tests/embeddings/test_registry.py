"""The registry against what is published of the networks, and the rows made of it."""

import pytest

from embeddings.models import EmbeddingModel, Layer
from embeddings.registry import MODELS
from embeddings.sync import sync_registry


def test_segments_last_what_the_networks_take() -> None:
    seconds = {name: spec.segment_seconds for name, spec in MODELS.items()}
    assert seconds == {
        "msd-musicnn": pytest.approx(2.992),
        "mtt-musicnn": pytest.approx(2.992),
        "msd-vgg": pytest.approx(2.992),
        "mtt-vgg": pytest.approx(2.992),
        "audioset-vggish": pytest.approx(0.96),
    }


def test_each_number_of_a_taggram_has_a_name() -> None:
    for spec in MODELS.values():
        for layer in spec.layers:
            if layer.kind == "taggram":
                assert len(set(spec.tags)) == layer.size == 50
    assert MODELS["msd-vgg"].tags[:3] == ("rock", "pop", "alternative")
    assert MODELS["mtt-vgg"].tags[:3] == ("guitar", "classical", "slow")


@pytest.mark.django_db
def test_migrating_makes_a_row_of_each_layer() -> None:
    expected = {spec.layer_name(layer) for spec in MODELS.values() for layer in spec.layers}
    assert set(Layer.objects.values_list("name", flat=True)) == expected
    assert len(expected) == 11
    layer = Layer.objects.get(name="msd-musicnn-taggrams")
    assert (layer.size, layer.kind, layer.tags[0]) == (50, Layer.Kind.TAGGRAM, "rock")
    assert layer.hop_seconds == layer.segment_seconds == pytest.approx(2.992)


@pytest.mark.django_db
def test_curators_switches_outlive_an_update() -> None:
    EmbeddingModel.objects.filter(name="msd-vgg").update(enabled=False, display_name="Old name")
    Layer.objects.filter(name="mtt-vgg-embeddings").update(enabled=False)
    sync_registry()
    model = EmbeddingModel.objects.get(name="msd-vgg")
    assert (model.enabled, model.display_name) == (False, MODELS["msd-vgg"].display_name)
    assert not Layer.objects.get(name="mtt-vgg-embeddings").enabled
    assert Layer.objects.get(name="msd-vgg-embeddings").enabled


@pytest.mark.django_db
def test_imported_models_are_left_alone() -> None:
    EmbeddingModel.objects.create(
        name="mine-net", dataset="mine", architecture="net", display_name="Mine", imported=True
    )
    sync_registry()
    assert EmbeddingModel.objects.get(name="mine-net").imported
