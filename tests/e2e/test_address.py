"""The address holds what was chosen, and says what it does not understand."""

import re
from collections.abc import Callable

import numpy as np
from playwright.sync_api import Page, expect

from tests.e2e.dots import MOVE_MS, coloured, map_image, wait_for_dots

Open = Callable[..., Page]


def test_what_an_address_means_nothing_by_is_told_and_left_out(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?by=pca&colour=artist&x=many&flavour=sweet")
    wait_for_dots(page)
    hint = page.get_by_role("status").filter(has_text="Parts of this address")
    expect(hint).to_contain_text("x, flavour")
    expect(page.get_by_label("Layout", exact=True)).to_have_value("pca")
    assert page.url == f"{site}/?by=pca&colour=artist"
    hint.get_by_role("button", name="Fine").click()
    expect(hint).to_be_hidden()


def test_what_does_not_exist_is_told_and_the_map_is_shown(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?layer=gone&map=999&by=pca", expected="404")
    wait_for_dots(page)
    expect(page.locator("#address-hint")).to_contain_text("layer=gone, map=999")


def test_a_shared_address_shows_exactly_the_same(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    page.get_by_label("Layer", exact=True).select_option("msd-musicnn-taggrams")
    page.get_by_label("Layout", exact=True).select_option("original")
    page.get_by_role("combobox", name="Across", exact=True).fill("ambient")
    page.get_by_role("combobox", name="Across", exact=True).press("Enter")
    page.get_by_label("Across: logarithmic").check()
    page.get_by_label("Show tracks as").select_option("paths")
    page.get_by_label("Colour", exact=True).select_option("position")
    page.get_by_label("Which tracks").select_option("random")
    page.get_by_label("One segment of every").fill("2")
    page.get_by_label("One segment of every").press("Enter")
    expect(page.locator(".axis-name").first).to_contain_text("ambient")
    wait_for_dots(page)
    assert len(page.url) < 200
    other = open_page(page.url)
    wait_for_dots(other)
    for label in ("Layer", "Layout", "Show tracks as", "Which tracks", "Colour"):
        expected = page.get_by_label(label, exact=True).input_value()
        expect(other.get_by_label(label, exact=True)).to_have_value(expected)
    expect(other.get_by_label("Across: logarithmic")).to_be_checked()
    expect(other.locator("#shown")).to_have_text(page.locator("#shown").inner_text())
    expect(other.locator("#address-hint")).to_be_hidden()
    same = coloured(map_image(other)) == coloured(map_image(page))
    assert np.mean(same) > 0.999


def test_axes_are_remembered_for_each_layer_and_layout(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    page.get_by_label("Layout", exact=True).select_option("pca")
    page.get_by_label("Across", exact=True).select_option("4")
    page.get_by_label("Upwards: logarithmic").check()
    page.get_by_label("Layout", exact=True).select_option("std-pca")
    expect(page.get_by_label("Across", exact=True)).to_have_value("0")
    expect(page.get_by_label("Upwards: logarithmic")).not_to_be_checked()
    page.get_by_label("Layout", exact=True).select_option("pca")
    expect(page.get_by_label("Across", exact=True)).to_have_value("4")
    expect(page.get_by_label("Upwards: logarithmic")).to_be_checked()


def test_where_one_has_zoomed_to_is_in_the_address(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?names=0")
    wait_for_dots(page)
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Zoom in").click()
    expect(page).to_have_url(re.compile(r"at=[\d.]+,-?[\d.]+,-?[\d.]+"))
    page.wait_for_timeout(MOVE_MS)
    seen = map_image(page)
    copy = open_page(page.url)
    wait_for_dots(copy)
    differing = (map_image(copy) != seen).any(axis=2).mean()
    assert differing < 0.005  # by less than a pixel
    page.get_by_role("button", name="Show everything").click()
    expect(page).not_to_have_url(re.compile("at="))
