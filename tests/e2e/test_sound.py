"""What is heard is what is pointed at: the very second of the very track."""

import base64
import re
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, expect
from scipy.signal import fftconvolve

from tests.e2e.conftest import HOME
from tests.e2e.dots import find_dots, wait_for_dots, wait_until

# Keeps what is really given to the loudspeaker: the decoded samples of every started clip, and
# the context that they sound in.
RECORDER = """
window.contexts = [];
window.AudioContext = class extends AudioContext {
  constructor(...options) {
    super(...options);
    window.contexts.push(this);
  }
};
window.sounded = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...when) {
  const samples = this.buffer.getChannelData(0);
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  window.sounded.push({ rate: this.buffer.sampleRate, base64: btoa(text) });
  return start.apply(this, when);
};
"""
# Answers about tracks come late, those about tags a little less so.
SLOW_ANSWERS = """
const fetchNow = window.fetch;
window.fetch = async (address, options) => {
  const late = /tags\\/\\?/.test(address) ? 300 : /tracks\\/\\d+\\/$/.test(address) ? 600 : 0;
  await new Promise((resolve) => setTimeout(resolve, late));
  return fetchNow(address, options);
};
"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SEGMENT = 2.992  # seconds, of MusiCNN and VGG
TOLERANCE = 0.05  # seconds

Open = Callable[..., Page]


def clips_sounded(page: Page) -> int:
    return int(page.evaluate("window.sounded.length"))


def sound_runs(page: Page) -> bool:
    return bool(page.evaluate("window.contexts.at(-1)?.state === 'running'"))


def last_clip(page: Page) -> tuple[NDArray[np.float32], int]:
    """Samples of the clip that was started last, and their rate."""
    clip = page.evaluate("window.sounded.at(-1)")
    return np.frombuffer(base64.b64decode(clip["base64"]), np.float32), int(clip["rate"])


def original(path: Path, rate: int) -> NDArray[np.float32]:
    """The first channel of a whole track, resampled to `rate` Hz."""
    resampler = av.AudioResampler(format="fltp", rate=rate)
    with av.open(str(path)) as container:
        frames = [f for frame in container.decode(audio=0) for f in resampler.resample(frame)]
        frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


def place_of(clip: NDArray[np.float32], track: NDArray[np.float32]) -> tuple[int, float]:
    """Sample at which the clip is found in the track, and their correlation there."""
    match = fftconvolve(track, clip[::-1], mode="full")[len(clip) - 1 :]
    start = int(np.argmax(match))
    part = track[start : start + len(clip)]
    clip = clip[: len(part)]
    return start, float(part @ clip / np.linalg.norm(part) / np.linalg.norm(clip))


def clock_range(text: str) -> tuple[int, int]:
    """`0:12–0:15` in seconds."""
    first, last = (int(m) * 60 + int(s) for m, s in re.findall(r"(\d+):(\d+)", text))
    return first, last


def track_named(page: Page, title: str) -> Path:
    found = page.request.get("/api/v1/tracks/", params={"search": title, "page_size": 500}).json()
    [path] = [track["path"] for track in found["results"] if track["title"] == title]
    return HOME / "audio" / path


def test_a_hovered_dot_plays_its_very_second(site: str, open_page: Open) -> None:
    page = open_page(site, script=RECORDER, base_url=site)
    dots = wait_for_dots(page)
    page.locator("#map").click(position={"x": 200, "y": 5})  # browsers want a click before sound
    card = page.locator("#card")

    for x, y in (dots[0], dots[len(dots) // 2], dots[-1]):
        before = clips_sounded(page)
        page.mouse.move(x, y)
        card.wait_for()
        wait_until(page, lambda: clips_sounded(page) > before, "sound")  # noqa: B023
        title = card.locator(".card-title").inner_text()
        first, last = clock_range(card.locator(".card-time").inner_text())
        assert card.locator(".card-artist").inner_text() == "ACE-Step 1.5"
        assert len(card.locator(".card-tags").inner_text().split(" · ")) == 3

        clip, rate = last_clip(page)
        start, likeness = place_of(clip, original(track_named(page, title), rate))

        position = round(start / rate / SEGMENT)
        assert likeness > 0.99
        assert abs(start / rate - position * SEGMENT) < TOLERANCE
        assert abs(len(clip) / rate - SEGMENT) < TOLERANCE
        assert (first, last) == (round(position * SEGMENT), round((position + 1) * SEGMENT))

        player = page.locator("#player")
        assert title in player.inner_text()
        assert card.locator(".card-time").inner_text() in player.inner_text()
        page.mouse.move(x, 60)  # away from dots: silence
        page.locator('#player[data-phase="idle"]').wait_for()


def test_sound_waits_for_the_first_click_and_says_so(site: str, open_page: Open) -> None:
    page = open_page(site, script=RECORDER)
    [*_, (x, y)] = wait_for_dots(page)
    page.mouse.move(x, y)
    hint = page.get_by_text("Click once to turn sound on")
    hint.wait_for()
    assert clips_sounded(page) == 0
    page.mouse.down()
    page.mouse.up()
    wait_until(page, lambda: clips_sounded(page), "sound")
    hint.wait_for(state="hidden")


def test_play_on_click_off_and_volume_are_kept(site: str, open_page: Open) -> None:
    page = open_page(site, script=RECORDER)
    assert page.get_by_label("Volume").input_value() == "0.5"
    page.get_by_label("Volume").fill("0.2")
    page.locator("label", has_text="click").last.click()
    x, y = wait_for_dots(page)[0]
    page.mouse.move(x, y)
    page.locator("#card").wait_for()
    page.wait_for_timeout(300)
    assert clips_sounded(page) == 0
    page.mouse.click(x, y)
    wait_until(page, lambda: clips_sounded(page), "sound")

    page.reload()
    assert page.get_by_label("Volume").input_value() == "0.2"
    assert page.get_by_label("click").is_checked()
    page.locator("label", has_text="off").last.click()
    x, y = wait_for_dots(page)[0]
    page.mouse.click(x, y)
    page.locator("#card").wait_for()
    page.wait_for_timeout(300)
    assert clips_sounded(page) == 0


def test_a_suspended_context_is_silence_until_the_next_click(site: str, open_page: Open) -> None:
    page = open_page(site, script=RECORDER)
    x, y = wait_for_dots(page)[0]
    page.mouse.click(x, y)
    wait_until(page, lambda: clips_sounded(page), "sound")
    page.evaluate("window.contexts[0].suspend()")  # as a telephone call does
    page.mouse.move(x, 60)
    page.mouse.move(x, y)
    hint = page.get_by_text("Click once to turn sound on")
    hint.wait_for()
    assert not sound_runs(page)
    before = clips_sounded(page)
    page.mouse.down()
    page.mouse.up()
    wait_until(page, lambda: clips_sounded(page) > before, "sound again")
    assert sound_runs(page)
    hint.wait_for(state="hidden")


def test_a_tap_on_a_phone_sounds(site: str, open_page: Open) -> None:
    page = open_page(site, script=RECORDER, **PHONE)
    page.touchscreen.tap(*wait_for_dots(page)[0])
    wait_until(page, lambda: clips_sounded(page), "sound")
    assert sound_runs(page)
    expect(page.locator("#player")).to_have_attribute("data-phase", "playing")


def test_sweeping_over_slow_answers_leaves_the_console_silent(site: str, open_page: Open) -> None:
    page = open_page(site, script=SLOW_ANSWERS)
    dots = wait_for_dots(page)
    for place in (dots[0], dots[len(dots) // 2], dots[-1]):
        page.mouse.move(*place)
        page.wait_for_timeout(200)
    expect(page.locator(".card-tags")).to_contain_text("·")


def keep_playing(page: Page) -> None:
    """Plays on from a dot, to be seen in a track's first half."""
    x, y = wait_for_dots(page)[0]
    page.mouse.click(x, y)
    page.locator('#player[data-phase="playing"]').wait_for()
    page.get_by_role("button", name="Keep playing").click()


