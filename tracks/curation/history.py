"""The history of curation: the admin's own log, which its pages of a row show."""

from collections.abc import Iterable

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.db import models

__all__ = ["ADDITION", "CHANGE", "DELETION", "record"]


def record(
    user: AbstractBaseUser, rows: Iterable[models.Model], step: str, flag: int = CHANGE
) -> None:
    """Notes a step for each row that it made, changed or (before they go) deleted, in one query.

    `step` is a phrase for people: "tag mood/theme---calm added".
    """
    LogEntry.objects.log_actions(user.pk, list(rows), flag, change_message=step)
