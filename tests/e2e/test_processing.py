"""The page while music is processed: it fills by itself, and takes nothing away."""

import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Request, Route, expect

from tests.e2e.conftest import HOME, ROOT, environment
from tests.e2e.dots import wait_for_dots, wait_until
from tests.e2e.test_map import WITHOUT_WEBGL, choose

Open = Callable[..., Page]

JOB = {
    "id": 1,
    "kind": "reduction",
    "state": "running",
    "message": "",
    "fraction": 0.4,
    "seconds_left": 180.0,
}
TOLD = "Laying out the map · 40% · about 3 minutes left"


def busy(page: Page) -> list[dict[str, Any]]:
    """Has the page believe in a job, until the returned list is emptied."""
    jobs = [JOB]
    page.route("**/jobs/?active=true", lambda route: route.fulfill(json={"results": jobs}))
    return jobs


def requests_for(page: Page, part: str) -> list[str]:
    """Addresses with this part that the page asks for from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if part in request.url:
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_maps_and_tags_take_over_once_they_are_there(site: str, open_page: Open) -> None:
    page = open_page("about:blank")
    busy(page)
    page.route("**/projections/", lambda route: route.fulfill(json=[]))

    def without_tags(route: Route) -> None:
        route.fulfill(json=route.fetch().json() | {"tags": 0})

    page.route("**/library/", without_tags)
    page.goto(site)
    layout, colour = (
        page.get_by_label("Layout", exact=True),
        page.get_by_label("Colour", exact=True),
    )
    expect(layout).to_have_value("original")
    expect(colour).to_have_value("album")  # its one artist tells nothing apart
    page.unroute("**/projections/")
    page.unroute("**/library/")
    expect(layout).to_have_value("umap")
    expect(colour).to_have_value("tags:mood/theme")
    assert page.url == f"{site}/"  # nothing was chosen
    page.reload()
    expect(layout).to_have_value("umap")


def test_a_choice_that_must_wait_is_kept(site: str, open_page: Open) -> None:
    page = open_page("about:blank")
    busy(page)
    page.route("**/projections/", lambda route: route.fulfill(json=[]))
    page.goto(f"{site}/?by=pca")
    expect(page.get_by_label("Layout", exact=True)).to_have_value("original")
    page.unroute("**/projections/")
    expect(page.get_by_label("Layout", exact=True)).to_have_value("pca")


def test_work_in_progress_is_not_covered(site: str, open_page: Open) -> None:
    page = open_page("about:blank", script=WITHOUT_WEBGL)
    jobs = busy(page)
    page.route("**/projections/", lambda route: route.fulfill(json=[]))
    page.goto(site)
    told = page.get_by_text(TOLD)
    expect(told).to_be_visible()
    expect(page.get_by_text("Drawn without WebGL2")).to_be_visible()
    for text in (told, page.get_by_text("Drawn without WebGL2")):
        assert text.evaluate(
            """(element) => {
              const box = element.getBoundingClientRect();
              const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
              return element.contains(document.elementFromPoint(x, y));
            }"""
        )
    expect(page.get_by_text("Not laid out yet")).to_be_hidden()  # it is just being done
    jobs.clear()
    expect(page.get_by_text("Not laid out yet")).to_be_visible()


def test_a_failure_in_the_background_leaves_the_map_alone(site: str, open_page: Open) -> None:
    page = open_page("about:blank", expected="net::ERR_FAILED")
    busy(page)
    page.goto(site)
    wait_for_dots(page)
    page.route("**/projections/", lambda route: route.abort())
    notice = page.get_by_text("The map may not be the newest.")
    expect(notice).to_contain_text("The server cannot be reached.")
    expect(page.get_by_role("alert")).to_be_hidden()
    page.unroute("**/projections/")
    expect(notice).to_be_hidden()


def test_a_failure_is_taken_back_when_the_next_look_succeeds(site: str, open_page: Open) -> None:
    page = open_page("about:blank", expected="net::ERR_FAILED")
    busy(page)
    page.goto(site)
    wait_for_dots(page)
    page.route("**/points/**", lambda route: route.abort())
    choose(page, "Layout", "PCA")
    expect(page.get_by_role("alert")).to_be_visible()
    page.unroute("**/points/**")
    expect(page.get_by_role("alert")).to_be_hidden()
    page.route("**/points/**", lambda route: route.abort())
    choose(page, "Layout", "t-SNE")
    page.get_by_role("alert").get_by_role("button", name="Close").click()
    expect(page.get_by_role("alert")).to_be_hidden()


def test_an_ended_session_leads_to_the_login(site: str, open_page: Open) -> None:
    page = open_page(site, expected="401")
    wait_for_dots(page)
    error = {
        "status": 401,
        "code": "not_authenticated",
        "detail": "This library asks for a login.",
    }
    page.route("**/points/**", lambda route: route.fulfill(status=401, json=error))
    choose(page, "Layout", "PCA")
    page.get_by_role("alert").get_by_role("link", name="Log in").click()
    expect(page.get_by_label("Username")).to_be_visible()
    expect(page.locator("[name=next]")).to_have_value(re.compile(r"^/\?layer=.*by=pca"))


def test_a_newer_map_cuts_off_neither_card_nor_sound(site: str, open_page: Open) -> None:
    page = open_page("about:blank")
    busy(page)
    page.goto(site)
    dots = wait_for_dots(page)
    page.locator("#map").click(position={"x": 200, "y": 5})  # browsers want a click before sound

    def newer(route: Route) -> None:
        projections = route.fetch().json()
        for projection in projections:
            projection["points"] += "&newer=1"
        route.fulfill(json=projections)

    page.mouse.move(*dots[0])
    page.locator('#player[data-phase="playing"]').wait_for()
    expect(page.locator(".card-title")).not_to_have_text("…")
    title = page.locator(".card-title").inner_text()
    page.evaluate(
        """() => {
          const player = document.getElementById("player");
          window.phases = [];
          new MutationObserver(() => window.phases.push(player.dataset.phase))
            .observe(player, { attributeFilter: ["data-phase"] });
        }"""
    )
    with page.expect_response("**/points/**newer=1**"):
        page.route("**/projections/", newer)
    page.wait_for_timeout(300)
    assert "idle" not in page.evaluate("window.phases")
    expect(page.locator("#card")).to_be_visible()
    assert page.locator(".card-title").inner_text() == title


def test_tags_are_asked_for_once(site: str, open_page: Open) -> None:
    page = open_page("about:blank")
    busy(page)
    tags, looks = requests_for(page, "/tags/?page"), requests_for(page, "/api/v1/library/")
    page.goto(site)
    wait_until(page, lambda: len(looks) >= 3, "looks")
    assert len(tags) == 1


def test_a_slow_map_says_that_it_loads(site: str, open_page: Open) -> None:
    page = open_page("about:blank")
    held: list[Route] = []
    page.route("**/points/**", lambda route: held.append(route))
    page.goto(site)
    loading = page.get_by_text("Loading the map…")
    wait_until(page, lambda: held, "request")
    expect(loading).to_be_visible()
    held.pop().continue_()
    expect(loading).to_be_hidden()
    wait_for_dots(page)
    choose(page, "Layout", "PCA")
    expect(loading).to_be_visible()
    held.pop().continue_()
    expect(loading).to_be_hidden()


def test_a_real_job_is_told_and_its_map_is_shown(site: str, open_page: Open) -> None:
    page = open_page("about:blank")
    asked = requests_for(page, "/points/")
    page.goto(f"{site}/?by=tsne")
    wait_for_dots(page)
    before = asked[-1]
    command = [sys.executable, "manage.py", "reduce_all", "--force", "--methods", "tsne"]
    job = subprocess.Popen(
        command, cwd=ROOT, env=environment(HOME),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        active = f"{site}/api/v1/jobs/?active=true"
        wait_until(page, lambda: page.request.get(active).json()["results"], "active job", 30)
        page.reload()
        expect(page.locator("#job-bar")).to_contain_text("Laying out the map")
        expect(page.locator("#job-bar")).to_be_hidden(timeout=60_000)
        assert job.wait(30) == 0
        wait_until(page, lambda: asked[-1] != before, "newer map")
        wait_for_dots(page)
    finally:
        job.terminate()
        job.wait(30)