def seconds_heard(page: Page) -> float:
    return float(page.get_by_role("slider", name="Place in the track").input_value())


def test_a_track_keeps_playing_and_bar_and_map_follow(site: str, open_page: Open) -> None:
    page = open_page(site, script=RECORDER)
    keep_playing(page)
    before = seconds_heard(page)
    span = page.locator("#player-time").inner_text()
    wait_until(page, lambda: seconds_heard(page) >= before + 3, "progress")
    expect(page.locator("#player-time")).not_to_have_text(span)
    first, last = clock_range(page.locator("#player-time").inner_text())
    assert first - 1 <= seconds_heard(page) <= last + 1
    page.mouse.move(*find_dots(page)[-1])  # pointing elsewhere does not interrupt the track
    page.wait_for_timeout(300)
    assert page.locator("#player").get_attribute("data-phase") == "playing"
    page.get_by_role("button", name="Stop").click()
    page.locator('#player[data-phase="idle"]').wait_for()


def test_the_place_in_the_track_is_chosen_by_keyboard(site: str, open_page: Open) -> None:
    page = open_page(site, script=RECORDER, viewport={"width": 760, "height": 700})
    keep_playing(page)
    place = page.get_by_role("slider", name="Place in the track")
    place.press("Home")
    wait_until(page, lambda: 1 <= seconds_heard(page) < 5, "the beginning")
    place.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    wait_until(page, lambda: 11 <= seconds_heard(page) < 20, "ten seconds later")
    assert re.match(r"0:1\d of \d:\d\d", place.get_attribute("aria-valuetext") or "")


def test_a_file_that_the_browser_cannot_play_is_heard_in_clips(site: str, open_page: Open) -> None:
    page = open_page(site, script=RECORDER)
    page.route(
        "**/tracks/*/audio",
        lambda route: route.fulfill(body=b"no audio", content_type="audio/x-ms-wma"),
    )
    keep_playing(page)
    before = seconds_heard(page)
    wait_until(page, lambda: clips_sounded(page) >= 2, "clips")
    clip, rate = last_clip(page)
    assert len(clip) / rate > SEGMENT + 1
    wait_until(page, lambda: seconds_heard(page) >= before + 4, "progress")
    expect(page.locator("#player")).to_have_attribute("data-phase", "playing")
    expect(page.locator("#player-message")).to_be_hidden()
