from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EmbeddingsConfig(AppConfig):
    name = "embeddings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_sync_registry, sender=self)


def _sync_registry(**kwargs: Any) -> None:
    from django.db import connection

    from embeddings.models import SegmentEmbedding
    from embeddings.sync import sync_registry

    # `migrate embeddings zero` sends the signal as well, and leaves nothing to write to.
    if SegmentEmbedding._meta.db_table in connection.introspection.table_names():
        sync_registry()
