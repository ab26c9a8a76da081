"""Which tracks are shown: found by typing, combined, drawn at random, and cleared."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.dots import coloured, map_image, wait_for_dots, wait_until

Open = Callable[..., Page]

FIND = "Only tracks with this tag, artist, album or word"


def find(page: Page, text: str, option: str) -> None:
    page.get_by_label(FIND).fill(text)
    page.get_by_role("option", name=option).first.click()


def shows(page: Page, tracks: int) -> None:
    expect(page.locator("#shown")).to_have_text(re.compile(rf" · {tracks} of 28 tracks$"))


def with_tags(site: str, page: Page, test: Callable[[set[str]], bool]) -> int:
    tracks = page.request.get(f"{site}/api/v1/tracks/?page_size=100").json()["results"]
    return sum(test({tag["name"] for tag in track["tags"]}) for track in tracks)


def test_tags_are_found_by_typing_and_combined(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    everything = coloured(map_image(page)).sum()
    find(page, "calm", "calm")
    calm = with_tags(site, page, lambda tags: "calm" in tags)
    shows(page, calm)
    wait_until(page, lambda: coloured(map_image(page)).sum() < 0.6 * everything, "fewer dots")

    page.get_by_label(FIND).fill("HAPP")  # by key alone
    expect(page.locator("#find-list [role=option]").first).to_contain_text("happy")
    page.get_by_label(FIND).press("Enter")
    shows(page, with_tags(site, page, lambda tags: {"calm", "happy"} <= tags))
    expect(page.get_by_text("Nothing fits all of these filters.")).to_be_visible()
    page.get_by_label("How happy counts").select_option("or")
    shows(page, with_tags(site, page, lambda tags: bool({"calm", "happy"} & tags)))
    page.get_by_label("How calm counts").focus()
    page.get_by_label("How calm counts").select_option("without")
    shows(page, with_tags(site, page, lambda tags: "calm" not in tags or "happy" in tags))
    expect(page.get_by_label("How calm counts")).to_be_focused()
    page.get_by_role("button", name="Remove calm").click()
    shows(page, with_tags(site, page, lambda tags: "happy" in tags))


def test_artists_albums_and_words_are_found_by_the_server(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    find(page, "CÁLM", "ACE-Step 1.5 · 5")  # an album, blind to case and accents
    expect(page.locator("#conditions")).to_contain_text("from")
    shows(page, 5)
    assert "albums=" in page.url
    page.get_by_role("button", name="Remove Calm").click()
    find(page, "nostalg", "in titles, names and tags")
    shows(page, with_tags(site, page, lambda tags: "nostalgic" in tags))
    page.get_by_role("button", name="Clear filters").click()
    shows(page, 28)
    assert "text=" not in page.url


def test_a_draw_is_in_the_address_and_can_be_repeated(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    page.get_by_label("Which tracks").select_option("random")
    shows(page, 10)
    page.get_by_label("How many").fill("6")
    page.get_by_label("How many").press("Enter")
    shows(page, 6)
    page.get_by_role("button", name="Draw again").click()
    expect(page).to_have_url(re.compile(r"random=6&seed=\d+"))
    wait_for_dots(page)
    drawn = map_image(page)
    other = open_page(page.url)
    wait_for_dots(other)
    shows(other, 6)
    assert (coloured(map_image(other)) == coloured(drawn)).mean() > 0.999


def test_every_kth_segment_and_the_first_tracks(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?first=3")
    wait_for_dots(page)
    shows(page, 3)
    page.get_by_label("One segment of every").fill("5")
    page.get_by_label("One segment of every").press("Enter")
    expect(page.locator("#shown")).to_have_text(re.compile(r"^6 of 277 segments · 3 of 28"))
    expect(page).to_have_url(re.compile("first=3&every=5"))


def test_what_the_legend_hides_stays_hidden(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    page.locator(".legend button", has_text="calm").click()
    shows(page, 23)
    find(page, "", "electronic")
    electronic = with_tags(site, page, lambda t: "electronic" in t and "calm" not in t)
    shows(page, electronic)
    page.locator(".legend button", has_text="calm").click()
    shows(page, with_tags(site, page, lambda tags: "electronic" in tags))


def test_nothing_that_fits_can_be_cleared(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?text=zzz&tags=999999")
    expect(page.get_by_text("Nothing fits all of these filters.")).to_be_visible()
    expect(page.get_by_text("Not in this library, and left out: tags 999999.")).to_be_visible()
    page.locator("#nothing-fits").get_by_role("button", name="Clear filters").click()
    shows(page, 28)
    expect(page.get_by_text("Nothing fits all of these filters.")).to_be_hidden()
    page.go_back()
    shows(page, 0)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_list_of_suggestions_can_be_read(site: str, open_page: Open, width: int) -> None:
    page = open_page(site, viewport={"width": width, "height": 800})
    wait_for_dots(page)
    if width == 390:
        page.get_by_role("button", name="What is shown").click()
    field = page.get_by_label(FIND)
    field.click()
    listbox = page.get_by_role("listbox", name="Tags, artists and albums")
    expect(listbox).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    chosen = field.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{chosen}")).to_have_attribute("aria-selected", "true")
    field.press("Escape")
    expect(listbox).to_be_hidden()
    expect(field).to_be_visible()  # the sheet stays
