"""A browser without a window, which draws by the processor alone."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from embeddings.benchmarks.common import BenchmarkError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = ["--no-sandbox", "--enable-unsafe-swiftshader", "--mute-audio"]


def browser_path() -> str | None:
    """The program of the browser, where one is installed."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def check_browser() -> None:
    """Raise `BenchmarkError` where there is no browser to be driven."""
    if find_spec("playwright") is None:
        raise BenchmarkError(
            "The map is measured by Playwright, which is not installed: run `make setup-dev`."
        )
    if browser_path() is None:
        raise BenchmarkError(
            "The map is measured in Chromium or Chrome, and neither is installed: "
            "sudo apt-get install --yes chromium"
        )


@contextmanager
def browser() -> Iterator["Browser"]:
    """A browser that ends with the block, in which Django does not let this thread use a database:
    Playwright runs a loop of events there.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Signals are for this process, which then ends the browser.
        browser = playwright.chromium.launch(
            executable_path=browser_path(),
            args=ARGUMENTS,
            handle_sigint=False,
            handle_sigterm=False,
        )
        try:
            yield browser
        finally:
            browser.close()
