"""Finding dots on the map by what is seen, as a person does: on screenshots."""

import io
import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

MARGIN = 60  # pixels: left of it are the axes
COLOURED = 60  # difference between a pixel's strongest and weakest part
MOVE_MS = 400  # longer than dots move when another map is shown


def map_image(page: Page, selector: str = "#map") -> NDArray[np.int16]:
    """The map as it is seen: (height, width, 3), in CSS pixels."""
    data = page.locator(selector).screenshot(animations="disabled", scale="css")
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.int16)


def coloured(image: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Which pixels belong to dots: (height, width)."""
    mask = image.max(axis=2) - image.min(axis=2) > COLOURED
    mask[:, :MARGIN] = False
    return mask


def hues(image: NDArray[np.int16]) -> set[int]:
    """The different hues of dots, in steps of 20 degrees; those of a few edges left out."""
    pixels = Image.fromarray(image[coloured(image)].astype(np.uint8)[np.newaxis])
    degrees = np.asarray(pixels.convert("HSV"))[0, :, 0] * (360 / 256)
    steps, counts = np.unique(np.round(degrees / 20).astype(int) % 18, return_counts=True)
    return set(steps[counts > 0.01 * len(degrees)].tolist())


def find_dots(page: Page) -> list[tuple[float, float]]:
    """Places on the page that lie well inside of dots, from left to right."""
    mask = coloured(map_image(page))
    inside = mask.copy()
    for shift in (-2, 2):
        inside &= np.roll(mask, shift, axis=0) & np.roll(mask, shift, axis=1)
    box = page.locator("#map").bounding_box()
    assert box is not None
    rows, columns = np.nonzero(inside)
    order = np.argsort(columns, kind="stable")
    return [(box["x"] + float(columns[i]), box["y"] + float(rows[i])) for i in order]


def wait_for_dots(page: Page) -> list[tuple[float, float]]:
    """Waits until the map has come to rest."""
    page.locator("#shown", has_text=re.compile("segment|average")).wait_for(state="attached")
    page.wait_for_timeout(MOVE_MS)
    wait_until(page, lambda: bool(find_dots(page)), "dots on the map")
    return find_dots(page)


def wait_until(page: Page, true: Callable[[], object], what: str, seconds: float = 15) -> None:
    """Waits for what only a look at the page's picture, or at its sound, can tell."""
    for _ in range(int(seconds / 0.1)):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"In {seconds} s there were no {what}.")
