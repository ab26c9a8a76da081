"""The map of the processed demo: what is seen, and what the four questions change."""

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.dots import (
    MOVE_MS,
    coloured,
    find_dots,
    hues,
    map_image,
    wait_for_dots,
    wait_until,
)

Open = Callable[..., Page]

STEP_MS = 1100  # changes further apart are steps of their own for the browser's Back

WITHOUT_WEBGL = """
const getContext = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith("webgl") ? null : getContext.call(this, kind, ...rest);
};
"""


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).select_option(label=option)


def search(page: Page, label: str, text: str) -> None:
    """Chooses the first of a long list that fits what is typed."""
    field = page.get_by_role("combobox", name=label, exact=True)
    field.fill(text)
    expect(page.locator(".suggestions:not([hidden]) [role=option]").first).to_contain_text(text)
    field.press("Enter")


def options(page: Page, label: str) -> list[str]:
    return page.get_by_label(label, exact=True).locator("option").all_inner_texts()


def test_dots_have_the_colours_of_the_legend(site: str, open_page: Open) -> None:
    page = open_page(site)
    assert len(wait_for_dots(page)) > 500  # pixels
    expect(page.locator("#shown")).to_have_text(re.compile(r"^\d+ segments · 28 of 28 tracks$"))
    moods = page.locator(".legend .label").all_inner_texts()
    assert sorted(moods) == ["calm", "energetic", "happy", "nostalgic", "tender"]
    assert len(hues(map_image(page))) >= len(moods) - 1  # two of them are blue
    assert page.locator(".axis .tick").count() > 4


