"""Pages of artists, albums and tags in a real browser."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.test_pages import PHONE

Open = Callable[..., Page]


def test_from_the_list_of_tags_to_what_sounds_like_one(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/tags", **PHONE)
    page.get_by_role("searchbox", name="Search tags").fill("CALM")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="calm", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("calm")
    tracks, alike = page.locator("#tracks > li"), page.locator("#like-tracks > li")
    number = int(re.findall(r"(\d+) tracks", page.locator(".track-head").inner_text())[0])
    expect(tracks).to_have_count(number)
    expect(alike).to_have_count(8)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    tagged = set(tracks.locator(".alike-title").all_inner_texts())
    assert tagged.isdisjoint(alike.locator(".alike-title").all_inner_texts())

    page.get_by_role("button", name="Play all").click()
    page.locator("#player[data-phase=playing]").wait_for()
    expect(tracks.first.locator(".alike-play")).to_have_accessible_name(re.compile("^Stop "))
    expect(page.locator("#player-title a")).to_have_attribute(
        "href", tracks.first.locator(".alike-title").get_attribute("href") or ""
    )

    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#card")).to_be_visible()
    title = page.locator("#card .card-title").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#player-title")).to_have_text(title)
    expect(tracks.first.locator(".alike-play")).to_have_accessible_name(re.compile("^Play "))

    page.get_by_role("link", name="Show on the map").click()
    expect(page.locator("#conditions a")).to_have_text("calm")
    assert "rest=grey" in page.url


def test_what_cannot_be_had_is_said_and_asked_for_again(site: str, open_page: Open) -> None:
    page = open_page("about:blank", expected="the server responded with a status")
    page.route("**/api/v1/tracks/?**", lambda route: route.fulfill(status=500, body=""))
    page.route("**/api/v1/models/", lambda route: route.fulfill(status=500, body=""))
    page.goto(f"{site}/artists/1")
    for failure, there in (("#tracks-failure", "#tracks"), ("#group-failure", "#place")):
        expect(page.locator(failure)).to_contain_text("The server answered with an error (500).")
        page.unroute_all()
        page.locator(failure).get_by_role("button", name="Try again").click()
        expect(page.locator(there)).to_be_visible()
    # All of the demo is by one artist.
    expect(page.get_by_text("There are no other artists to compare with.")).to_be_visible()
