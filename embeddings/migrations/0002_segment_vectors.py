"""The table of vectors, partitioned by layer: layers differ in size, and each has its own index."""

from django.db import migrations

CREATE = """
CREATE TABLE embeddings_segmentembedding (
    layer_id bigint NOT NULL REFERENCES embeddings_layer (id) ON DELETE CASCADE,
    track_id bigint NOT NULL REFERENCES tracks_track (id) ON DELETE CASCADE,
    position integer NOT NULL CHECK (position >= 0),
    vector halfvec NOT NULL,
    PRIMARY KEY (layer_id, track_id, position)
) PARTITION BY LIST (layer_id)
"""


class Migration(migrations.Migration):
    dependencies = [("embeddings", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE embeddings_segmentembedding")]
