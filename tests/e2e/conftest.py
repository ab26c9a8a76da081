"""The real site with the demo's library, in a real browser.

The demo is made once, in a home of its own that later runs find ready.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from explorer.benchmarks.browser import ARGUMENTS, browser_path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "var" / "test" / "e2e"
START_SECONDS = 180
EXPECT_MS = 20_000  # on a busy machine; who finds it sooner waits no longer
# Chromium's remark on screenshots of WebGL drawn in software.
HARMLESS = "GPU stall due to ReadPixels"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("e2e")


@pytest.fixture(scope="session")
def browser_program() -> str:
    """Skips the test where there is no browser."""
    path = browser_path()
    if path is None:
        message = (
            "NO BROWSER: the browser tests did not run. Install one with: "
            "sudo apt-get install --yes chromium"
        )
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="session")
def browser(browser_program: str) -> Iterator[Browser]:
    expect.set_options(timeout=EXPECT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(browser: Browser) -> Iterator[str]:
    """Address of a site that serves the demo."""
    run_manage(HOME, "demo")
    with_server = served(HOME)
    yield next(with_server)
    next(with_server, None)


@pytest.fixture(scope="session")
def empty_site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site whose library is empty."""
    with_server = served(tmp_path_factory.mktemp("empty") / "home")
    yield next(with_server)
    next(with_server, None)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages as a fresh visitor; afterwards, their consoles must have stayed silent.

    `expected` is a part of messages that the test provokes; the rest goes to the browser's
    context (viewport, color_scheme, ...). A `script` runs before the page's own.
    """
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def open_page(
        address: str, *, expected: str = HARMLESS, script: str = "", **options: object
    ) -> Page:
        def hear(text: str) -> None:
            if HARMLESS not in text and expected not in text:
                said.append(text)

        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))  # type: ignore[arg-type]
        contexts.append(context)
        context.add_init_script(script)
        context.on("console", lambda message: hear(f"{message.type}: {message.text}"))
        context.on("weberror", lambda error: hear(f"error: {error.error}"))
        page = context.new_page()
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


def served(home: Path) -> Iterator[str]:
    """Serve a home on a free port, as a person does; ends when asked for a second value."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home.mkdir(parents=True, exist_ok=True)
    with (home / "serve.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port)],
            cwd=ROOT, env=environment(home), stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/healthz", process, home / "serve.log")
            yield address
        finally:
            process.terminate()
            process.wait(30)


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"The site did not start:\n{log.read_text()}")


def run_manage(home: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=environment(home), capture_output=True, text=True, timeout=1800,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def environment(home: Path) -> dict[str, str]:
    """A person's environment, with a home and a database of the test's own."""
    ours = {"MUSICEXPLORE_HOME": str(home), "DATABASE_URL": "", "AUDIO_DIR": ""}
    foreign = ("DJANGO_SETTINGS_MODULE", "PYTEST_CURRENT_TEST", "SECRET_KEY", "LOGIN_REQUIRED")
    return {k: v for k, v in os.environ.items() if k not in foreign} | ours
