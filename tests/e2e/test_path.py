"""A path between two tracks: chosen by typing, heard, taken home, and drawn on the map."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.dots import wait_for_dots
from tests.e2e.test_pages import PHONE
from tests.e2e.test_track import playing

Open = Callable[..., Page]


def test_from_two_typed_tracks_to_the_map(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/search/path", **PHONE)
    expect(page.get_by_text("Choose a track on either side.")).to_be_visible()
    for label, text in [("From", "calm acoustic 1"), ("To", "tender electronic 2")]:
        page.get_by_role("combobox", name=f"{label} which track").fill(text)
        page.keyboard.press("Enter")
        expect(page.locator(f"#{label.lower()}-title")).to_be_visible()
    stops = page.locator("#path-stops > li")
    expect(stops).to_have_count(10)
    expect(stops.first).to_contain_text("Calm, acoustic 1")
    expect(stops.last).to_contain_text("Tender, electronic 2")
    expect(page.locator(".path-longest")).to_contain_text("longest")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    titles = page.locator("#path-stops .alike-title").all_inner_texts()
    assert len(set(titles)) == 10

    page.get_by_label("Stops, with both ends").fill("5")
    page.keyboard.press("Tab")
    expect(stops).to_have_count(5)
    page.get_by_label("only a moment of it").first.check()
    expect(page).to_have_url(re.compile(r"from=1:\d+&to=\d+&steps=5$"))
    expect(page.locator("#path-notes")).to_contain_text("Moments are compared")

    page.get_by_role("button", name="Play the path").click()
    playing(page).wait_for()
    expect(stops.first).to_have_attribute("data-sounds", "")
    page.locator("#path-notes").click()
    page.keyboard.press("ArrowRight")
    expect(stops.nth(1)).to_have_attribute("data-sounds", "")
    expect(stops.nth(1)).to_be_in_viewport()
    page.get_by_role("button", name="Stop", exact=True).first.press("Space")
    expect(page.locator("#path-stops > [data-sounds]")).to_have_count(0)
    page.get_by_role("button", name="Play the path").press("Space")
    expect(stops.first).to_have_attribute("data-sounds", "")
    page.get_by_role("button", name="The other way round").click()
    expect(page.locator("#path-stops > [data-sounds]")).to_have_count(0)
    expect(page.get_by_role("button", name="Play the path")).to_be_visible()
    expect(stops.first).to_contain_text("Tender, electronic 2")
    page.get_by_role("button", name="The other way round").click()
    expect(stops.first).to_contain_text("Calm, acoustic 1")

    with page.expect_download() as download:
        page.get_by_role("button", name="Playlist file…").click()
        page.get_by_role("button", name="Download").click()
    lines = download.value.path().read_text().splitlines()
    files = [line for line in lines if line and not line.startswith("#")]
    assert len(files) == len(set(files)) == 5

    page.get_by_role("link", name="Draw it on the map").click()
    wait_for_dots(page)
    expect(page.locator("#journey-told")).to_have_text("A path of 5 stops, from 1 to 5.")
    page.get_by_role("button", name="What is shown").click()
    page.get_by_role("button", name="Remove it from the map").click()
    expect(page.locator("#journey")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("journey"))


def test_what_cannot_be_had(site: str, open_page: Open) -> None:
    page = open_page(
        f"{site}/search/path?from=1&to=2&steps=40", expected="the server responded with a status"
    )
    failure = page.locator("#path-found-failure")
    expect(failure).to_contain_text(
        "Only 28 stops, both ends among them, can be on this path, not 40."
    )
    page.get_by_label("Stops, with both ends").fill("28")
    page.keyboard.press("Tab")
    expect(page.locator("#path-stops > li")).to_have_count(28)
    expect(failure).to_be_hidden()