def test_a_value_is_hidden_and_shown_by_its_legend(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    before = coloured(map_image(page)).sum()
    calm = page.locator(".legend button", has_text="calm")
    calm.click()
    expect(calm).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#shown")).to_have_text(re.compile(r"^\d+ of \d+ segments · 23 of 28"))
    assert coloured(map_image(page)).sum() < 0.95 * before
    page.reload()
    expect(calm).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#shown")).to_have_text(re.compile("23 of 28"))
    calm.click()
    expect(page.locator("#shown")).to_have_text(re.compile("28 of 28"))


def test_only_real_combinations_are_offered(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    models = page.request.get(f"{site}/api/v1/models/").json()
    seen = {
        (model["architecture"], model["dataset"], layer["name"])
        for model in models
        for layer in model["layers"]
        if layer["segments"]
    }
    offered = set()
    for architecture in options(page, "Network"):
        choose(page, "Network", architecture)
        for dataset in options(page, "Dataset"):
            choose(page, "Dataset", dataset)
            key = [page.get_by_label(name).input_value() for name in ("Network", "Dataset")]
            for layer in page.get_by_label("Layer").locator("option").all():
                offered.add((*key, layer.get_attribute("value")))
    assert offered == seen


def test_every_layout_is_drawn_and_explained(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    sentence = page.locator("#axes-sentence")
    for layout, words in (
        ("PCA", "directions in which the music differs most"),
        ("standardised PCA", "every dimension counting equally"),
        ("t-SNE", "Near means similar"),
        ("UMAP", "Near means similar"),
        ("two of the original numbers", "that the network computes"),
    ):
        before = map_image(page)
        choose(page, "Layout", layout)
        expect(sentence).to_contain_text(words)
        wait_until(page, lambda: (map_image(page) != before).any(), layout)  # noqa: B023
        assert wait_for_dots(page)
    choose(page, "Layout", "UMAP")
    page.get_by_role("button", name="What does this mean?").click()
    expect(page.locator("#explain-quality")).to_contain_text("12 segments most similar")
    quality = re.compile(r"^Kept \d+% of neighbours · trustworthiness 0\.\d\d$")
    expect(page.locator("#quality-text")).to_have_text(quality)


def test_axes_can_be_chosen_and_swapped(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    choose(page, "Layout", "PCA")
    wait_for_dots(page)
    page.get_by_label("Across", exact=True).select_option("3")
    expect(page.locator(".axis-name").first).to_contain_text("component 4")
    page.wait_for_timeout(STEP_MS)
    page.get_by_label("Across", exact=True).select_option("1")  # which is upwards: they swap
    expect(page.get_by_label("Upwards", exact=True)).to_have_value("3")
    page.go_back()
    expect(page.get_by_label("Across", exact=True)).to_have_value("3")


def test_stepping_through_a_list_by_key_is_one_step_back(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    for layout in ("PCA", "standardised PCA", "t-SNE"):
        choose(page, "Layout", layout)
    page.go_back()
    expect(page.get_by_label("Layout", exact=True)).to_have_value("umap")
    page.go_forward()
    expect(page.get_by_label("Layout", exact=True)).to_have_value("tsne")


@pytest.mark.parametrize(
    ("kind", "labels"),
    [("artist", ["ACE-Step 1.5"]), ("genre", ["electronic", "acoustic"])],
)
def test_dots_are_coloured_by_library_values(
    site: str, open_page: Open, kind: str, labels: list[str]
) -> None:
    page = open_page(site)
    wait_for_dots(page)
    choose(page, "Colour", kind)
    for label in labels:
        expect(page.locator(".legend")).to_contain_text(label)


def test_dots_are_coloured_by_one_tag_and_by_what_is_heard(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    choose(page, "Colour", "one tag…")
    choose(page, "Tag", "happy")
    expect(page.locator(".legend .label").first).to_have_text("happy")
    expect(page.locator(".legend .label").last).to_have_text("none")
    wait_until(page, lambda: len(hues(map_image(page))) <= 2, "dots in one colour")
    choose(page, "Colour", "what a network hears…")
    search(page, "Tag", "acoustic")
    expect(page.locator("#legend .ramp")).to_be_visible()
    wait_until(page, lambda: len(hues(map_image(page))) > 3, "shades")


def test_choices_persist_between_visits_and_in_the_address(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    choose(page, "Layout", "PCA")
    choose(page, "Colour", "album")
    address = page.url
    assert "by=pca" in address and "colour=album" in address

    page.goto(site)  # a new visit, without anything in the address
    expect(page.get_by_label("Layout", exact=True)).to_have_value("pca")
    expect(page.get_by_label("Colour")).to_have_value("album")

    other = open_page(address)  # somebody else, given the address
    expect(other.get_by_label("Layout", exact=True)).to_have_value("pca")


def test_zooming_and_dragging_move_the_dots(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    whole = coloured(map_image(page))

    def is_whole() -> bool:
        return np.array_equal(coloured(map_image(page)), whole)

    page.get_by_role("button", name="Zoom in").click()
    wait_until(page, lambda: not is_whole(), "larger map")
    page.get_by_role("button", name="Show everything").click()
    wait_until(page, is_whole, "whole map")
    x, y = find_dots(page)[0]
    page.mouse.move(x + 40, y + 200)
    page.mouse.down()
    page.mouse.move(x + 140, y + 200, steps=5)
    page.mouse.up()
    page.mouse.move(x + 100, y)
    expect(page.locator("#card")).to_be_visible()


def test_the_map_is_walked_by_keyboard(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    page.locator("#map").focus()
    page.keyboard.press("ArrowLeft")
    card = page.locator("#card")
    expect(card).to_be_visible()
    first = card.bounding_box()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert card.bounding_box() != first
    page.keyboard.press("Enter")
    expect(page.locator("#player")).to_have_attribute("data-phase", "playing")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def middle(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_keys_never_leave_the_map(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    page.locator("#map").focus()
    page.keyboard.press("ArrowLeft")
    place = middle(page, ".map-ring")
    for _ in range(6):
        page.keyboard.press("+")
    page.wait_for_timeout(MOVE_MS)
    assert middle(page, ".map-ring") == pytest.approx(place, abs=2)  # zooms about the dot
    box = page.locator("#map").bounding_box()
    assert box is not None
    for key in ["ArrowRight", "ArrowUp", "ArrowRight", "ArrowDown", "ArrowRight", "ArrowRight"]:
        page.keyboard.press(key)
        page.wait_for_timeout(50)
        x, y = middle(page, ".map-ring")
        assert box["x"] <= x <= box["x"] + box["width"]
        assert box["y"] <= y <= box["y"] + box["height"]
        expect(page.locator("#card")).to_be_visible()


def test_the_card_stays_beside_its_dot(site: str, open_page: Open) -> None:
    page = open_page(site)
    x, y = wait_for_dots(page)[0]
    page.mouse.move(x, y)
    expect(page.locator("#card .card-tags")).to_contain_text("·")
    card = middle(page, "#card")
    page.mouse.down()
    page.mouse.move(x + 120, y + 40, steps=4)
    page.wait_for_timeout(100)
    assert middle(page, "#card") == pytest.approx((card[0] + 120, card[1] + 40), abs=2)
    page.mouse.move(x - 900, y, steps=4)  # the dot is outside of the map now
    expect(page.locator("#card")).to_be_hidden()
    page.mouse.up()


def test_a_dot_is_announced_once_when_all_of_it_is_known(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    page.evaluate(
        """() => {
          window.said = [];
          const spoken = document.querySelector("#card-spoken");
          new MutationObserver(() => window.said.push(spoken.textContent))
            .observe(spoken, { childList: true, characterData: true, subtree: true });
        }"""
    )
    page.locator("#map").focus()
    page.keyboard.press("ArrowLeft")
    wait_until(page, lambda: page.evaluate("window.said.length"), "words")
    page.wait_for_timeout(300)
    [words] = page.evaluate("window.said")
    assert re.fullmatch(r".+, ACE-Step 1.5, \d:\d\d–\d:\d\d, .+ · .+ · .+", words)
    assert page.locator("[aria-live], [role=status]").filter(has_text=words).count() == 1


def test_without_webgl_the_map_is_drawn_all_the_same_and_says_so(
    site: str, open_page: Open
) -> None:
    with_webgl = open_page(site)
    wait_for_dots(with_webgl)
    page = open_page(site, script=WITHOUT_WEBGL)
    dots = wait_for_dots(page)
    expect(page.get_by_text("Drawn without WebGL2")).to_be_visible()
    page.get_by_role("button", name="Fine").click()
    same = coloured(map_image(page)) == coloured(map_image(with_webgl))
    assert same.mean() > 0.995
    page.mouse.move(*dots[0])
    expect(page.locator("#card")).to_be_visible()


def test_without_webgl_a_sample_of_a_large_map_is_drawn_and_told(
    site: str, open_page: Open
) -> None:
    page = open_page("about:blank", script=WITHOUT_WEBGL)

    def enlarge(route: Route) -> None:
        answer = route.fetch()
        table = pa.ipc.open_stream(answer.body()).read_all()
        rows = np.repeat(np.arange(len(table)), 150_000 // len(table) + 1)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table.take(rows))
        route.fulfill(
            body=sink.getvalue().to_pybytes(), content_type=answer.headers["content-type"]
        )

    page.route("**/points/**", enlarge)
    page.goto(site)
    hint = page.locator("#canvas-hint")
    expect(hint).to_contain_text("Of every 2 dots, one is drawn.")
    wait_until(page, lambda: coloured(map_image(page)).any(), "dots")
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#card")).to_be_visible()
    hint.get_by_role("button", name="Fine").click()
    expect(hint).to_be_hidden()


@pytest.mark.parametrize("path", ["/", "/compare"])
def test_a_lost_graphics_context_is_rebuilt(site: str, open_page: Open, path: str) -> None:
    page = open_page(site + path)
    wait_for_dots(page)
    for view in page.locator(".map").all():
        selector = f"#{view.get_attribute('id')}"
        wait_until(page, lambda: coloured(map_image(page, selector)).any(), selector)  # noqa: B023
    before = map_image(page, "#maps")
    page.evaluate(
        """() => {
          const gl = document.querySelector("#maps > canvas").getContext("webgl2");
          window.lost = gl.getExtension("WEBGL_lose_context");
          window.lost.loseContext();
        }"""
    )
    wait_until(page, lambda: not coloured(map_image(page, "#maps")).any(), "empty maps")
    page.evaluate("window.lost.restoreContext()")
    wait_until(page, lambda: np.array_equal(map_image(page, "#maps"), before), "maps as before")


def test_a_failed_request_says_so_and_can_be_tried_again(site: str, open_page: Open) -> None:
    page = open_page(site, expected="net::ERR_FAILED")
    wait_for_dots(page)

    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/points/**", refuse)
    choose(page, "Layout", "PCA")
    failure = page.get_by_role("alert")
    expect(failure).to_contain_text("The server cannot be reached. Is it still running?")
    page.unroute("**/points/**")
    failure.get_by_role("button", name="Try again").click()
    expect(failure).to_be_hidden()
    expect(page.get_by_label("Layout", exact=True)).to_have_value("pca")
    assert wait_for_dots(page)


def test_colours_that_cannot_be_had_say_so_beside_the_choice(site: str, open_page: Open) -> None:
    page = open_page(site, expected="500")
    wait_for_dots(page)
    error = '{"status": 500, "code": "error", "detail": "The disk is full."}'
    page.route("**/classes/**", lambda route: route.fulfill(status=500, body=error))
    choose(page, "Colour", "album")
    legend = page.locator("#legend")
    expect(legend).to_contain_text("The colours could not be loaded. The disk is full.")
    page.unroute("**/classes/**")
    legend.get_by_role("button", name="Try again").click()
    expect(legend).to_contain_text("Calm", ignore_case=True)
