"""The listening test by keys alone, and by touch on a phone."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.e2e.test_pages import PHONE

Open = Callable[..., Page]
MADE_SECONDS = 60


def heard(page: Page, place: int) -> None:
    page.locator(f"[data-place='{place}'][data-heard]").wait_for()


def test_practice_by_keys(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/similarity")
    answer = page.get_by_role("button", name="Answer", exact=True)
    expect(answer).to_be_disabled()
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    page.keyboard.press("n")
    for place in range(4):
        expect(answer).to_be_disabled()
        page.keyboard.press(str(place))
        expect(page.locator(f"[data-place='{place}'][data-sounds]")).to_have_count(1)
        heard(page, place)
    page.keyboard.press("2")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="2 is most like it")).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.locator("[data-sounds]")).to_have_count(0)
    page.keyboard.press("Enter")
    verdict = page.locator("#verdict-title")
    expect(verdict).to_have_text(re.compile(r"The network (agrees|would have chosen [13])\."))
    expect(verdict).to_be_focused()
    expect(page.locator(".trial-mark:visible")).to_have_count(1)
    page.get_by_text("What you heard").click()
    expect(page.locator("#verdict-list > li")).to_have_count(4)
    page.keyboard.press("Enter")  # on the summary: closes it
    page.locator("#main").focus()
    page.keyboard.press("Enter")
    expect(verdict).to_be_hidden()
    expect(page.locator("[data-heard]")).to_have_count(0)
    page.get_by_label("Among").select_option("models")
    expect(page.get_by_label("and by")).to_be_visible()
    expect(page).to_have_url(re.compile("strategy=models"))


def test_a_set_by_touch_on_a_phone(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/similarity", **PHONE)
    slug = f"e2e-{uuid4().hex[:8]}"
    layer = next(
        layer["name"] for model in page.request.get(f"{site}/api/v1/models/").json()
        for layer in model["layers"] if layer["segments"]
    )  # fmt: skip
    sets = f"{site}/api/v1/listening/sets/"
    body = {"name": "On a phone", "slug": slug, "layer": layer, "size": 2, "repeats": 0.5}
    assert page.request.post(sets, data=body).ok
    try:
        deadline = time.monotonic() + MADE_SECONDS
        while not page.request.get(f"{sets}{slug}/").json()["made"]:
            assert time.monotonic() < deadline
            time.sleep(0.5)
        page.goto(f"{site}/similarity?set={slug}")
        expect(page.get_by_role("heading", name="On a phone")).to_be_visible()
        page.get_by_role("button", name="Begin").tap()
        for place in (1, 2, 3):
            expect(page.locator("#trial-place")).to_have_text(f"Question {place} of 3")
            if place == 2:  # left, and taken up again
                page.reload()
                expect(page.locator("#set-length")).to_contain_text("answered 1 of 3")
                page.get_by_role("button", name="Begin").tap()
            for sound in range(4):
                page.locator(f"[data-place='{sound}'] .trial-play").tap()
                heard(page, sound)
            chosen = "None of them is like it" if place == 2 else "1 is most like it"
            page.get_by_text(chosen).tap()
            assert page.evaluate("document.documentElement.scrollWidth") == 390
            page.get_by_role("button", name="Answer", exact=True).tap()
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        expect(page.get_by_text("The network")).to_have_count(0)  # no feedback
        told = page.request.get(f"{sets}{slug}/results/").json()
        assert (told["raters"], told["answers"], told["repeats"]) == (1, 2, 1)
    finally:
        page.request.delete(f"{sets}{slug}/")
