"""What helps to read the map: names, true neighbours, marks on misplaced dots, other layouts."""

import random
import re
from collections.abc import Callable

import numpy as np
from playwright.sync_api import Page, expect

from tests.e2e.dots import map_image, wait_for_dots, wait_until

Open = Callable[..., Page]


def rest(page: Page) -> None:
    """The pointer away from all dots."""
    page.mouse.move(640, 20)
    page.wait_for_timeout(200)


def test_regions_have_names_that_can_be_switched_off(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    plain = open_page(f"{site}/?names=0")
    wait_for_dots(plain)
    wait_until(page, lambda: (map_image(page) != map_image(plain)).any(), "names on the map")
    page.get_by_label("Names of regions").uncheck()
    wait_until(page, lambda: np.array_equal(map_image(page), map_image(plain)), "map without names")
    assert "names=0" in page.url


def test_lines_lead_to_the_true_neighbours(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?names=0")
    x, y = wait_for_dots(page)[0]
    with page.expect_response(re.compile("/neighbours/")) as answer:
        page.mouse.move(x, y)
    assert len(answer.value.json()) == 12
    page.wait_for_timeout(300)
    with_lines = map_image(page)
    page.get_by_label("Lines to true neighbours").uncheck()
    rest(page)
    page.mouse.move(x, y)
    page.wait_for_timeout(500)
    changed = (map_image(page) != with_lines).any(axis=2).sum()
    assert changed > 200  # pixels of lines and rings


def test_misplaced_dots_are_marked_and_counted(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?names=0")
    wait_for_dots(page)
    before = map_image(page)
    page.get_by_label("Mark misplaced dots").check()
    told = page.locator("#misplaced-told")
    expect(told).to_have_text(re.compile(r"^\d+ dots? \(.+%\) lies? among strangers"))
    rest(page)
    marked = (map_image(page) != before).any()
    assert marked == (not told.inner_text().startswith("0 dots"))
    page.get_by_label("Layout", exact=True).select_option(label="two of the original numbers")
    expect(told).to_contain_text("no layout could misplace a dot")
    page.get_by_label("Mark misplaced dots").uncheck()
    expect(told).to_be_hidden()


def new_seed() -> str:
    """Of a layout that no earlier run of the tests has made."""
    return str(random.randrange(1_000_000))


def make_layout(page: Page, neighbours: str, seed: str) -> None:
    page.get_by_role("button", name="New layout…").click()
    page.get_by_label("Neighbours", exact=True).fill(neighbours)
    page.get_by_label("Seed").fill(seed)
    page.get_by_role("button", name="Make it").click()


def test_a_layout_is_made_on_demand_and_asked_for_again_is_there(
    site: str, open_page: Open
) -> None:
    page = open_page(f"{site}/?names=0")
    wait_for_dots(page)
    before = map_image(page)
    page.get_by_role("button", name="New layout…").click()
    dialogue = page.get_by_role("dialog")
    page.get_by_label("Neighbours", exact=True).fill("1")
    page.get_by_role("button", name="Make it").click()
    expect(dialogue.get_by_role("alert")).to_have_text("Neighbours is a number from 2 to 200.")
    page.get_by_role("button", name="Close").click()

    seed = new_seed()
    make_layout(page, "6", seed)
    expect(dialogue.get_by_role("progressbar")).to_be_visible()
    expect(dialogue).to_be_hidden(timeout=60_000)
    expect(page).to_have_url(re.compile(r"map=\d+"))
    wait_until(page, lambda: (map_image(page) != before).any(), "new layout")
    address = page.url

    with page.expect_response(re.compile("/projections/$")) as answer:
        make_layout(page, "6", seed)
    assert answer.value.status == 200  # at once
    expect(dialogue).to_be_hidden()
    assert page.url == address


def test_a_layout_of_what_the_filter_shows_can_be_cancelled(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?names=0&random=20&seed=3")
    wait_for_dots(page)
    expect(page.locator("#shown")).to_contain_text("20 of 28 tracks")
    dialogue = page.get_by_role("dialog")
    with page.expect_request(re.compile("/projections/$")) as asked:
        make_layout(page, "7", new_seed())
    dialogue.get_by_role("button", name="Cancel").click()
    expect(dialogue.get_by_role("status").last).to_have_text("Cancelled.", timeout=30_000)
    assert asked.value.post_data_json["filter"] == {"random": "20", "seed": "3"}
