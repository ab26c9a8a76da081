"""Layers and models go together with their vectors: a whole partition at once, not row by row."""

from django.db import connection, transaction

from embeddings.models import EmbeddingModel, Layer
from embeddings.storage import table_name


def delete_layer(layer: Layer) -> None:
    """Delete a layer with its vectors, their search index and its maps."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {table_name(layer.pk)}")
        layer.delete()


def delete_model(model: EmbeddingModel) -> None:
    """Delete a model with all its layers and the status of its tracks."""
    with transaction.atomic():
        for layer in model.layers.all():
            delete_layer(layer)
        model.delete()
