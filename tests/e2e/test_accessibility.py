"""Every page passes axe-core's rules, light and dark, wide and narrow."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT
from tests.e2e.dots import wait_for_dots
from tests.e2e.test_pages import PHONE

Open = Callable[..., Page]

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def broken_rules(page: Page, rules: list[str] = RULES) -> list[dict[str, Any]]:
    """The rules, or sets of them, that a page breaks, and what breaks them."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules
    )
    return [
        {
            "rule": f"{rule['id']}: {rule['help']}",
            "where": [f"{node['html']} {node['failureSummary']}" for node in rule["nodes"]],
        }
        for rule in found["violations"]
    ]


def show_map(page: Page) -> None:
    """With every explanation open, and the card of a dot."""
    dots = wait_for_dots(page)
    opener = page.get_by_role("button", name="What is shown")
    if opener.is_visible():
        opener.click()
    for button in page.locator("button.explain:visible").all():
        button.click()
    if not opener.is_visible():
        page.mouse.move(*dots[0])
        expect(page.locator(".card-tags")).to_contain_text("·")


def show_dialog(page: Page) -> None:
    wait_for_dots(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def show_found(page: Page) -> None:
    wait_for_dots(page)
    page.get_by_role("combobox", name="Find tracks").fill("calm")
    expect(page.get_by_role("option").first).to_be_visible()


def show_two_maps(page: Page) -> None:
    page.locator("#shown", has_text="segments").wait_for(state="attached")
    opener = page.get_by_role("button", name="What is shown")
    if opener.is_visible():
        opener.click()
    for button in page.locator("button.explain:visible").all():
        button.click()


def show_track(page: Page) -> None:
    expect(page.locator("#tag-names li")).to_have_count(15)
    expect(page.locator("#waveform")).to_be_visible()
    page.get_by_text("As a table").click()
    page.locator("#sections-details > summary").click()
    expect(page.locator("#sections > li")).to_have_count(2)


def show_group(page: Page) -> None:
    expect(page.locator("#tracks > li").first).to_be_visible()
    expect(page.locator("#like-tracks > li")).to_have_count(8)
    expect(page.locator("#place")).to_be_visible()


def show_similar(page: Page) -> None:
    expect(page.locator("#found > li")).to_have_count(12)
    expect(page.locator("#waveform")).to_be_visible()


def show_by_words(page: Page) -> None:
    expect(page.locator("#words-found > li")).to_have_count(12)


def show_mistake(page: Page) -> None:
    expect(page.locator("#words-mistake")).to_be_visible()


def show_path(page: Page) -> None:
    expect(page.locator("#path-stops > li")).to_have_count(10)


def show_verdict(page: Page) -> None:
    """A question, answered, with everything that is told of it."""
    page.locator("#trial").wait_for()
    for place in "0123":
        page.keyboard.press(place)
        page.locator(f"[data-place='{place}'][data-heard]").wait_for()
    page.keyboard.press("n")
    page.keyboard.press("Enter")
    page.locator("#verdict-details").click()
    expect(page.locator("#verdict-list > li")).to_have_count(4)


def show_selection(page: Page) -> None:
    """With the list of tracks, and everything to draw with."""
    wait_for_dots(page)
    page.get_by_role("button", name="Lasso").click()
    opener = page.locator("#selection-open")
    if opener.is_visible():
        opener.click()
    expect(page.locator("#selection-list").get_by_text("Calm, acoustic 1")).to_be_visible()


def show_export(page: Page) -> None:
    show_selection(page)
    page.locator("#selection").get_by_role("button", name="Playlist file…").click()
    page.get_by_label("below another folder").check()


def show_playlists(page: Page) -> None:
    """With one that is kept, and its items."""
    show_selection(page)
    playlists = page.url.partition("/?")[0] + "/api/v1/playlists/"
    kept = page.request.get(playlists).json()["results"]
    if "For axe" not in [playlist["name"] for playlist in kept]:  # left by an earlier run
        content = {"name": "For axe", "items": [{"track": 1}, {"track": 2}]}
        assert page.request.post(playlists, data=content).ok
    page.locator("#open-playlists").evaluate("button => button.click()")  # behind the sheet
    page.get_by_role("button", name="Edit…: For axe").first.click()
    expect(page.locator("#playlist-items li").first).to_be_visible()


def show_new_layout(page: Page) -> None:
    wait_for_dots(page)
    page.locator("#new-layout-open").evaluate("button => button.click()")  # behind the sheet
    page.get_by_label("t-SNE", exact=True).check()
    page.get_by_label("Perplexity").fill("0")
    page.get_by_role("button", name="Make it").click()
    expect(page.locator("#new-layout-error")).to_be_visible()


def show_text(page: Page) -> None:
    page.get_by_role("heading", level=1).wait_for()


VIEWS = {
    "the map": ("/", show_map),
    "a selection": ("/?sel=at1-20", show_selection),
    "the file of a playlist": ("/?sel=at1-20", show_export),
    "kept playlists": ("/?sel=at1-20", show_playlists),
    "a new layout": ("/", show_new_layout),
    "the keys": ("/", show_dialog),
    "what was found": ("/", show_found),
    "two maps": ("/compare", show_two_maps),
    "a track": ("/tracks/1", show_track),
    "a tag": ("/tags/1", show_group),
    "albums": ("/albums", show_text),
    "a search by sound": ("/search?track=1&position=2", show_similar),
    "a blend": ("/search?track=1&position=2&with=20*-0.5,9:3", show_similar),
    "a search by tags": ("/search/words?q=piano and not vocals, fast", show_by_words),
    "a mistake in a search by tags": ("/search/words?q=pianno", show_mistake),
    "a path": ("/search/path?from=1:4&to=20", show_path),
    "an answered question": ("/similarity", show_verdict),
    "a search not begun": ("/search", show_text),
    "a file to search by": ("/search/file", show_text),
    "the login": ("/login/?next=/", show_text),
    "no page": ("/nowhere", show_text),
}
SCREENS = {"wide": {"viewport": {"width": 1280, "height": 800}}, "narrow": PHONE}


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("view", VIEWS)
def test_no_rule_is_broken(site: str, open_page: Open, view: str, screen: str) -> None:
    address, show = VIEWS[view]
    page = open_page(
        site + address,
        expected="status of 40",  # no page, and a mistake
        bypass_csp=True,  # or the page would not let axe in
        reduced_motion="reduce",
        **SCREENS[screen],
    )
    show(page)
    assert broken_rules(page) == []
    page.emulate_media(color_scheme="dark")
    assert broken_rules(page, ["color-contrast"]) == []  # nothing else changes with the colours


def test_no_rule_is_broken_where_there_is_no_music(empty_site: str, open_page: Open) -> None:
    page = open_page(empty_site, bypass_csp=True)
    expect(page.get_by_role("heading", name="There is no music here yet")).to_be_visible()
    assert broken_rules(page) == []
