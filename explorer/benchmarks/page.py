"""The page of the map under measurement: used as a person does, its own code doing the work."""

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from embeddings.benchmarks.common import BenchmarkError
from explorer.benchmarks.library import HALVES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FloatRect, Page, Route, ViewportSize

VIEWPORT: "ViewportSize" = {"width": 1280, "height": 800}
FOLLOW = Path(__file__).with_name("follow.js")
POINTS = re.compile(r"/points/\?")
WAIT_MS = 60_000
SETTLE_MS = 3000  # in which names of regions are found, and the map comes to rest
STEPS = 12  # of one drag
LASSO_STEPS = 50
TIMES = 3  # that each change is made
POINTED_PLACES, POINTED_TIMES = 300, 100
COLOURS = ("artist", "tags:genre", "tags:instrument")
MEBIBYTE = 1 << 20


@contextmanager
def visit(browser: "Browser", site: str) -> Iterator["MapPage"]:
    """A visitor with an empty cache, who looks at the map of `site`.

    Raises `BenchmarkError` where something does not come, or cannot be found on the page.
    """
    from playwright.sync_api import Error

    context = browser.new_context(viewport=VIEWPORT)
    try:
        context.set_default_timeout(WAIT_MS)
        context.add_init_script(path=FOLLOW)
        yield MapPage(context.new_page(), site)
    except Error as error:
        reason = error.message.splitlines()[0]
        raise BenchmarkError(f"The page could not be measured: {reason}") from error
    finally:
        context.close()


LONG_TASKS = """
window.longTasks = [];
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) window.longTasks.push(duration);
}).observe({ type: "longtask", buffered: true });
"""


def longest_task_ms(browser: "Browser", site: str) -> float:
    """Milliseconds of the longest task that halts the page while its map comes, a visitor with an
    empty cache looking on; 0 where none takes 50.

    The page is left alone meanwhile: looking at its pixels would be a task as well.
    """
    context = browser.new_context(viewport=VIEWPORT)
    try:
        context.add_init_script(LONG_TASKS)
        page = context.new_page()
        page.goto(site)
        page.locator("#shown", has_text="segments").wait_for(state="attached", timeout=WAIT_MS)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(SETTLE_MS)
        return float(page.evaluate("Math.max(0, ...window.longTasks)"))
    finally:
        context.close()


class MapPage:
    """The page of the map, from before it is opened."""

    def __init__(self, page: "Page", site: str) -> None:
        self.page = page
        self.site = site

    def first_map_seconds(self) -> float:
        """From the navigation to the first frame with dots."""
        self.page.goto(self.site)
        self._wait_for_frames(0)
        milliseconds = self.page.evaluate("benchmark.frames[0].end")
        self.rest()  # what else the page asks for would keep the server from the next visitor
        return float(milliseconds) / 1000

    def load_without_points(self) -> Callable[[], None]:
        """Open the page up to its points; what is returned lets them come."""
        held: list[Route] = []
        self.page.route(POINTS, lambda route: held.append(route))  # no built-in function
        self.page.goto(self.site)
        self.page.wait_for_load_state("load")
        self._wait(lambda: bool(held))

        def go_on() -> None:
            for route in held:
                route.continue_()
            self.page.unroute(POINTS)
            self._wait_for_frames(0)
            self.rest()

        return go_on

    @property
    def renderer(self) -> str:
        return str(self.page.evaluate("benchmark.frames.at(-1).kind"))

    def heap_mb(self) -> float:
        """What the page's scripts hold, with array buffers, once rubbish is cleared away."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("HeapProfiler.collectGarbage")
        usage: dict[str, Any] = session.send("Runtime.getHeapUsage")
        session.detach()
        return float(usage["usedSize"] + usage["backingStorageSize"]) / MEBIBYTE

    def pan(self) -> float:
        """Milliseconds of a frame while the map is dragged, to and fro; the median."""
        box = self._map_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        before = self._frames()
        for step in range(1, STEPS + 1):
            mouse.move(x + 8 * min(step, STEPS - step), y + 5 * min(step, STEPS - step))
            self._wait_for_frames(before + step - 1)
        mouse.up()
        self.rest()
        drawn = self.page.evaluate(f"benchmark.frames.slice({before})")
        return median(frame["end"] - frame["start"] for frame in drawn)

    def recolour(self) -> float:
        """Milliseconds from the choice of another colour to the map in it; the median."""
        select = self.page.locator("#colour-kind")
        return median(
            self._change(partial(select.select_option, colour), "change") for colour in COLOURS
        )

    def filter(self) -> float:
        """Milliseconds from the choice of a tag that half of the dots have to the map of those;
        the median.
        """
        _, (tag, _) = HALVES
        option = self.page.get_by_role("option", name=tag).first
        times = []
        for _ in range(TIMES):
            self.page.locator("#find").fill(tag)
            self.page.get_by_role("option", name=f"“{tag}”").wait_for()  # the list is of this word
            times.append(self._change(option.click, "click"))
            self._change(self.page.locator("#clear-filters").click, "click")
        return median(times)

    def lasso(self) -> float:
        """Milliseconds from the end of a lasso over half of the map to the final picture; the
        median.
        """
        keyboard = self.page.keyboard
        times = []
        for _ in range(TIMES):
            times.append(self._change(self._draw_lasso, "pointerup"))
            self._change(partial(keyboard.press, "Escape"), "keydown")
        return median(times)

    def _draw_lasso(self) -> None:
        """Around the left half of what is seen of the dots, with a hand that trembles."""
        box = self._map_box()
        left, right = box["x"] + 4, self.page.evaluate("benchmark.halfway()")
        top, bottom = box["y"] + 4, box["y"] + box["height"] - 4
        edge = [
            (right + 6 * math.sin(i), top + (bottom - top) * i / LASSO_STEPS)
            for i in range(LASSO_STEPS + 1)
        ]
        keyboard, mouse = self.page.keyboard, self.page.mouse
        keyboard.down("Shift")
        mouse.move(*edge[0])
        mouse.down()
        for place in [*edge, (left, bottom), (left, top)]:
            mouse.move(*place)
        mouse.up()
        keyboard.up("Shift")

    def hover_us(self) -> float:
        """Microseconds to find the dot that is pointed at; the median."""
        return float(self.page.evaluate(f"benchmark.pointAt({POINTED_PLACES}, {POINTED_TIMES})"))

    def rest(self) -> None:
        """Wait until the page has what it asked for, and has drawn it."""
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate("benchmark.rest()")

    def _change(self, act: Callable[[], object], event: str) -> float:
        """Milliseconds from an event of `act` to the final picture."""
        before = self._frames()
        act()
        return float(self.page.evaluate(f"benchmark.settled({before}, '{event}')"))

    def _map_box(self) -> "FloatRect":
        box = self.page.locator("#map").bounding_box()
        if box is None:
            raise BenchmarkError("The map is not to be seen on its page.")
        return box

    def _frames(self) -> int:
        return int(self.page.evaluate("benchmark.frames.length"))

    def _wait_for_frames(self, more_than: int) -> None:
        self.page.evaluate(f"benchmark.drawn({more_than})")

    def _wait(self, true: Callable[[], bool]) -> None:
        for _ in range(WAIT_MS // 50):
            if true():
                return
            self.page.wait_for_timeout(50)
        raise BenchmarkError("The page did not ask for its points.")
