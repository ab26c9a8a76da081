"""Takes into the library what Jamendo's API calls artists, albums and tracks."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from musicexplore.progress import Progress
from tracks.bulk import any_of, update_rows
from tracks.jamendo.client import MOST_AT_ONCE, JamendoClient, Kind
from tracks.models import Album, Artist, KnownByJamendo, Track
from tracks.text import clean

MODELS: dict[Kind, type[KnownByJamendo]] = {"artists": Artist, "albums": Album, "tracks": Track}


@dataclass
class NamesSummary:
    """What a run learnt, in artists, albums and tracks together."""

    asked: int = 0
    changed: int = 0
    deleted: int = 0  # that Jamendo does not have any more

    def __str__(self) -> str:
        return (
            f"{self.asked:,} asked: {self.changed:,} changed, "
            f"{self.asked - self.changed - self.deleted:,} as they were, "
            f"{self.deleted:,} gone from Jamendo."
        )


def query_names(
    client: JamendoClient,
    *,
    batch_size: int = MOST_AT_ONCE,
    again: bool = False,
    progress: Progress | None = None,
) -> NamesSummary:
    """Asks for everything with a number of Jamendo's that was not asked for yet, or `again`.

    Each answer is written before the next question, with the time: whatever stops the run, the
    next one goes on behind the last answer. Raises `JamendoError` and what `progress` raises.
    """
    progress = progress or Progress()
    batch_size = min(batch_size, MOST_AT_ONCE)
    if again:
        for model in MODELS.values():
            _rows(model).update(jamendo_asked_at=None)
    open_: dict[Kind, list[int]] = {kind: _open(model) for kind, model in MODELS.items()}
    progress.start(sum(map(len, open_.values())), "names")
    summary = NamesSummary()
    for kind, numbers in open_.items():
        for start in range(0, len(numbers), batch_size):
            batch = numbers[start : start + batch_size]
            progress.advance(0, message=kind)
            answer = client.describe(kind, batch)
            _take(MODELS[kind], batch, answer, summary)
            progress.advance(len(batch))
    progress.finish(str(summary))
    return summary


def _rows(model: type[KnownByJamendo]) -> QuerySet[KnownByJamendo]:
    return model._default_manager.exclude(jamendo_id=None)


def _open(model: type[KnownByJamendo]) -> list[int]:
    numbers = _rows(model).filter(jamendo_asked_at=None).order_by("jamendo_id")
    return cast(list[int], list(numbers.values_list("jamendo_id", flat=True)))


@transaction.atomic
def _take(
    model: type[KnownByJamendo],
    numbers: Sequence[int],
    answer: Mapping[int, Mapping[str, Any]],
    summary: NamesSummary,
) -> None:
    """Writes an answer down. A name that it does not give leaves the one there is."""
    now = timezone.now()
    names = [*_values(model, {}), "jamendo_deleted", "jamendo_asked_at"]
    rows, changed = [], []
    for row in _rows(model).filter(any_of("jamendo_id", numbers)).select_for_update():
        said = answer.get(cast(int, row.jamendo_id))
        before = [getattr(row, name) for name in names[:-1]]
        given = list(_values(model, said or {}).values())
        kept = zip(given, before, strict=False)
        after = [*(value or present for value, present in kept), said is None]
        rows.append([row.pk, *after, now])
        summary.deleted += said is None
        if said is not None and after != before:
            changed.append(row.pk)
    update_rows(model, names, rows)
    if model is Track:
        Track.objects.filter(any_of("pk", changed)).update(updated_at=now)
    summary.asked += len(numbers)
    summary.changed += len(changed)


def _values(model: type[KnownByJamendo], said: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that an answer fills, empty where it is silent."""
    name = clean(html.unescape(str(said.get("name") or "")))  # as in a page: "R&amp;B"
    if model is Artist:
        return {"name": name}
    if model is Album:
        year = re.match(r"[12]\d{3}", str(said.get("releasedate") or ""))
        return {"title": name, "year": int(year.group()) if year else None}
    return {"title": name, "licence_url": _licence(said)}


def _licence(said: Mapping[str, Any]) -> str:
    """The address of a licence; nothing but an address of the web, for pages link to it."""
    address = str(said.get("license_ccurl") or "")
    return address if re.fullmatch(r"https?://[!-~]{1,290}", address) else ""
