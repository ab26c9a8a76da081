"""The page of the map by keyboard: what each key does, and what is found by typing."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.dots import wait_for_dots
from tests.e2e.test_pages import PHONE

Open = Callable[..., Page]


def playing(page: Page) -> Locator:
    return page.locator('#player[data-phase="playing"]')


def test_space_plays_and_stops_wherever_one_is(site: str, open_page: Open) -> None:
    page = open_page(site)
    page.locator("label", has_text="click").last.click()  # nothing plays by itself
    wait_for_dots(page)
    page.locator("#main").focus()
    page.keyboard.press("ArrowRight")  # to the map, and to its first dot
    expect(page.locator("#card")).to_be_visible()
    expect(page.locator("#map")).to_be_focused()
    page.keyboard.press("Space")
    playing(page).wait_for()
    page.keyboard.press("Space")
    expect(playing(page)).to_have_count(0)
    page.keyboard.press("Enter")
    playing(page).wait_for()


def test_a_track_goes_on_where_it_was_stopped(site: str, open_page: Open) -> None:
    page = open_page(site)
    page.mouse.click(*wait_for_dots(page)[0])
    playing(page).wait_for()
    page.get_by_role("button", name="Keep playing").click()
    place = page.get_by_role("slider", name="Place in the track")
    place.press("End")
    place.press("Home")
    page.wait_for_timeout(2500)
    page.keyboard.press("Space")
    expect(playing(page)).to_have_count(0)
    stopped = int(place.input_value())
    assert stopped >= 1
    page.keyboard.press("Space")
    playing(page).wait_for()
    page.wait_for_timeout(1200)
    assert stopped <= int(place.input_value()) <= stopped + 4


def test_escape_clears_the_selection_and_then_leaves_the_dot(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("s")
    expect(page.locator("#selection")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#selection")).to_be_hidden()
    expect(page.locator("#card")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#card")).to_be_hidden()


def test_escape_closes_a_menu_and_leaves_the_selection(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    page.keyboard.press("Control+a")
    expect(page.locator("#selection")).to_be_visible()
    page.get_by_role("button", name="Save picture").click()
    expect(page.locator("#save-menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#save-menu")).to_be_hidden()
    expect(page.locator("#selection")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#selection")).to_be_hidden()


def test_a_question_mark_lists_the_keys(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    page.keyboard.press("ArrowRight")  # a dialogue keeps keys from the page
    expect(page.locator("#card")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Keys").click()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_a_track_that_is_found_is_gone_to_and_sounds(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    page.keyboard.press("/")
    find = page.get_by_role("combobox", name="Find tracks, artists, albums and tags")
    expect(find).to_be_focused()
    page.keyboard.type("CÁLM electronic")
    expect(page.get_by_role("option").first).to_contain_text("Calm, electronic")
    title = page.get_by_role("option").first.locator(".label").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#map")).to_be_focused()
    expect(page.locator(".card-title")).to_have_text(title)
    expect(page.locator("#card-spoken")).to_contain_text(title)
    playing(page).wait_for()


def test_a_tag_that_is_found_filters_the_map(site: str, open_page: Open) -> None:
    page = open_page(site, **PHONE)
    wait_for_dots(page)
    page.get_by_role("combobox", name="Find tracks").fill("calm")
    expect(page.get_by_role("option").first).to_be_visible()
    assert page.evaluate("document.body.scrollWidth") == 390
    page.get_by_role("group", name=re.compile("mood")).get_by_role("option").first.click()
    page.wait_for_url("**tags=**")


def test_a_track_that_the_filter_hides_has_a_page(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?text=energetic")
    wait_for_dots(page)
    page.keyboard.press("/")
    page.keyboard.type("calm acoustic")
    expect(page.get_by_role("option").first).to_contain_text("Calm, acoustic")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Calm, acoustic", level=1)).to_be_visible()
