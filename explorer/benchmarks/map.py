"""How fast a large map is: served, drawn, panned, filtered, coloured and pointed at."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command

from embeddings.benchmarks.common import BenchmarkError, processor
from explorer.benchmarks.browser import browser, check_browser
from explorer.benchmarks.database import own_database
from explorer.benchmarks.library import make_library
from explorer.benchmarks.page import longest_task_ms, visit
from explorer.benchmarks.site import get, get_json, served
from explorer.benchmarks.steps import Steps
from musicexplore.progress import Progress

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# At most, on two threads with a million segments.
TARGETS = {
    "points_seconds": 1.0,
    "points_cached_seconds": 0.2,
    "points_bytes": 8_000_000,
    "first_map_seconds": 4.0,
    "frame_ms": 250,
    "filter_ms": 350,
    "recolour_ms": 350,
    "lasso_ms": 300,
    "hover_us": 20,
    "heap_growth_mb": 60,
    "longest_task_ms": 100,
}
CACHED_TIMES = 5
LOADS = 3
STEPS = 2 + 2 * LOADS + 6
LEAST_SEGMENTS = 1000


def measure(segments: int, *, progress: Progress | None = None) -> dict[str, Any]:
    """Measures the site with a library made up for it, in a database and a home of its own.

    Raises `BenchmarkError`.
    """
    if segments < LEAST_SEGMENTS:
        raise BenchmarkError(f"A map of less than {LEAST_SEGMENTS} segments says nothing.")
    if not (settings.BASE_DIR / "static" / "dist" / "explore.js").exists():
        raise BenchmarkError("The page's scripts are not built: run `make setup`.")
    check_browser()
    load = round(os.getloadavg()[0], 1)  # what else the processor is at
    steps = Steps(progress or Progress(), STEPS)
    with (
        TemporaryDirectory(prefix="musicexplore-benchmark-") as folder,
        own_database() as database,
    ):
        home = Path(folder)
        with steps("making a library"):
            call_command("migrate", verbosity=0)
            library = make_library(segments)
        with served(database, home) as site, browser() as chromium:
            measured = _measure_points(site, steps)
            measured |= _measure_first_map(chromium, site, home, steps)
            measured |= _measure_use(chromium, site, steps)
            measured |= _measure_halts(chromium, site, steps)
            version = chromium.version
    steps.finish()
    return measured | {
        "segments": library.segments,
        "tracks": library.tracks,
        "chromium": version,
        "cpu": processor(),
        "load": load,
        "targets": against_targets(measured),
    }


def against_targets(measured: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Each target, and whether it is met."""
    return {
        name: {"at_most": limit, "met": measured[name] <= limit} for name, limit in TARGETS.items()
    }


def _measure_points(site: str, steps: Steps) -> dict[str, float]:
    """The first points that a site sends after its start, and the same once they are kept."""
    with steps("asking for the points"):
        (projection,) = get_json(site, "/api/v1/projections/")
        address = f"{projection['points']}&x=0&y=1"  # as the page asks
        cold = get(site, address)
        cached = median(get(site, address).seconds for _ in range(CACHED_TIMES))
    return {
        "points_seconds": round(cold.seconds, 3),
        "points_cached_seconds": round(cached, 3),
        "points_bytes": len(cold.body),
    }


def _measure_first_map(
    chromium: "Browser", site: str, home: Path, steps: Steps
) -> dict[str, float]:
    """With nothing kept, neither by the visitor's browser nor by the server; the median."""
    times = []
    for _ in range(LOADS):
        shutil.rmtree(home / "cache" / "points", ignore_errors=True)
        with steps("opening the page"), visit(chromium, site) as page:
            times.append(page.first_map_seconds())
    return {"first_map_seconds": round(median(times), 2)}


def _measure_use(chromium: "Browser", site: str, steps: Steps) -> dict[str, Any]:
    with visit(chromium, site) as page:
        with steps("opening the page"):
            go_on = page.load_without_points()
            heap = page.heap_mb()
            go_on()
        with steps("panning"):
            frame = page.pan()
        with steps("recolouring"):
            recolour = page.recolour()
        with steps("filtering"):
            filtered = page.filter()
        with steps("drawing a lasso"):
            lasso = page.lasso()
        with steps("pointing"):
            hover = page.hover_us()
        return {
            "frame_ms": round(frame, 1),
            "filter_ms": round(filtered, 1),
            "recolour_ms": round(recolour, 1),
            "lasso_ms": round(lasso, 1),
            "hover_us": round(hover, 1),
            "heap_growth_mb": round(page.heap_mb() - heap, 1),
            "renderer": page.renderer,
        }


def _measure_halts(chromium: "Browser", site: str, steps: Steps) -> dict[str, float]:
    """How long the page is halted at once while it loads; the median of several visits."""
    longest = []
    for _ in range(LOADS):
        with steps("looking for halts of the page"):
            longest.append(longest_task_ms(chromium, site))
    return {"longest_task_ms": round(median(longest), 1)}
