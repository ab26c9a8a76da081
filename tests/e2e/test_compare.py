"""Two maps side by side: what is done on one shows on the other."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from tests.e2e.dots import MOVE_MS, coloured, map_image, wait_for_dots, wait_until

Open = Callable[..., Page]

NARROW = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def open_comparison(site: str, open_page: Open, query: str = "", **options: object) -> Page:
    """Both maps at rest, without names over the dots."""
    separator = "&" if query else "?"
    page = open_page(f"{site}/compare{query}{separator}names=0", **options)
    wait_for_dots(page)
    wait_until(page, lambda: coloured(second_map(page)).any(), "dots on the second map")
    page.wait_for_timeout(MOVE_MS)
    return page


def second_map(page: Page) -> NDArray[np.int16]:
    return map_image(page, "#map2")


def test_both_maps_show_networks_of_their_own(site: str, open_page: Open) -> None:
    page = open_comparison(site, open_page)
    shown = [page.locator(f"#{name}").input_value() for name in ("layer", "layer2")]
    assert shown[0] != shown[1]
    page.locator("#method2").select_option("pca")
    expect(page).to_have_url(re.compile("by2=pca"))
    expect(page.locator("#method")).to_have_value("umap")
    expect(page.locator("#axis-x2")).to_be_visible()
    expect(page.locator("#axis-x")).to_be_hidden()


def test_pointing_on_one_map_rings_the_moment_on_the_other(site: str, open_page: Open) -> None:
    page = open_comparison(site, open_page)
    before = second_map(page)
    x, y = wait_for_dots(page)[0]
    page.mouse.move(x, y)
    wait_until(page, lambda: (second_map(page) != before).any(), "ring on the second map")
    page.mouse.move(x - 200, 300)
    wait_until(page, lambda: np.array_equal(second_map(page), before), "map without a ring")


def drag_over(page: Page, selector: str, share: float) -> None:
    """Selects by rectangle the left part of a map."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    right, bottom = box["x"] + share * box["width"], box["y"] + box["height"] - 2
    for place in [(right, box["y"] + 2), (right, bottom), (box["x"] + 2, bottom)]:
        page.mouse.move(*place, steps=3)
    page.mouse.up()
    page.keyboard.up("Shift")


def selected(page: Page) -> int:
    text = page.locator("#selection-count").inner_text()
    found = re.search(r"([\d,]+) segment", text)
    assert found, text
    return int(found[1].replace(",", ""))


def take(page: Page, label: str) -> int:
    page.get_by_label(label, exact=True).check()
    page.wait_for_timeout(200)
    return selected(page)


def test_selections_of_both_maps_are_taken_in_four_ways(site: str, open_page: Open) -> None:
    page = open_comparison(site, open_page)
    whole = coloured(second_map(page)).sum()
    drag_over(page, "#map", 0.5)
    expect(page.locator("#selection")).to_be_visible()
    # What is selected on the first map stays in colour on the second, and the rest turns grey.
    wait_until(page, lambda: coloured(second_map(page)).sum() < 0.9 * whole, "grey context")
    first = selected(page)
    drag_over(page, "#map2", 0.5)
    page.wait_for_timeout(300)
    either, both = take(page, "either map"), take(page, "both maps")
    only_first, only_second = take(page, "the first alone"), take(page, "the second alone")
    assert 0 < first < 277
    assert only_first + both == first
    assert only_first + both + only_second == either
    assert "taken=second" in page.url
    take(page, "both maps")
    copy = open_comparison(site, open_page, page.url[page.url.index("?") :])
    expect(copy.locator("#selection-count")).to_have_text(
        page.locator("#selection-count").inner_text()
    )


def test_tracks_are_highlighted_on_grey_context(site: str, open_page: Open) -> None:
    page = open_comparison(site, open_page)
    whole = coloured(second_map(page)).sum()
    everything = page.locator("#shown").inner_text()
    page.locator("#find").fill("calm")
    page.get_by_role("option", name="calm").first.click()
    expect(page.locator("#shown")).not_to_have_text(everything)
    told = page.locator("#shown").inner_text()
    wait_until(page, lambda: coloured(second_map(page)).sum() < 0.8 * whole, "fewer dots")
    empty = (second_map(page) == second_map(page)[5, 300]).all(axis=2).sum()
    page.get_by_label("Keep other tracks as grey context").check()
    expect(page.locator("#shown")).to_have_text(told)

    def grey_dots() -> bool:
        image = second_map(page)
        return bool((image == image[5, 300]).all(axis=2).sum() < empty)

    wait_until(page, grey_dots, "grey dots")
    assert coloured(second_map(page)).sum() < 0.8 * whole


def test_disagreement_colours_both_maps_and_lists_tracks(site: str, open_page: Open) -> None:
    page = open_comparison(site, open_page)
    page.get_by_label("Colour by disagreement").check()
    told = page.locator("#disagree-told")
    expect(told).to_have_text(re.compile(r"On average, \d+% of a moment"), timeout=60_000)
    expect(page.locator("#legend .ramp")).to_contain_text("same neighbours")
    assert page.locator("#disagree-tracks li").count() == 20
    shares = page.locator("#disagree-tracks .numbers").all_inner_texts()
    numbers = [int(share.rstrip("%")) for share in shares]
    assert numbers == sorted(numbers, reverse=True)
    # A network agrees with itself.
    page.locator("#architecture2").select_option(page.locator("#architecture").input_value())
    page.locator("#dataset2").select_option(page.locator("#dataset").input_value())
    expect(told).to_have_text(
        "On average, 0% of a moment's nearest neighbours differ.", timeout=60_000
    )
    # A colour that is chosen is shown.
    page.locator("#colour-kind").select_option("track")
    expect(page.get_by_label("Colour by disagreement")).not_to_be_checked()
    expect(page.locator(".legend .label").first).to_be_visible()


def test_one_map_above_the_other_on_a_narrow_screen(site: str, open_page: Open) -> None:
    page = open_comparison(site, open_page, **NARROW)
    first, second = page.locator("#map").bounding_box(), page.locator("#map2").bounding_box()
    assert first is not None and second is not None
    assert first["x"] == second["x"] == 0
    assert second["y"] == pytest.approx(first["y"] + first["height"], abs=2)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
