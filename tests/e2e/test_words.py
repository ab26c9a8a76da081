"""Search by tags: typed with completion or slid, heard, and shown on the map."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.dots import wait_for_dots
from tests.e2e.test_pages import PHONE
from tests.e2e.test_track import playing

Open = Callable[..., Page]


def test_typed_mended_and_slid(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/search/words", expected="status of 400", **PHONE)
    rows = page.locator("#words-found > li")
    field = page.get_by_role("combobox", name="Tags", exact=True)
    field.press_sequentially("pianno and not vo")
    page.get_by_role("option", name="vocals", exact=True).click()
    expect(field).to_have_value("pianno and not vocals")
    expect(page.locator("#words-wrong")).to_have_text("pianno")
    page.get_by_role("button", name="Write piano").click()
    expect(rows).to_have_count(12)
    expect(rows.first).to_contain_text(re.compile(r"piano \d+ %.*, not vocals \d+ %"))
    assert page.evaluate("document.documentElement.scrollWidth") == 390

    slider = page.get_by_role("slider", name="vocals")
    expect(slider).to_have_attribute("aria-valuetext", "without")
    slider.press("End")
    expect(field).to_have_value("piano and vocals")
    expect(rows.first).to_contain_text(re.compile(r", vocals \d+ %"))
    page.go_back()
    expect(field).to_have_value("piano and not vocals")
    expect(page).to_have_url(re.compile(r"\?q=piano\+and\+not\+vocals$"))
    page.get_by_role("button", name="Remove vocals").click()
    expect(field).to_have_value("piano")
    with page.expect_response(re.compile("tracks/by-words")):
        page.get_by_label("tracks", exact=True).check()
    expect(page.locator("#words-by-choice")).to_be_visible()
    rows.first.get_by_role("button").click()
    playing(page).wait_for()
    expect(rows.first).to_have_attribute("data-sounds", "")


def test_on_the_map(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/search/words?q=piano, slow", expected="status of 400")
    page.get_by_role("link", name="Show on the map", exact=True).click()
    wait_for_dots(page)
    expect(page).to_have_url(re.compile(r"colour=words:piano,\+slow@mtt-musicnn-taggrams"))
    field = page.locator("#colour-words-q")
    expect(field).to_have_value("piano, slow")
    best = page.get_by_role("slider", name="Show the best")
    for _ in range(2):
        best.press("PageDown")
    expect(page.locator("#shown")).to_have_text(re.compile(r"^\d+ of 277 segments"))
    expect(page).to_have_url(re.compile(r"&best=\d\d"))
    field.fill("piano, sloww")
    field.press("Enter")
    expect(page.locator("#colour-words-wrong")).to_have_text("sloww")
