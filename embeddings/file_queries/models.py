"""Files that people search by. Django finds these through `embeddings.models`."""

import secrets

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


def new_token() -> str:
    """What nobody guesses."""
    return secrets.token_urlsafe(16)


class FileQuery(models.Model):
    """Somebody's file to search by: no track. Whoever knows its token may look and listen.

    It lies below MUSICEXPLORE_HOME/file-queries, by names of ours, until it expires.
    """

    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    stem = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    name = models.CharField(max_length=200, help_text=_("as its owner calls it; never a path"))
    format = models.CharField(max_length=10)
    duration = models.FloatField(help_text=_("seconds"), null=True, blank=True)
    loudness = models.FloatField(help_text=_("LUFS"), null=True, blank=True)
    # float32, little endian, (2, cells): as of `Envelope.levels`. Empty until it was heard.
    levels = models.BinaryField(default=b"")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(
        null=True, blank=True, db_index=True, help_text=_("empty: it is kept until it is deleted")
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "file queries"

    def __str__(self) -> str:
        return f"file query {self.pk}"


class FileQueryVectors(models.Model):
    """What a layer heard in a file, from so many seconds on: float16, (segments, size)."""

    query = models.ForeignKey(FileQuery, on_delete=models.CASCADE, related_name="vectors")
    layer = models.ForeignKey("embeddings.Layer", on_delete=models.CASCADE, related_name="+")
    offset = models.FloatField(help_text=_("seconds"))
    vectors = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["query", "layer", "offset"], name="unique_file_query_vectors"
            )
        ]

    def __str__(self) -> str:
        return f"file query {self.query_id}, layer {self.layer_id}"


class Upload(models.Model):
    """That somebody sent a file within the last hour: the sender's address as a keyed digest."""

    sender = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["sender", "at"], name="upload_sender_at")]

    def __str__(self) -> str:
        return f"upload {self.pk}"
