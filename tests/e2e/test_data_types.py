"""Segments, paths and averages; and what they look like at home."""

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.dots import coloured, find_dots, map_image, wait_for_dots, wait_until

Open = Callable[..., Page]


def test_paths_lead_through_the_segments_of_the_tracks_shown(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?first=5")
    wait_for_dots(page)
    dots = coloured(map_image(page)).sum()
    page.get_by_label("Show tracks as").select_option("paths")
    expect(page.locator("#paths-legend")).to_contain_text("start of a track")
    wait_until(page, lambda: coloured(map_image(page)).sum() > 1.2 * dots, "lines on the map")
    expect(page).to_have_url(re.compile("show=paths"))
    page.get_by_label("Show tracks as").select_option("segments")
    wait_until(page, lambda: coloured(map_image(page)).sum() < 1.05 * dots, "map without lines")
    expect(page.locator("#paths-legend")).to_be_hidden()


def test_averages_are_one_dot_a_track_heard_where_typical(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?show=averages&by=pca")
    expect(page.locator("#shown")).to_have_text("28 averages · 28 of 28 tracks")
    wait_for_dots(page)
    page.locator(".legend button", has_text="calm").click()
    expect(page.locator("#shown")).to_have_text("23 of 28 averages · 23 of 28 tracks")
    page.mouse.move(*find_dots(page)[0])
    expect(page.locator("#card")).to_contain_text(re.compile(r"Average of 10 segments · spread \d"))
    expect(page.locator("#player-time")).to_have_text(re.compile(r"^0:\d\d–0:\d\d$"))
    heard = page.locator("#player-title a").get_attribute("href") or ""
    layer = "msd-musicnn-embeddings"
    found = page.request.get(f"{site}/api/v1{heard}/previews/?layer={layer}").json()
    middle = (found["typical"]["start"] + found["typical"]["end"]) / 2
    start = int((page.locator("#player-time").inner_text()).split("–")[0].split(":")[1])
    assert abs(start + 1.5 - middle) < 5  # a preview is moved inwards at a track's ends
    page.get_by_label("Layout", exact=True).select_option("original")
    expect(page.locator(".axis-name").first).to_contain_text("dimension 1")
    wait_for_dots(page)


def test_a_map_is_saved_as_a_picture_and_as_a_drawing(
    site: str, open_page: Open, tmp_path: Path
) -> None:
    page = open_page(f"{site}/?show=paths&names=0")
    wait_for_dots(page)
    with page.expect_response(re.compile("/labels/")):
        page.get_by_label("Names of regions").check()
    page.get_by_role("button", name="Save picture").click()
    with page.expect_download() as picture:
        page.get_by_role("button", name="PNG").click()
    assert picture.value.suggested_filename == "msd-musicnn-embeddings-umap.png"
    picture.value.save_as(tmp_path / "map.png")
    with Image.open(tmp_path / "map.png") as image:
        assert coloured(np.asarray(image.convert("RGB"), np.int16)).sum() > 1000
    page.get_by_role("button", name="Save picture").click()
    with page.expect_download() as drawing:
        page.get_by_role("button", name="SVG").click()
    drawing.value.save_as(tmp_path / "map.svg")
    text = (tmp_path / "map.svg").read_text()
    assert text.count("<circle") >= 277
    assert "by mood or theme" in text and "Near means similar" in text
    over = ElementTree.fromstring(text).findall("{*}g/{*}g/*")
    assert any("C" in element.get("d", "") for element in over), "paths of tracks"
    assert any(element.text for element in over), "names of regions"
