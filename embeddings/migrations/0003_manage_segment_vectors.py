"""Let Django know the vectors' table as its own, so that `flush` empties it with the others."""

import django.db.models.deletion
from django.db import migrations, models

FIELDS = [
    migrations.AlterModelOptions(name="segmentembedding", options={}),
    migrations.AddField(
        "segmentembedding",
        "layer",
        models.ForeignKey(
            on_delete=django.db.models.deletion.CASCADE, related_name="+", to="embeddings.layer"
        ),
        preserve_default=False,
    ),
    migrations.AddField(
        "segmentembedding",
        "track",
        models.ForeignKey(
            on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tracks.track"
        ),
        preserve_default=False,
    ),
]


class Migration(migrations.Migration):
    dependencies = [("embeddings", "0002_segment_vectors")]

    # The columns are there already: 0002 made them.
    operations = [migrations.SeparateDatabaseAndState(state_operations=FIELDS)]
