"""Layers and models go together with their vectors: a whole partition at once, not row by row."""

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from embeddings.models import EmbeddingModel, Layer, SegmentEmbedding
from embeddings.storage import table_name


def delete_layer(layer: Layer) -> None:
    """Delete a layer with its vectors, their search index and its maps."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {table_name(layer.pk)}")
        layer.delete()
        if layer.model.imported:
            forget_tracks_without_vectors(layer.model)


def delete_model(model: EmbeddingModel) -> None:
    """Delete a model with all its layers and the status of its tracks."""
    with transaction.atomic():
        for layer in model.layers.all():
            delete_layer(layer)
        model.delete()


def forget_tracks_without_vectors(model: EmbeddingModel) -> None:
    """Delete the status of tracks of which none of an imported model's layers has a vector left."""
    layers = list(model.layers.values_list("pk", flat=True))
    vectors = SegmentEmbedding.objects.filter(layer__in=layers, track=OuterRef("track"))
    model.extractions.filter(~Exists(vectors)).delete()
