"""How many of the true neighbours a search finds in a large library, and how fast it answers."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil
from django.core.management import call_command
from django.db import connection
from numpy.typing import NDArray

from embeddings.benchmarks.annoy_side import annoy_problem, ask_annoy
from embeddings.benchmarks.common import BenchmarkError, processor
from embeddings.benchmarks.mixing import RealVectors
from embeddings.benchmarks.recall import Truth
from embeddings.models import Layer
from embeddings.neighbours import CANDIDATES, FILTERED_CANDIDATES
from embeddings.similarity.choosing import Wish
from embeddings.similarity.moments import Moment, similar_moments
from embeddings.similarity.scope import scope_of
from embeddings.storage import read_layer, table_name
from embeddings.vector_index import EF_CONSTRUCTION, M, build_memory, index_layer, index_name
from explorer.benchmarks.clients import ask
from explorer.benchmarks.database import own_database
from explorer.benchmarks.real import LAYER, real_vectors
from explorer.benchmarks.search_library import (
    FAR,
    SHARES,
    SearchLibrary,
    make_search_library,
    store_real,
)
from explorer.benchmarks.site import served
from explorer.benchmarks.steps import Steps
from musicexplore.progress import Progress
from tracks.models import Tag
from tracks.selection import TrackSelection

NEAREST = 10
QUERIES = 200
WARMING = 32  # other queries, asked before any is timed
CLIENTS = 8
LEAST_SEGMENTS = 2000
MEGABYTE = 1 << 20
# With a million segments on two threads.
AT_LEAST = {"recall_at_10": 0.97, "filtered_1pct_recall": 0.95, "filtered_10pct_recall": 0.95}
AT_MOST = {
    "p95_ms": 5,
    "http_p95_ms": 40,
    "filtered_1pct_p95_ms": 50,
    "filtered_10pct_p95_ms": 50,
}
# Seconds or so: of what does not grow with the library, and of what does, by million segments.
FIXED = {"music": 60, "real": 10, "asking": 30}
GROWING = {"making": 40, "indexing": 120, "comparing": 30, "annoy": 90}


@dataclass(frozen=True)
class Queries:
    """Segments that are asked about: rows of the layer's vectors, and where they are."""

    rows: NDArray[np.int64]
    places: list[tuple[int, int]]  # track, position


class Stored:
    """A layer as the database has it: where each row is, and what is truly nearest."""

    def __init__(self, layer: Layer) -> None:
        data = read_layer(layer)
        self.layer = layer
        self.tracks = data.track_ids
        self.positions = data.positions
        self.truth = Truth(data.vectors)
        self._firsts = dict(zip(*np.unique(data.track_ids, return_index=True), strict=True))

    def draw(self, count: int, rows: NDArray[np.int64] | None = None, *, seed: int) -> Queries:
        """So many of some rows, or of all, by lot."""
        pool = np.arange(len(self.tracks)) if rows is None else rows
        numbers = np.random.default_rng(seed)
        drawn = numbers.choice(pool, min(count, len(pool)), replace=False)
        places = zip(self.tracks[drawn].tolist(), self.positions[drawn].tolist(), strict=True)
        return Queries(drawn, list(places))

    def rows_of(self, moments: Sequence[tuple[int, int]]) -> list[int]:
        return [int(self._firsts[track]) + position for track, position in moments]

    def rows_tagged(self, tag: Tag) -> NDArray[np.int64]:
        tagged = np.array(tag.tracks.values_list("pk", flat=True))
        return np.flatnonzero(np.isin(self.tracks, tagged))


