"""The table of vectors, partitioned by layer: layers differ in size, and each has its own index."""

import django.db.models.deletion
import pgvector.django.halfvec
from django.db import migrations, models

CREATE = """
CREATE TABLE embeddings_segmentembedding (
    layer_id bigint NOT NULL REFERENCES embeddings_layer (id) ON DELETE CASCADE,
    track_id bigint NOT NULL REFERENCES tracks_track (id) ON DELETE CASCADE,
    position integer NOT NULL CHECK (position >= 0),
    vector halfvec NOT NULL,
    PRIMARY KEY (layer_id, track_id, position)
) PARTITION BY LIST (layer_id)
"""

# Django knows the table as its own, so that `flush` empties it with the others.
MODEL = migrations.CreateModel(
    name="SegmentEmbedding",
    fields=[
        (
            "pk",
            models.CompositePrimaryKey(
                "layer_id",
                "track_id",
                "position",
                blank=True,
                editable=False,
                primary_key=True,
                serialize=False,
            ),
        ),
        (
            "layer",
            models.ForeignKey(
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="embeddings.layer",
            ),
        ),
        (
            "track",
            models.ForeignKey(
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="tracks.track",
            ),
        ),
        ("position", models.PositiveIntegerField()),
        ("vector", pgvector.django.halfvec.HalfVectorField()),
    ],
    options={"db_table": "embeddings_segmentembedding"},
)


class Migration(migrations.Migration):
    dependencies = [("embeddings", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(CREATE, "DROP TABLE embeddings_segmentembedding")
            ],
            state_operations=[MODEL],
        )
    ]
