from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("embeddings", "0006_comparisons"),
    ]

    operations = [
        migrations.AlterField(
            model_name="projection",
            name="state",
            field=models.CharField(
                choices=[
                    ("running", "running"),
                    ("done", "done"),
                    ("failed", "failed"),
                    ("replaced", "replaced"),
                ],
                default="running",
                max_length=8,
            ),
        ),
    ]
