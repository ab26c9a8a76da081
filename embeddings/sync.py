"""Rows for the networks of `registry.py`, so that curators see and switch them in the admin."""

from django.db import transaction

from embeddings.models import EmbeddingModel, Layer
from embeddings.registry import MODELS, LayerSpec, ModelSpec
from embeddings.storage import ensure_partition


def sync_registry() -> None:
    """Makes and updates the rows of the registry's models and layers; harmless to repeat.

    `enabled` belongs to the curators and is set on new rows only. Imported models are left alone.
    """
    with transaction.atomic():
        for spec in MODELS.values():
            _sync_model(spec)


def _sync_model(spec: ModelSpec) -> None:
    model, _ = EmbeddingModel.objects.update_or_create(
        name=spec.name,
        defaults={
            "dataset": spec.dataset,
            "architecture": spec.architecture,
            "display_name": spec.display_name,
            "description": spec.description,
            "licence": spec.licence,
            "imported": False,
        },
    )
    for layer_spec in spec.layers:
        _sync_layer(model, spec, layer_spec)


def _sync_layer(model: EmbeddingModel, spec: ModelSpec, layer_spec: LayerSpec) -> None:
    layer, _ = Layer.objects.update_or_create(
        name=spec.layer_name(layer_spec),
        defaults={
            "model": model,
            "key": layer_spec.key,
            "kind": layer_spec.kind,
            "node": layer_spec.node,
            "size": layer_spec.size,
            "tags": list(spec.tags) if layer_spec.kind == "taggram" else [],
            "segment_seconds": spec.segment_seconds,
            "hop_seconds": spec.segment_seconds,  # patches do not overlap
            "display_name": layer_spec.display_name,
            "description": layer_spec.description,
        },
    )
    ensure_partition(layer.pk)
