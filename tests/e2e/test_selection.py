"""Selecting dots on the map of the demo, and taking home what is selected."""

import csv
import io
import math
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.e2e.dots import MOVE_MS, coloured, find_dots, map_image, wait_for_dots, wait_until

Open = Callable[..., Page]
Place = tuple[float, float]

STEP_MS = 1100  # changes further apart are steps of their own for the browser's Back
NARROW = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def around(places: list[Place], margin: float = 12) -> tuple[Place, Place]:
    """Two corners of the rectangle that holds some dots."""
    xs, ys = zip(*places, strict=True)
    return (min(xs) - margin, min(ys) - margin), (max(xs) + margin, max(ys) + margin)


def left_half(page: Page) -> list[Place]:
    """Dots of the left group of the map."""
    page.wait_for_timeout(MOVE_MS)
    wait_until(page, lambda: len(find_dots(page)) > 100, "dots")
    dots = find_dots(page)
    middle = (dots[0][0] + dots[-1][0]) / 2
    return [dot for dot in dots if dot[0] < middle]


def reach(page: Page) -> float:
    """How far right the dots go that have a colour, as a share of the map's width."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    return (wait_for_dots(page)[-1][0] - box["x"]) / box["width"]


def ellipse(corners: tuple[Place, Place]) -> list[Place]:
    """A lasso that holds a rectangle, from its left side."""
    (left, top), (right, bottom) = corners
    x, y = (left + right) / 2, (top + bottom) / 2
    across, down = (right - left) / 2 * math.sqrt(2), (bottom - top) / 2 * math.sqrt(2)
    turns = [math.pi + 2 * math.pi * i / 24 for i in range(25)]
    return [(x + across * math.cos(turn), y + down * math.sin(turn)) for turn in turns]


def inside_map(page: Page, path: list[Place]) -> list[Place]:
    box = page.locator("#map").bounding_box()
    assert box is not None
    right, bottom = box["x"] + box["width"] - 1, box["y"] + box["height"] - 1
    return [(min(max(x, box["x"] + 1), right), min(max(y, box["y"] + 1), bottom)) for x, y in path]


def drag(page: Page, path: list[Place], key: str | None = None) -> None:
    first, *rest = inside_map(page, path)
    if key:
        page.keyboard.down(key)
    page.mouse.move(*first)
    page.mouse.down()
    for place in rest:
        page.mouse.move(*place)
    page.mouse.up()
    if key:
        page.keyboard.up(key)


def drag_by_finger(page: Page, path: list[Place]) -> None:
    session: CDPSession = page.context.new_cdp_session(page)

    def touch(kind: str, *places: Place) -> None:
        points = [{"x": x, "y": y} for x, y in places]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    first, *rest = inside_map(page, path)
    touch("touchStart", first)
    for place in rest:
        touch("touchMove", place)
    page.wait_for_timeout(200)  # lifted in full swing, it would be a fling, which eats the next tap
    touch("touchEnd")


def counted(page: Page, *, before: tuple[int, int] | None = None) -> tuple[int, int]:
    """Tracks and segments that are selected, as the panel says; not those of `before`."""
    found: list[int] = []

    def is_new() -> bool:
        text = page.locator("#selection-count").inner_text()
        found[:] = [int(number.replace(",", "")) for number in re.findall(r"[\d,]+", text)]
        return len(found) == 2 and tuple(found) != before

    wait_until(page, is_new, "other numbers of tracks and segments")
    return found[0], found[1]


def listed(page: Page) -> list[str]:
    """Titles in the panel, once they are known."""
    expect(page.locator("#selection-list li").first).to_be_visible()
    wait_until(page, lambda: not page.get_by_text(re.compile(r"^Track \d+$")).count(), "titles")
    return page.locator("#selection-list .row-title").all_inner_texts()


def expect_count(page: Page, tracks: int, segments: int) -> None:
    text = re.compile(rf"^{tracks} tracks? · {segments} segments?$")
    expect(page.locator("#selection-count")).to_have_text(text)


@pytest.fixture
def selected(site: str, open_page: Open) -> Iterator[Page]:
    """A page with a lasso around the left group."""
    page = open_page(site)
    drag(page, ellipse(around(left_half(page))), key="Shift")
    expect(page.locator("#selection")).to_be_visible()
    yield page


def test_a_lasso_selects_and_the_rest_turns_grey(site: str, open_page: Open) -> None:
    page = open_page(site)
    dots = left_half(page)
    drag(page, ellipse(around(dots)), key="Shift")
    tracks, segments = counted(page)
    assert 1 < tracks < 28 and 20 < segments < 277
    assert page.locator("#player").get_attribute("data-phase") == "idle"  # it was no click
    assert reach(page) < 0.6  # the right group is grey
    rows = page.locator("#selection-list li")
    expect(rows).to_have_count(tracks)
    expect(rows.first.locator(".row-about")).to_have_text(
        re.compile(r"^\d+ of \d+ · from 0:\d\d · ACE")
    )
    page.keyboard.press("Escape")
    expect(page.locator("#selection")).to_be_hidden()
    wait_until(page, lambda: reach(page) > 0.8, "colour on the right")


def test_areas_are_added_taken_away_and_undone(selected: Page) -> None:
    page = selected
    before = counted(page)
    page.get_by_role("button", name="Rectangle").click()
    page.get_by_role("button", name="Take from the selection").click()
    dots = left_half(page)
    corner, opposite = around(dots)
    half = ((corner[0] + opposite[0]) / 2, opposite[1])
    drag(page, [corner, half])
    fewer = counted(page, before=before)
    assert 0 < fewer[1] < before[1]
    page.get_by_role("button", name="Add to the selection").click()
    drag(page, [corner, half])
    expect_count(page, *before)
    drag(page, [corner, half], key="Alt")
    expect_count(page, *fewer)
    for expected in (before, fewer, before):
        page.locator("#tool-undo").click()
        expect_count(page, *expected)
    page.get_by_role("button", name="Invert").click()
    assert counted(page, before=before)[1] == 277 - before[1]
    page.locator("#selection").get_by_role("button", name="Undo").click()
    expect_count(page, *before)
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("group", name="How to select").get_by_role("button", name="Undo").click()
    expect_count(page, *before)


def test_a_selection_is_restored_from_its_address(
    site: str, selected: Page, open_page: Open
) -> None:
    page = selected
    expected, tracks = counted(page), listed(page)
    assert len(page.url) < 600
    other = open_page(page.url)
    expect_count(other, *expected)
    assert listed(other) == tracks
    page.wait_for_timeout(STEP_MS)
    page.get_by_role("button", name="Clear").click()
    assert "sel=" not in page.url
    page.go_back()
    expect_count(page, *expected)
    page.go_forward()
    expect(page.locator("#selection")).to_be_hidden()


def test_what_the_address_has_no_room_for_is_kept_here_and_said(site: str, open_page: Open) -> None:
    steps = [f"a{what}" for what in ("t1-4", "t6-9", "t1-4") for _ in range(120)]
    page = open_page(f"{site}/?sel={'.'.join(steps)}")
    hint = page.get_by_role("status").filter(has_text="too much for the page's address")
    expect(hint).to_contain_text("Save…")
    expected = counted(page)
    assert expected[0] == 8
    assert "sel=" not in page.url
    page.reload()
    expect_count(page, *expected)
    page.wait_for_timeout(STEP_MS)
    page.get_by_role("button", name="Clear").click()
    expect(hint).to_be_hidden()
    page.go_back()
    expect_count(page, *expected)
    expect(hint).to_be_visible()


def test_the_same_segments_stay_selected_on_another_map(site: str, open_page: Open) -> None:
    page = open_page(site)
    dots = wait_for_dots(page)
    drag(page, ellipse(around([dot for dot in dots if dot[1] < dots[0][1]])), key="Shift")
    expected, tracks = counted(page), listed(page)
    for label, option in (("Layout", "PCA"), ("Layer", "Tags"), ("Network", "VGG")):
        page.get_by_label(label, exact=True).select_option(label=option)
        page.wait_for_timeout(2 * MOVE_MS)
        expect_count(page, *expected)
        assert listed(page) == tracks
    fresh = open_page(page.url)
    expect_count(fresh, *expected)


def test_what_is_broken_in_an_address_is_said(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?sel=an12.garbage&colour=album")
    wait_for_dots(page)
    expect(page.locator("#address-hint")).to_contain_text("sel")
    expect(page.locator("#selection")).to_be_hidden()
    gone = open_page(f"{site}/?sel=angone*1_0")
    wait_for_dots(gone)
    expect(gone.get_by_role("alert")).to_contain_text("layer gone, which is not here")


def download(page: Page) -> str:
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    expect(page.locator("#export-dialog")).to_be_hidden()
    return waiting.value.path().read_text()


def test_a_playlist_is_downloaded_of_what_is_selected(selected: Page) -> None:
    page = selected
    tracks, segments = counted(page)
    panel = page.locator("#selection")
    panel.get_by_role("button", name="Playlist file…").click()
    page.get_by_label("relative to the folder of music").check()
    lines = download(page).splitlines()
    paths = [line for line in lines if not line.startswith("#")]
    assert lines[0] == "#EXTM3U"
    assert len(paths) == len(set(paths)) == tracks
    assert not any(path.startswith("/") for path in paths)
    names = {line.partition(" - ")[2] for line in lines if line.startswith("#EXTINF")}
    assert names == set(listed(page))

    panel.get_by_role("button", name="Playlist file…").click()
    expect(page.get_by_label("relative to the folder of music")).to_be_checked()  # remembered
    page.get_by_label("Table (CSV)").check()
    rows = list(csv.DictReader(io.StringIO(download(page))))
    assert sum(int(row["segments"]) for row in rows) == segments


def test_many_dots_travel_as_their_area_and_arrive_as_the_same(site: str, open_page: Open) -> None:
    page = open_page(site)
    dots = wait_for_dots(page)
    page.get_by_role("button", name="Lasso").click()
    corner, opposite = around(dots)
    short = (opposite[0] - 40, opposite[1])
    drag(page, [corner, (short[0], corner[1]), short, (corner[0], short[1]), corner])
    _, segments = counted(page)
    assert 200 < segments < 277
    page.locator("#selection").get_by_role("button", name="Playlist file…").click()
    page.get_by_label("Table (CSV)").check()
    with page.expect_request("**/export/**") as waiting:
        text = download(page)
    assert waiting.value.post_data_json["selection"]["areas"]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sum(int(row["segments"]) for row in rows) == segments


def test_with_nothing_selected_the_playlist_is_of_what_is_shown(site: str, open_page: Open) -> None:
    page = open_page(site, expected="400")
    wait_for_dots(page)
    page.locator(".legend button", has_text="calm").click()
    expect(page.locator("#shown")).to_contain_text("23 of 28")
    page.locator("#questions").get_by_role("button", name="Playlist file…", exact=True).click()
    expect(page.locator("#export-about")).to_contain_text("Everything that is shown: 23 tracks")
    page.get_by_label("below another folder").check()
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("alert")).to_contain_text("Give a root")
    page.get_by_label("Folder, where").fill("D:/Music")
    page.get_by_label("for Windows").check()
    paths = [line for line in download(page).splitlines() if not line.startswith("#")]
    assert len(paths) == 23
    assert all(path.startswith("D:\\Music\\") for path in paths)


def test_with_nothing_selected_what_is_shown_is_kept(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    page.get_by_role("button", name="Save as playlist…").click()
    dialogue = page.locator("#save-dialog")
    expect(dialogue).to_contain_text("Everything that is shown: 28 tracks, 277 segments")
    expect(page.get_by_label("Keep the whole tracks")).to_be_hidden()  # it is not too much
    page.get_by_label("Name", exact=True).first.fill("All")
    dialogue.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#playlists-dialog")).to_contain_text("“All” is saved.")
    page.get_by_role("button", name="Delete: All").click()
    expect(page.locator("#playlists-dialog")).to_contain_text("“All” is deleted.")


def test_dots_are_selected_by_keyboard(site: str, open_page: Open) -> None:
    page = open_page(site)
    wait_for_dots(page)
    page.locator("#map").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("s")
    expect_count(page, 1, 1)
    page.keyboard.press("i")
    expect_count(page, 28, 276)
    page.keyboard.press("Control+z")
    page.keyboard.press("s")
    expect(page.locator("#selection")).to_be_hidden()
    page.keyboard.press("Shift+S")
    expect(page.locator("#selection-count")).to_have_text(re.compile(r"^1 track · \d+ segments$"))
    page.keyboard.press("Control+a")
    expect_count(page, 28, 277)
    page.keyboard.press("Escape")
    expect(page.locator("#selection")).to_be_hidden()


def test_tracks_are_sorted_removed_and_played_in_order(selected: Page) -> None:
    page = selected
    tracks, _ = counted(page)
    page.get_by_label("Sorted by").select_option("title")
    titles = listed(page)
    assert titles == sorted(titles)
    page.get_by_role("button", name=f"Remove {titles[0]}").click()
    expect(page.locator("#selection-list li")).to_have_count(tracks - 1)
    assert listed(page) == titles[1:]
    page.get_by_role("button", name="Play all").click()
    expect(page.locator("#player-title")).to_have_text(titles[1])
    expect(page.locator("#selection-list li").first).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name=f"Play {titles[3]}").click()
    expect(page.locator("#player-title")).to_have_text(titles[3])


def test_a_playlist_is_kept_changed_and_deleted(selected: Page) -> None:
    page = selected
    tracks, segments = counted(page)
    page.get_by_role("button", name="Save…").click()
    page.get_by_label("Name", exact=True).first.fill("Evening")
    page.locator("#save-dialog").get_by_role("button", name="Save", exact=True).click()
    dialogue = page.locator("#playlists-dialog")
    expect(dialogue).to_contain_text("“Evening” is saved.")

    dialogue.get_by_role("button", name="Edit…: Evening").click()
    items = page.locator("#playlist-items .item-title")
    expect(items.first).to_be_visible()
    first, second, *_ = items.all_inner_texts()
    dialogue.locator("[data-do=down]").first.focus()
    page.keyboard.press("Enter")
    expect(items.nth(1)).to_have_text(first)
    page.locator("#playlist-name").fill("Morning")
    dialogue.get_by_role("button", name="Rename").click()
    expect(page.locator("#playlists-title")).to_have_text("Morning")
    dialogue.get_by_role("button", name="All playlists").click()
    dialogue.get_by_role("button", name="Delete: Morning").click()
    expect(dialogue.locator("#playlists-list").get_by_text("Morning")).to_have_count(0)
    dialogue.get_by_role("button", name="Undo").click()
    dialogue.get_by_role("button", name="Edit…: Morning").click()
    expect(items.first).to_have_text(second)
    dialogue.get_by_role("button", name="Close").click()

    page.get_by_role("button", name="Clear").click()
    page.get_by_role("button", name="Saved playlists…").click()
    dialogue.get_by_role("button", name="Show on the map: Morning").click()
    expect_count(page, tracks, segments)
    page.get_by_role("button", name="Saved playlists…").click()
    dialogue.get_by_role("button", name="Delete: Morning").click()
    expect(dialogue).to_contain_text("“Morning” is deleted.")


def test_a_finger_selects_on_a_narrow_screen(site: str, open_page: Open) -> None:
    page = open_page(site, **NARROW)
    dots = left_half(page)
    before = coloured(map_image(page)).sum()
    page.get_by_role("button", name="Lasso").tap()
    drag_by_finger(page, ellipse(around(dots, margin=4)))
    opener = page.locator("#selection-open")
    expect(opener).to_be_visible()
    assert coloured(map_image(page)).sum() < before
    opener.tap()
    expect(page.get_by_role("button", name="Play all")).to_be_visible()
    for button in page.locator("#selection button:visible").all()[:8]:
        box = button.bounding_box()
        assert box is not None and min(box["width"], box["height"]) >= 40
    page.get_by_role("button", name="Clear").tap()
    expect(page.locator("#selection")).to_be_hidden()
    expect(opener).to_be_hidden()


def test_a_selection_draws_the_map_once(site: str, open_page: Open) -> None:
    page = open_page(site)
    corner, opposite = around(left_half(page))
    page.evaluate(
        """() => {
          window.frames_drawn = 0;
          new PerformanceObserver((list) => {
            window.frames_drawn += list.getEntriesByName("map frame").length;
          }).observe({ entryTypes: ["measure"] });
        }"""
    )
    page.get_by_role("button", name="Rectangle").click()
    drag(page, [corner, opposite])  # the list takes room from the map
    expect(page.locator("#selection")).to_be_visible()
    page.wait_for_timeout(2 * MOVE_MS)
    assert page.evaluate("window.frames_drawn") == 1


def test_tracks_are_selected_by_their_averages(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?show=averages")
    drag(page, ellipse(around(left_half(page))), key="Shift")
    tracks, segments = counted(page)
    assert 1 < tracks < 28
    assert segments > 5 * tracks  # all of each
    about = page.locator("#selection-list .row-about").all_inner_texts()
    assert all(re.match(r"(\d+) of \1 ", text) for text in about)
    expect_count(open_page(page.url), tracks, segments)
    as_segments = page.url.replace("show=averages", "show=segments")
    expect_count(open_page(as_segments), tracks, segments)
