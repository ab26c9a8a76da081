"""The page where there is no music yet, on small screens, and in the dark."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.dots import map_image, wait_for_dots

Open = Callable[..., Page]

# Elements whose own text stands out from what is behind it by less than 4.5 to 1 (WCAG 2).
FAINT = """() => {
  const parts = (css) => css.match(/[\\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
  const light = (colour) => colour.slice(0, 3)
    .map((part) => (part / 255 <= 0.03928 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    const colour = parts(getComputedStyle(element).backgroundColor);
    return colour.length === 3 || !element.parentElement ? colour : behind(element.parentElement);
  };
  const ratio = (element) => {
    const style = getComputedStyle(element);
    const [a, b] = [parts(element.closest("svg") ? style.fill : style.color), behind(element)]
      .map(light).sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const texts = [...document.querySelectorAll("body *")].filter((element) =>
    !element.disabled && element.checkVisibility({ visibilityProperty: true }) &&
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  return [texts.length, texts.filter((element) => ratio(element) < 4.5).map((e) => e.outerHTML)];
}"""

BLOCKED_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("Access is denied.", "SecurityError"); }
});"""

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_an_empty_library_shows_the_two_ways_in(empty_site: str, open_page: Open) -> None:
    page = open_page(empty_site, permissions=["clipboard-read", "clipboard-write"])
    expect(page.get_by_role("heading", name="There is no music here yet")).to_be_visible()
    expect(page.get_by_text("manage.py load_jamendo_data")).to_be_visible()
    command = page.locator(".command", has_text="make run")
    command.get_by_role("button").click()
    expect(command.get_by_role("button")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "make run MUSIC=~/Music"


def test_skipping_to_the_content_needs_no_map(empty_site: str, open_page: Open) -> None:
    page = open_page(empty_site)
    expect(page.get_by_role("heading", name="There is no music here yet")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.wait_for_timeout(100)  # an error would be on the console by now


def test_without_scripts_the_page_says_so(empty_site: str, open_page: Open) -> None:
    page = open_page(empty_site, java_script_enabled=False)
    expect(page.get_by_text("The map has not started.")).to_be_visible()
    expect(page.get_by_role("button", name="Zoom in")).to_be_hidden()


def test_a_script_that_does_not_come_is_told(empty_site: str, open_page: Open) -> None:
    page = open_page("about:blank", expected="net::ERR_FAILED")
    page.route("**/dist/explore*.js", lambda route: route.abort())
    page.goto(empty_site)
    expect(page.get_by_text("The map has not started.")).to_be_visible()
    expect(page.get_by_text("Loading the map…")).to_be_hidden()


def test_a_browser_that_keeps_nothing_shows_the_map(site: str, open_page: Open) -> None:
    page = open_page(site, script=BLOCKED_STORAGE)
    wait_for_dots(page)
    dark = is_dark(page)
    page.get_by_role("button", name="Switch between light and dark").click()
    assert is_dark(page) != dark
    page.get_by_label("Layout", exact=True).select_option("pca")
    page.get_by_label("Volume").fill("0.2")
    page.locator("label", has_text="click").last.click()
    expect(page.get_by_label("click")).to_be_checked()


def test_parts_are_named_by_their_headings_alone(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    for name in ("Show", "Seen by", "Laid out by", "Coloured by"):
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    expect(page.get_by_text("Tag", exact=True)).to_be_hidden()  # no second select, no label


def test_a_long_word_stays_on_its_card(site: str, open_page: Open) -> None:
    page = open_page("about:blank")

    def lengthen(route: Route) -> None:
        route.fulfill(json=route.fetch().json() | {"title": "Donaudampfschiff" * 30})

    page.route(re.compile(r"/tracks/\d+/$"), lengthen)
    page.goto(site)
    page.mouse.move(*wait_for_dots(page)[-1])
    expect(page.locator(".card-title")).to_contain_text("Donaudampfschiff")
    inner, card, stage = (
        page.locator(each).bounding_box() or {} for each in (".card-title", "#card", "#map")
    )
    assert inner["x"] + inner["width"] <= card["x"] + card["width"]
    assert card["x"] + card["width"] <= stage["x"] + stage["width"]
    assert card["height"] < 200


def test_music_that_no_network_has_heard_yet(site: str, open_page: Open) -> None:
    page = open_page("about:blank")
    page.route("**/models/", lambda route: route.fulfill(json=[]))
    page.goto(site)
    expect(page.get_by_role("heading", name="not yet listened to")).to_be_visible()
    expect(page.get_by_text("manage.py process_library")).to_be_visible()


def test_work_in_progress_is_told_with_the_time_left(site: str, open_page: Open) -> None:
    page = open_page("about:blank")
    job = {"id": 1, "kind": "extraction", "state": "running", "message": ""}
    answer = {"results": [job | {"fraction": 0.4, "seconds_left": 180.0}]}
    page.route("**/jobs/?active=true", lambda route: route.fulfill(json=answer))
    page.goto(site)
    expect(page.get_by_text("Listening to the music · 40% · about 3 minutes left")).to_be_visible()
    answer["results"] = []
    expect(page.locator("#job-bar")).to_be_hidden()


def test_on_a_phone_the_questions_are_a_sheet(site: str, open_page: Open) -> None:
    page = open_page(site, **PHONE)
    dots = wait_for_dots(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert (page.locator("#map").bounding_box() or {})["width"] == 390
    expect(page.get_by_label("click")).to_be_checked()  # nothing is pointed at by a finger
    expect(page.get_by_text("Tap a dot to hear it")).to_be_visible()
    expect(page.get_by_label("Layout", exact=True)).to_be_hidden()
    page.get_by_role("button", name="What is shown").click()
    page.get_by_label("Layout", exact=True).select_option("pca")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_label("Layout", exact=True)).to_be_hidden()
    dots = wait_for_dots(page)
    page.touchscreen.tap(*dots[0])
    expect(page.locator("#card")).to_be_visible()
    expect(page.locator("#player")).to_have_attribute("data-phase", "playing")


def small_targets(page: Page) -> list[list[object]]:
    """Names and heights, in pixels, of what a finger may miss."""
    return page.evaluate(
        """() => [...document.querySelectorAll(
            "button, select, summary, .player-mode label, label.check, a"
          )]
          .filter((element) => element.checkVisibility())
          .filter((element) => !element.closest("p, table, dd"))
          .map((element) => {
            const after = getComputedStyle(element, "::after");
            const grown = after.position === "absolute" ? -2 * parseFloat(after.top) : 0;
            return [element.id || element.textContent.trim(), element.offsetHeight + (grown || 0)];
          })
          .filter(([name, height]) => name !== "Skip to content" && height < 44)"""
    )


def test_touch_targets_are_large_enough(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?sel=at1-20", **PHONE)
    wait_for_dots(page)
    page.locator("#selection-open").click()
    expect(page.locator("#selection-list li").first).to_be_visible()
    page.locator("#selection-close").click()
    page.get_by_role("button", name="What is shown").click()
    page.wait_for_timeout(400)
    assert small_targets(page) == []
    page.get_by_role("button", name="New layout…").click()
    assert small_targets(page) == []


@pytest.mark.parametrize("address", ["/compare", "/tracks/1", "/search?track=1"])
def test_touch_targets_of_other_pages_are_large_enough(
    site: str, open_page: Open, address: str
) -> None:
    page = open_page(site + address, **PHONE)
    page.get_by_role("heading", level=1).wait_for(state="attached")
    page.wait_for_timeout(1500)
    opener = page.get_by_role("button", name="What is shown")
    if opener.is_visible():
        opener.click()
        page.wait_for_timeout(400)
    assert small_targets(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_until_switched(
    site: str, open_page: Open, scheme: str
) -> None:
    page = open_page(site, color_scheme=scheme)
    wait_for_dots(page)
    assert is_dark(page) == (scheme == "dark")
    page.get_by_role("button", name="Switch between light and dark").click()
    assert is_dark(page) == (scheme != "dark")
    page.reload()
    wait_for_dots(page)
    assert is_dark(page) == (scheme != "dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_background(site: str, open_page: Open, scheme: str) -> None:
    page = open_page(site, color_scheme=scheme)
    wait_for_dots(page)
    for button in page.locator("button.explain").all():
        button.click()
    texts, faint = page.evaluate(FAINT)
    assert texts > 30
    assert faint == []


def is_dark(page: Page) -> bool:
    return bool(np.median(map_image(page)) < 128)


def test_an_unknown_address_is_answered_in_words(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/nowhere", expected="404")
    expect(page.get_by_role("heading", name="There is nothing at this address")).to_be_visible()
    page.get_by_role("link", name="Go to the map").click()
    wait_for_dots(page)


def test_log_in_names_what_was_wrong(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/login/")
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("nothing")
    page.locator("main").get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("correct username and password")
