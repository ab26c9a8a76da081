"""Searches by sound: from a track that is typed or a moment that is heard, to what sounds alike."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.dots import wait_for_dots
from tests.e2e.test_pages import PHONE
from tests.e2e.test_track import middle, playing

Open = Callable[..., Page]


def found(page: Page) -> Locator:
    return page.locator("#found > li")


def test_from_a_track_that_is_typed(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/search", **PHONE)
    field = page.get_by_role("combobox", name="Start from a track")
    field.focus()
    expect(page.get_by_role("option")).to_have_count(8)  # to begin with
    page.keyboard.type("calm acoustic 1")
    expect(page.get_by_role("option").first).to_contain_text("Calm, acoustic 1")
    page.keyboard.press("Enter")
    expect(found(page)).to_have_count(12)
    expect(page).to_have_url(re.compile(r"/search\?track=\d+$"))
    expect(found(page).first).to_contain_text(re.compile("Both:|There|No tag"))
    assert page.evaluate("document.documentElement.scrollWidth") == 390

    middle_span = page.locator("#start-span").inner_text()
    page.mouse.click(*middle(page.locator("#waveform-timeline"), 0.2))
    playing(page).wait_for()
    page.get_by_role("button", name="Search from here").click()
    expect(page.locator("#start-span")).not_to_have_text(middle_span)
    expect(page).to_have_url(re.compile(r"position=\d+$"))
    page.get_by_role("button", name="Stretch begins here").click()
    expect(page.locator("#start-kind")).to_have_text("the stretch")
    expect(found(page)).to_have_count(12)
    page.go_back()
    page.go_back()
    expect(page.locator("#start-span")).to_have_text(middle_span)

    title = found(page).first.locator(".alike-title").inner_text()
    button = found(page).first.locator(".alike-play")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#player-title")).to_have_text(title)
    playing(page).wait_for()


def test_how_one_searches(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/search?track=1&position=2")
    expect(found(page)).to_have_count(12)
    page.get_by_role("button", name="Find more").click()
    expect(found(page)).to_have_count(24)
    page.get_by_label("the same artist").check()  # the demo is all by one
    expect(page.get_by_text("Nothing by others.")).to_be_visible()
    page.get_by_label("the same artist").uncheck()
    page.get_by_label("tracks", exact=True).check()
    expect(page.locator(".alike-numbers").first).not_to_contain_text("–")
    page.get_by_label("Compared").select_option("stretches")
    expect(page.locator(".alike-numbers").first).to_contain_text("–")
    page.get_by_label("Nearness by").select_option("euclidean")
    expect(page.locator("#found-notes")).to_contain_text("0 is the same to the network;")
    field = page.get_by_role("combobox", name="Only tracks with this tag")
    field.fill("calm")
    page.locator("#find-list").get_by_role("option").first.click()
    expect(page.locator("#conditions li")).to_have_count(1)
    expect(page).to_have_url(re.compile("find=tracks&by=stretches&metric=euclidean.*tags="))
    address = page.url
    page.reload()
    expect(page.locator("#conditions li")).to_contain_text("calm")
    expect(page.get_by_label("Nearness by")).to_have_value("euclidean")
    expect(found(page).first).to_be_visible()
    page.go_back()
    expect(page.locator("#conditions li")).to_have_count(0)
    page.go_forward()
    expect(page).to_have_url(address)

    page.get_by_role("link", name="Show all on the map").click()
    wait_for_dots(page)
    expect(page.locator("#selection-list li").first).to_be_visible()


def test_from_a_dot_and_from_the_page_of_a_track(site: str, open_page: Open) -> None:
    page = open_page(site)
    page.mouse.click(*wait_for_dots(page)[0])
    title = page.locator("#player-title a").inner_text()
    page.get_by_role("link", name="Find similar moments").click()
    expect(page.locator("#start-title")).to_have_text(title)
    expect(page).to_have_url(re.compile(r"/search\?layer=[-\w]+&track=\d+&position=\d+$"))
    expect(found(page)).to_have_count(12)
    page.locator("#start-title").click()
    page.get_by_role("link", name="Find similar moments").click()
    expect(found(page)).to_have_count(12)


def test_what_cannot_be_had(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/search?track=999999", expected="the server responded with a status")
    missing = page.locator("#search-body-failure")
    expect(missing).to_contain_text("There is no track 999999 in this library")
    expect(missing.get_by_role("button")).to_be_hidden()
    page.route("**/similar/**", lambda route: route.fulfill(status=500, body=""))
    page.goto(f"{site}/search?track=1")
    failure = page.locator("#found-failure")
    expect(failure).to_contain_text("The server answered with an error (500).")
    page.unroute("**/similar/**")
    failure.get_by_role("button", name="Try again").click()
    expect(found(page)).to_have_count(12)


def test_more_like_one_and_less_like_another(site: str, open_page: Open) -> None:
    page = open_page(
        f"{site}/search?track=1&position=2",
        expected="the server responded with a status of 400",
        **PHONE,
    )
    expect(found(page)).to_have_count(12)
    liked = found(page).nth(3).locator(".alike-title").inner_text()
    page.get_by_role("button", name=f"More like this: {liked}").first.click()
    starts = page.locator("#blend > li")
    expect(starts).to_have_count(2)
    expect(starts.last).to_contain_text(liked)
    expect(starts.last.get_by_role("slider")).to_be_focused()
    expect(page.locator("#blend-status")).to_have_text(f"Added to the blend: {liked}.")
    expect(page.locator("#found-heading")).to_have_text("What sounds like the blend")
    expect(found(page).first).to_be_visible()

    page.get_by_role("combobox", name="Add another track").fill("tender electronic 2")
    page.keyboard.press("Enter")
    expect(starts).to_have_count(3)
    weight = page.get_by_role("slider", name="How much Tender, electronic 2 counts")
    for _ in range(13):
        weight.press("ArrowLeft")
    expect(starts.last).to_contain_text("less like it, 0.3")
    expect(page).to_have_url(re.compile(r"position=2&with=\d+:\d+,\d+\*-0\.3$"))
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name=f"Remove {liked}").click()
    expect(starts).to_have_count(2)

    page.get_by_role("link", name="Choose its moment: Tender, electronic 2").click()
    expect(page.locator("#start-title")).to_have_text("Tender, electronic 2")
    expect(starts.last).to_contain_text("Calm, acoustic 1")

    page.goto(f"{site}/search?track=1&position=2&with=1:2*-1", wait_until="load")
    expect(page.locator("#found-failure")).to_contain_text("cancel each other out")
