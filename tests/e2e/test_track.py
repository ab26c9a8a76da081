"""The page of a track: seen, heard from any place of it, and clear where there is nothing."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.dots import coloured, map_image, wait_for_dots, wait_until
from tests.e2e.test_pages import PHONE

Open = Callable[..., Page]


def middle(place: Locator, share: float = 0.5) -> tuple[float, float]:
    """A place on the page, `share` of the way along an element."""
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def seconds_shown(page: Page) -> float:
    slider = page.get_by_role("slider", name="Place in the track, over its loudness")
    return float(slider.get_attribute("aria-valuenow") or "nan")


def playing(page: Page) -> Locator:
    return page.locator('#player[data-phase="playing"]')


def test_from_a_dot_to_its_track_and_back(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?by=pca")
    page.mouse.click(*wait_for_dots(page)[0])
    link = page.locator("#player-title a")
    title = link.inner_text()
    link.click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    expect(page.locator("#path-map")).to_have_value(re.compile(" pca$"))  # as on the page before
    page.get_by_role("link", name="Back to the map").click()
    wait_for_dots(page)
    assert "by=pca" in page.url


def test_a_click_anywhere_plays_from_there(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/tracks/1")
    waveform, heat = page.locator("#waveform-timeline"), page.locator("#tags-timeline")
    expect(page.locator(".waveform-rms")).to_have_attribute("d", re.compile("^M0"))
    length = float(waveform.get_attribute("aria-valuemax") or 0)

    page.mouse.click(*middle(waveform, 0.5))
    playing(page).wait_for()
    assert abs(seconds_shown(page) - length / 2) < 3
    before = seconds_shown(page)
    wait_until(page, lambda: seconds_shown(page) > before, "progress")
    page.mouse.click(*middle(heat, 0.1))
    wait_until(page, lambda: seconds_shown(page) < length * 0.1 + 3, "the beginning")
    assert page.locator("#tags-timeline .timeline-marker").evaluate("e => e.style.left") != "0%"
    expect(page.locator("#player-tags")).to_contain_text("·")

    page.locator("#map").scroll_into_view_if_needed()
    image = map_image(page)
    dots = coloured(image).nonzero()
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + float(dots[1][-1]), box["y"] + float(dots[0][-1]))
    playing(page).wait_for()

    page.get_by_text("As a table").click()
    page.get_by_role("button", name="Play from").first.click()
    playing(page).wait_for()


def test_by_keyboard_alone(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/tracks/1")
    expect(page.locator("#waveform")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert seconds_shown(page) == 10
    expect(playing(page)).to_have_count(0)  # moved only
    page.keyboard.press("Space")
    playing(page).wait_for()
    wait_until(page, lambda: 10 <= seconds_shown(page) < 15, "sound from there")
    page.keyboard.press("Space")
    expect(playing(page)).to_have_count(0)
    page.locator("#map").focus()
    place = seconds_shown(page)
    page.keyboard.press("ArrowLeft")
    assert seconds_shown(page) == place - 5
    expect(page.get_by_role("slider", name="over its tags")).to_have_attribute(
        "aria-valuetext", re.compile(r"0:0\d of 0:\d\d")
    )


def test_all_tags_and_those_of_another_network(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/tracks/1")
    expect(page.locator("#tag-names li")).to_have_count(15)
    first = page.locator("#tags-summary").inner_text()
    page.get_by_role("button", name="Show all 50").click()
    expect(page.locator("#tag-names li")).to_have_count(50)
    expect(page.locator("#tags-table tr")).to_have_count(50)
    page.get_by_label("Heard by").select_option("mtt-musicnn-taggrams")
    expect(page.locator("#tags-summary")).not_to_have_text(first)
    other = page.locator("#tags-summary").inner_text()
    page.get_by_label("Map", exact=True).select_option("msd-vgg-embeddings pca")
    expect(page.locator("#path-axes")).to_contain_text("VGG")
    page.reload()
    expect(page.locator("#tags-summary")).to_have_text(other)
    expect(page.get_by_label("Map", exact=True)).to_have_value("msd-vgg-embeddings pca")


def test_what_fails_is_told_where_it_is_and_tried_again(site: str, open_page: Open) -> None:
    page = open_page("about:blank", expected="status of 500")
    page.route("**/waveform/**", lambda route: route.fulfill(status=500, body=""))
    page.goto(f"{site}/tracks/1")
    failure = page.locator("#waveform-failure")
    expect(failure).to_contain_text("The server answered with an error (500).")
    expect(page.locator("#tag-names li")).to_have_count(15)
    page.unroute("**/waveform/**")
    failure.get_by_role("button", name="Try again").click()
    expect(page.locator("#waveform")).to_be_visible()
    expect(failure).to_be_hidden()


def test_a_track_of_the_catalogue_that_nobody_has_heard(site: str, open_page: Open) -> None:
    def catalogue(route: Route) -> None:
        change = {"state": "catalogue", "audio": None, "clip": None, "extractions": []}
        route.fulfill(json=route.fetch().json() | change)

    page = open_page("about:blank", **PHONE)
    page.route(re.compile(r"/tracks/\d+/$"), catalogue)
    page.goto(f"{site}/tracks/1")
    expect(page.get_by_text("its audio is not on this computer")).to_be_visible()
    expect(page.get_by_text("There is no audio to look at.")).to_be_visible()
    expect(page.get_by_text("No network that knows tags has listened")).to_be_visible()
    expect(page.get_by_text("No network has listened to this track yet.").first).to_be_visible()
    expect(page.locator("#player-toggle")).to_be_disabled()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_an_unknown_track(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/tracks/999999", expected="status of 404")
    expect(page.get_by_role("heading", name="There is nothing at this address")).to_be_visible()


def test_what_sounds_alike_is_told_and_played(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/tracks/1", **PHONE)
    tracks, moments = page.locator("#alike-tracks > li"), page.locator("#alike-moments > li")
    expect(tracks).to_have_count(6)
    expect(moments).to_have_count(6)
    expect(moments.first).to_contain_text(re.compile("Both:|There|No tag"))
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_label("other artists only").check()  # the demo is all by one
    expect(page.get_by_text("Nothing by others.")).to_have_count(2)
    page.get_by_label("By one artist").select_option("1")
    page.goto(f"{site}/tracks/2")  # where it is as was chosen on the last page
    expect(page.get_by_label("other artists only")).to_be_checked()
    page.get_by_label("other artists only").uncheck()
    expect(moments).to_have_count(1)
    page.get_by_label("By one artist").select_option("any number")
    expect(moments).to_have_count(6)
    before = page.locator("#alike-when").inner_text()

    title = moments.first.locator(".alike-title").inner_text()
    button = moments.first.get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    playing(page).wait_for()
    expect(page.locator("#player-title")).to_have_text(title)
    expect(page.locator("#player-title")).to_have_text(re.compile("^(?!" + title + ")"))  # over

    button = tracks.first.get_by_role("button").first
    button.click()
    playing(page).wait_for()
    expect(button).to_have_accessible_name(re.compile("^Stop "))
    typical = page.locator("#player-time").inner_text()
    unusual = tracks.first.get_by_role("button", name=re.compile("most unusual passage"))
    unusual.click()
    expect(unusual).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_accessible_name(re.compile("^Play "))
    expect(page.locator("#player-time")).not_to_have_text(typical)
    unusual.click()
    expect(playing(page)).to_have_count(0)
    assert seconds_shown(page) == 0  # the page's own track has waited

    page.get_by_label("Compared", exact=True).select_option("stretches")
    expect(tracks.first.locator(".alike-numbers")).to_contain_text("–")
    page.mouse.click(*middle(page.locator("#waveform-timeline"), 0.6))
    playing(page).wait_for()
    expect(page.locator("#alike-when")).not_to_have_text(before)


def test_what_sounds_alike_and_cannot_be_had(site: str, open_page: Open) -> None:
    page = open_page("about:blank", expected="status of 500")
    page.route("**/similar/**", lambda route: route.fulfill(status=500, body=""))
    page.goto(f"{site}/tracks/1")
    failure = page.locator("#alike-moments-failure")
    expect(failure).to_contain_text("The server answered with an error (500).")
    page.unroute("**/similar/**")
    failure.get_by_role("button", name="Try again").click()
    expect(page.locator("#alike-moments > li")).to_have_count(6)


def test_sections_are_cut_played_and_taken_home(site: str, open_page: Open) -> None:
    """Of a short track only when somebody wants to see them."""
    page = open_page(f"{site}/tracks/1")
    rows = page.locator("#sections > li")
    summary = page.locator("#sections-details > summary")
    expect(summary).to_be_visible()
    expect(rows).to_have_count(0)
    summary.click()
    page.get_by_label("Each at least").select_option("15")
    page.get_by_label("Turns").select_option("2")
    expect(rows).to_have_count(2)
    expect(page.locator(".section-line")).to_have_count(1)
    assert "turns=2" in page.url

    rows.nth(1).get_by_role("button", name=re.compile("^Play from ")).click()
    playing(page).wait_for()
    expect(rows.nth(1)).to_have_attribute("aria-current", "true")
    rows.nth(1).get_by_role("button", name=re.compile("^What sounds like it")).click()
    expect(rows.nth(1).locator("#section-alike > li")).to_have_count(3)
    expect(page.get_by_role("link", name="Search from this section")).to_have_attribute(
        "href", re.compile(r"^/search\?.*track=1&start=\d+&end=\d+")
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="Cue sheet").click()
    sheet = Path(download.value.path()).read_text()
    assert download.value.suggested_filename.endswith(".cue")
    assert sheet.count("INDEX 01 ") == 2
