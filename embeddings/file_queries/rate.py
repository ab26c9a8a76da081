"""How many files one address may send within an hour, counted in the database for all processes."""

import math
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from embeddings.models import Upload

PERIOD = timedelta(hours=1)


class TooMany(Exception):
    """The address has sent as many as it may; `seconds` until it may send another."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def count_upload(address: str) -> Upload:
    """Take note that an address sends a file; the note, for `give_back`. Raises `TooMany`."""
    sender = salted_hmac("embeddings.file_queries", address, algorithm="sha256").hexdigest()
    limit = settings.FILE_QUERIES_PER_HOUR
    if limit < 1:
        raise TooMany(int(PERIOD.total_seconds()))
    now = timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:  # two at once come one after the other
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"upload {sender}"])
        recent = Upload.objects.filter(sender=sender, at__gt=now - PERIOD).order_by("-at")
        times = list(recent.values_list("at", flat=True)[:limit])
        if len(times) == limit:
            left = (times[-1] + PERIOD - now).total_seconds()
            raise TooMany(max(math.ceil(left), 1))
        return Upload.objects.create(sender=sender)


def give_back(upload: Upload) -> None:
    """Count a file no more that was not taken through no fault of its sender's."""
    upload.delete()
