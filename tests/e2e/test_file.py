"""Searching by a file: dropped or chosen, heard, found again, marked on the map, forgotten."""

import base64
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from embeddings.audio.decode import decode
from embeddings.benchmarks.audio import write_mp3
from tests.e2e.conftest import HOME
from tests.e2e.dots import wait_for_dots

Open = Callable[..., Page]
HEARD_MS = 60_000  # on a busy machine

# What a drop of a file looks like to the page.
DROP = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name));
  for (const kind of ["dragenter", "dragover", "drop"])
    window.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def cut(site: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of a track of the demo, from its sixth second on."""
    source = next(HOME.rglob("calm_acoustic_1.opus"))
    blocks = list(decode(str(source)))
    rate = blocks[0].rate
    samples = np.concatenate([block.samples for block in blocks], axis=1)
    path = tmp_path_factory.mktemp("cut") / "Heard outside.mp3"
    write_mp3(path, samples[:, 6 * rate : 18 * rate], rate, bit_rate=64_000)
    return path


def test_a_file_finds_the_track_it_was_cut_from(site: str, open_page: Open, cut: Path) -> None:
    page = open_page(f"{site}/search/file")
    expect(page.locator("#file-limits")).to_contain_text("up to 100 MB and 15 minutes")
    page.locator("#file-input").set_input_files(cut)
    expect(page.locator("#found > li").first).to_contain_text("Calm, acoustic 1", timeout=HEARD_MS)
    expect(page).to_have_url(re.compile("/search/file.*file=.*find=tracks&by=stretches"))
    expect(page.locator("#file-life")).to_contain_text("It is forgotten at")
    page.get_by_role("button", name="Play").first.click()
    expect(page.locator("#player")).to_have_attribute("data-phase", "playing")

    page.get_by_label("moments", exact=True).check()
    expect(page.locator("#start-span")).to_be_visible()
    expect(page.locator("#found > li").first).to_contain_text("Calm, acoustic 1")
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("#file-life")).to_contain_text("Kept until somebody deletes it.")
    page.get_by_role("button", name="Delete").click()
    expect(page).to_have_url(f"{site}/search/file")


def test_what_is_no_audio_is_refused_in_words(site: str, open_page: Open, tmp_path: Path) -> None:
    page = open_page(f"{site}/search/file", expected="status of 41")
    words = tmp_path / "words.mp3"
    words.write_text("These are words and no sound. " * 200)
    expect(page.locator("#file-limits")).not_to_be_empty()
    page.locator("#file-input").set_input_files(words)
    expect(page.locator("#file-failure")).to_contain_text("not an audio file of a known format")
    expect(page.get_by_text("Choose a file…")).to_be_visible()


def test_a_file_that_is_dropped_on_the_map(site: str, open_page: Open, cut: Path) -> None:
    page = open_page(f"{site}/?by=pca")
    wait_for_dots(page)
    page.evaluate(DROP, [cut.name, base64.b64encode(cut.read_bytes()).decode()])
    told = page.locator("#file-told")
    expect(told).to_have_text("“Heard outside.mp3”: 4 diamonds.", timeout=HEARD_MS)
    expect(page).to_have_url(re.compile("file="))
    page.reload()
    expect(told).to_have_text("“Heard outside.mp3”: 4 diamonds.")
    page.locator("#method").select_option("umap")
    expect(told).to_contain_text("each where its true neighbours are")
    page.get_by_role("link", name="What sounds like it").click()
    expect(page.locator("#found > li").first).to_contain_text("Calm, acoustic 1")
    page.go_back()
    page.get_by_role("button", name="Remove it").click()
    expect(told).to_be_hidden()
