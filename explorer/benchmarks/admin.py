"""How long the admin's pages take in a large library made up for it, and how much they ask."""

import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import numpy as np
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from embeddings.benchmarks.common import BenchmarkError, processor
from embeddings.models import Layer, Projection, ProjectionTrack
from explorer.benchmarks.database import own_database
from explorer.benchmarks.library import (
    CLUSTERS,
    MAP_LAYER,
    MEDIAN_SEGMENTS,
    ROWS_AT_ONCE,
    make_extractions,
    make_tags,
    make_tracks,
    skewed,
)
from explorer.models import Playlist, PlaylistItem
from musicexplore.progress import Progress

ROUNDS = 3
TARGETS = {"list_milliseconds": 300, "queries": 15}  # of any page, at most


def measure(tracks: int, *, progress: Progress | None = None) -> dict[str, Any]:
    """Milliseconds (median of 3) and queries of every list of the admin, and of a row's page.

    Lists as they open, searched, and at their last page; in a database of its own, without
    vectors, and in this process: what HTTP adds is left out. Raises `BenchmarkError`.
    """
    progress = progress or Progress()
    with own_database():
        call_command("migrate", verbosity=0)
        _make_rows(tracks)
        addresses = list(admin_pages())
        client = Client(headers={"host": "localhost"})
        client.force_login(get_user_model().objects.create_superuser("benchmark"))
        progress.start(len(addresses), "pages")
        pages = []
        for address in addresses:
            pages.append(_measured(client, address))
            progress.advance(message=address)
    progress.finish()
    lists = [page for page in pages if "/change/" not in page["page"]]
    return {
        "tracks": tracks,
        "pages": pages,
        "slowest_list_milliseconds": max(page["milliseconds"] for page in lists),
        "most_queries": max(page["queries"] for page in pages),
        "cpu": processor(),
        "targets": TARGETS,
    }


def admin_pages() -> Iterator[str]:
    """Addresses of every list, searched and at its last page, and of its first row's page."""
    for model, registered in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        changelist = reverse(f"{name}_changelist")
        yield changelist
        if registered.search_fields:
            yield f"{changelist}?q=title"
        rows = model._default_manager.count()
        last = (rows - 1) // registered.list_per_page + 1
        if last > 1:
            yield f"{changelist}?p={last}"
        row: Model | None = model._default_manager.order_by("pk").first()
        if row is not None:
            yield reverse(f"{name}_change", args=[row.pk])


def _make_rows(count: int) -> None:
    numbers = np.random.default_rng(0)
    layer = Layer.objects.select_related("model").get(name=MAP_LAYER)
    lengths = np.full(count, MEDIAN_SEGMENTS)
    tracks = make_tracks(lengths, layer, numbers)
    make_tags(tracks, lengths, skewed(CLUSTERS, count, numbers), numbers)
    make_extractions(tracks, lengths, layer)
    projection = Projection.objects.create(
        layer=layer, method="umap", recipe="benchmark", state=Projection.State.DONE
    )
    ProjectionTrack.objects.bulk_create(
        (ProjectionTrack(projection=projection, track=track, coordinates=b"") for track in tracks),
        batch_size=ROWS_AT_ONCE,
    )
    playlist = Playlist.objects.create(name="A title")
    PlaylistItem.objects.bulk_create(
        (PlaylistItem(playlist=playlist, track=track, place=i) for i, track in enumerate(tracks)),
        batch_size=ROWS_AT_ONCE,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the server does by itself after a while


def _measured(client: Client, address: str) -> dict[str, Any]:
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = client.get(address)
        seconds.append(time.perf_counter() - began)
        if answer.status_code != HTTPStatus.OK:
            raise BenchmarkError(f"{address} answered {answer.status_code}.")
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return {
        "page": address,
        "milliseconds": round(1000 * float(np.median(seconds)), 1),
        "queries": len(queries),
    }