def measure(segments: int, *, progress: Progress | None = None) -> dict[str, Any]:
    """Measures searches in a library made up for it, in a database and a home of its own.

    Raises `BenchmarkError`.
    """
    if segments < LEAST_SEGMENTS:
        raise BenchmarkError(f"A search in less than {LEAST_SEGMENTS} segments says nothing.")
    load = round(os.getloadavg()[0], 1)  # what else the processor is at
    seconds = FIXED | {name: each * segments / 1e6 for name, each in GROWING.items()}
    weights = {name: 100 * each / sum(seconds.values()) for name, each in seconds.items()}
    steps = Steps(progress or Progress(), 100, unit="%")
    with TemporaryDirectory(prefix="musicexplore-benchmark-") as folder:
        real = real_vectors(Path(folder), steps, weight=weights["music"])
        with own_database(), steps("searching real vectors", weights["real"]):
            measured = _measure_real(real)
        with own_database() as database:
            measured |= _measure_made(segments, real, database, Path(folder), steps, weights)
    steps.finish()
    return measured | {
        "segments": segments,
        "layer": LAYER,
        "queries": QUERIES,
        "m": M,
        "ef_construction": EF_CONSTRUCTION,
        "ef_search": CANDIDATES,
        "filtered_ef_search": FILTERED_CANDIDATES,
        "cpu": processor(),
        "load": load,
        "targets": against_targets(measured),
    }


