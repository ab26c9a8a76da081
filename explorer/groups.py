"""Groups that a library begins with: who looks, who curates, who administers.

They are made once, together. From then on they are the administrators': what they change, rename
or delete stays so.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

VIEWER, CURATOR, ADMINISTRATOR = "viewer", "curator", "administrator"

# What of each table groups may do, beside looking: by app and model.
CURATED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "tracks": {
        "artist": ("add", "change", "delete"),
        "album": ("add", "change", "delete"),
        "tag": ("add", "change", "delete"),
        "trackartist": ("add", "change", "delete"),
        "track": ("change",),
    },
    "embeddings": {
        "embeddingmodel": ("change",),
        "layer": ("change",),
        "job": ("add",),
        "duplicategroup": ("change",),
        "duplicatepair": ("change",),
    },
    "explorer": {
        "playlist": ("add", "change", "delete"),
        "playlistitem": ("add", "change", "delete"),
        "questionset": ("add", "change"),
    },
}
# What raters answered, and files that people search by, are not for everybody who looks.
PRIVATE = ("questionset", "question", "answer", "filequery", "filequeryvectors", "upload")
ADMINISTERED = (*CURATED, "auth")
HISTORY = Q(content_type__app_label="admin", codename="view_logentry")  # nobody writes it


def make_groups() -> bool:
    """Make the three groups, unless one of them is there; returns whether they were made."""
    from django.contrib.auth.models import Group, Permission

    if Group.objects.filter(name__in=[VIEWER, CURATOR, ADMINISTRATOR]).exists():
        return False
    ours = Q(content_type__app_label__in=CURATED)
    looks = ours & Q(codename__startswith="view_")
    granted = {
        VIEWER: looks & ~Q(content_type__model__in=PRIVATE),
        CURATOR: looks | _curation() | HISTORY,
        ADMINISTRATOR: Q(content_type__app_label__in=ADMINISTERED) | HISTORY,
    }
    for name, permissions in granted.items():
        group = Group.objects.create(name=name)
        group.permissions.set(Permission.objects.filter(permissions))
    return True


def _curation() -> Q:
    chosen = Q(pk__in=[])
    for app, tables in CURATED.items():
        for model, actions in tables.items():
            codenames = [f"{action}_{model}" for action in actions]
            chosen |= Q(content_type__app_label=app, codename__in=codenames)
    return chosen


def after_migrate(**kwargs: Any) -> None:
    """For the signal of this room, the last: by then the permissions of all are there."""
    from django.contrib.auth.models import Permission
    from django.db import connection

    # `migrate auth zero` sends the signal as well, and leaves nothing to write to.
    if Permission._meta.db_table in connection.introspection.table_names():
        make_groups()