def against_targets(measured: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Each target, and whether it is met."""
    least = {
        name: {"at_least": limit, "met": measured[name] >= limit}
        for name, limit in AT_LEAST.items()
    }
    most = {
        name: {"at_most": limit, "met": measured[name] <= limit} for name, limit in AT_MOST.items()
    }
    return least | most


def _measure_real(real: RealVectors) -> dict[str, Any]:
    layer = _prepare()
    distinct = store_real(real, layer)
    index_layer(layer)
    stored = Stored(layer)
    queries = stored.draw(QUERIES, seed=1)
    _, found = _ask_service(layer, queries, TrackSelection())
    reach = stored.truth.reach(queries.rows, NEAREST)
    recall = stored.truth.recall(queries.rows, [stored.rows_of(each) for each in found], reach)
    return {"real_recall_at_10": round(recall, 4), "real_segments": distinct}


def _measure_made(
    segments: int,
    real: RealVectors,
    database: str,
    home: Path,
    steps: Steps,
    weights: Mapping[str, float],
) -> dict[str, Any]:
    layer = _prepare()
    listener = steps.within("making a library", weights["making"], segments)
    library = make_search_library(segments, real, layer, listener)
    with steps("indexing it", weights["indexing"]):
        measured = _measure_index(layer, segments)
    with steps("comparing each with each", weights["comparing"]):
        searches = _searches(Stored(layer), library)
    with steps("asking Annoy", weights["annoy"]):
        measured |= _measure_annoy(searches[0])
    with steps("asking the service", weights["asking"] / 2):
        for search in searches:
            measured |= search.ask_service()
    with steps("asking the site", weights["asking"] / 2), served(database, home) as site:
        for search in searches:
            measured |= search.ask_site(site)
    return measured | {"tracks": library.tracks}


def _prepare() -> Layer:
    call_command("migrate", verbosity=0)
    return Layer.objects.select_related("model").get(name=LAYER)


def _measure_index(layer: Layer, segments: int) -> dict[str, Any]:
    memory = build_memory(layer, segments, free=psutil.virtual_memory().available)
    index = index_layer(layer)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_size(%s), pg_table_size(%s)",
            [index_name(layer), table_name(layer.pk)],
        )
        index_bytes, table_bytes = cursor.fetchone()
    return {
        "build_seconds": round(index.seconds, 1),
        "build_memory_mb": round(memory / MEGABYTE),
        "index_mb": round(index_bytes / MEGABYTE),
        "vectors_mb": round(table_bytes / MEGABYTE),
    }


class _Search:
    """One kind of search, asked in every way. `name` begins its results; "" is without a filter."""

    def __init__(
        self, name: str, stored: Stored, queries: Queries, tag: Tag | None, seed: int
    ) -> None:
        self.name = name
        self.stored = stored
        self.queries = queries
        self.tag = tag
        self.among = None if tag is None else stored.rows_tagged(tag)
        self._reach = stored.truth.reach(queries.rows, NEAREST, self.among)
        self.warming = stored.draw(WARMING, seed=seed)

    def ask_service(self) -> dict[str, Any]:
        query = {} if self.tag is None else {"tags": str(self.tag.pk)}
        selection = TrackSelection.from_query(query)
        _ask_service(self.stored.layer, self.warming, selection)
        seconds, found = _ask_service(self.stored.layer, self.queries, selection)
        name = "recall" if self.name else "recall_at_10"
        rows = [self.stored.rows_of(each) for each in found]
        return self._named({name: self.recall(rows), **_percentiles(seconds)})

    def ask_site(self, site: str) -> dict[str, Any]:
        ask(site, self._addresses(self.warming), clients=CLIENTS)
        addresses = self._addresses(self.queries)
        one, several = ask(site, addresses), ask(site, addresses, clients=CLIENTS)
        rows = [
            self.stored.rows_of([(each["track"]["id"], each["position"]) for each in results])
            for results in (answer["results"] for answer in one.answers)
        ]
        together = f"http_{CLIENTS}_clients"
        return self._named(
            {
                "http_recall": self.recall(rows),
                **{f"http_{name}": value for name, value in _percentiles(one.seconds).items()},
                "http_per_second": round(one.per_second, 1),
                f"{together}_p95_ms": _percentiles(several.seconds)["p95_ms"],
                f"{together}_per_second": round(several.per_second, 1),
            }
        )

    def recall(self, found: Sequence[Sequence[int]]) -> float:
        recall = self.stored.truth.recall(self.queries.rows, found, self._reach, self.among)
        return round(recall, 4)

    def _addresses(self, queries: Queries) -> list[str]:
        rest = "" if self.tag is None else f"&tags={self.tag.pk}"
        start = f"/api/v1/segments/similar/?layer={LAYER}&limit={NEAREST}"
        return [
            f"{start}&track={track}&position={position}{rest}" for track, position in queries.places
        ]

    def _named(self, results: Mapping[str, Any]) -> dict[str, Any]:
        return {f"{self.name}_{key}" if self.name else key: value for key, value in results.items()}


def _searches(stored: Stored, library: SearchLibrary) -> list[_Search]:
    """Without a filter, by lot, and by a tag that lies far away from what is asked about."""
    queries = stored.draw(QUERIES, seed=1)
    near = np.flatnonzero(np.isin(stored.tracks, library.far_from))
    far = stored.draw(QUERIES, near, seed=1)
    return [
        _Search("", stored, queries, None, 2),
        *(_Search(f"filtered_{name}", stored, queries, library.tags[name], 2) for name in SHARES),
        _Search("far_tag", stored, far, library.tags[FAR], 2),
    ]


def _ask_service(
    layer: Layer, queries: Queries, selection: TrackSelection
) -> tuple[list[float], list[list[tuple[int, int]]]]:
    """What the API calls for each query: seconds, and the moments found."""
    wish = Wish(limit=NEAREST)
    seconds, found = [], []
    for track, position in queries.places:
        start = time.perf_counter()
        scope = scope_of(layer, selection, starts=[track])
        moments = similar_moments(layer, Moment(track, position, 1, 0.0), scope, wish)
        seconds.append(time.perf_counter() - start)
        found.append([(moment.track_id, moment.position) for moment in moments])
    return seconds, found


def _measure_annoy(search: _Search) -> dict[str, Any]:
    names = ("annoy_recall", "annoy_p50_ms", "annoy_p95_ms", "annoy_build_seconds")
    if problem := annoy_problem():
        return dict.fromkeys(names) | {"remarks": [problem]}
    run = ask_annoy(search.stored.truth.unit, search.queries.rows, count=NEAREST)
    times = _percentiles(run.seconds)
    values = (
        search.recall(run.found),
        times["p50_ms"],
        times["p95_ms"],
        round(run.build_seconds, 1),
    )
    return dict(zip(names, values, strict=True))


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    p50, p95 = np.percentile(np.array(seconds) * 1000, [50, 95])
    return {"p50_ms": round(float(p50), 2), "p95_ms": round(float(p95), 2)}
