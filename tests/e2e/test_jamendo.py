"""Tracks without a file here, heard from Jamendo's streams: a local server plays Jamendo's part."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import run_manage, served
from tests.tracks.sounds import write_wav

HEADER = "TRACK_ID\tARTIST_ID\tALBUM_ID\tPATH\tDURATION\tTAGS"
ROW = "track_{0}\tartist_1\talbum_1\t{0}.mp3\t20\tgenre---rock"
SENT_AWAY = 404  # of which there is no stream
CLIENT_ID = "s3cr3t-cl13nt"


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An address that leads on to a file, as Jamendo's does; with parts, for seeking."""
    path = write_wav(tmp_path_factory.mktemp("stream") / "a.wav", seconds=20)
    content = path.read_bytes()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            asked = parse_qs(url.query)
            if url.path == "/file.wav":
                self._send_file()
            elif asked["trackid"] == [str(SENT_AWAY)] or asked["from"] != [f"app-{CLIENT_ID}"]:
                self._send(404)
            else:
                self._send(302, Location="/file.wav")

        def _send_file(self) -> None:
            found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            if not found:
                return self._send(200, content, Accept_Ranges="bytes")
            start, end = int(found[1]), int(found[2] or len(content) - 1)
            where = f"bytes {start}-{end}/{len(content)}"
            return self._send(206, content[start : end + 1], Content_Range=where)

        def _send(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "audio/wav")
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def catalogue(streams: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site whose library is a catalogue of two tracks."""
    folder = tmp_path_factory.mktemp("catalogue")
    home = folder / "home"
    home.mkdir()
    (home / "settings.env").write_text(
        f"JAMENDO_CLIENT_ID='{CLIENT_ID}'\nJAMENDO_STREAM_URL='{streams}'\n"
    )
    tsv = folder / "tracks.tsv"
    tsv.write_text("\n".join([HEADER, ROW.format(948), ROW.format(SENT_AWAY)]) + "\n")
    run_manage(home, "migrate")
    run_manage(home, "load_jamendo_data", str(tsv), "--all")
    with_server = served(home)
    yield next(with_server)
    next(with_server, None)


def test_a_stream_is_heard_and_named(catalogue: str, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{catalogue}/tracks/1")
    expect(page.get_by_role("link", name="Jamendo", exact=True).first).to_have_attribute(
        "href", "https://www.jamendo.com/track/948"
    )
    expect(page.locator("#player-seek")).to_be_enabled()
    page.locator("#player-seek").evaluate(
        "(seek) => { seek.value = 8; seek.dispatchEvent(new Event('change')); }"
    )
    expect(page.locator("#player")).to_have_attribute("data-phase", "playing")
    expect(page.locator("#player-source")).to_contain_text("from Jamendo")
    expect(page.locator("#player-seek")).to_have_value(re.compile(r"^(9|1\d)$"))
    page.keyboard.press("Space")
    expect(page.locator("#player")).to_have_attribute("data-phase", "idle")
    assert CLIENT_ID not in page.content()


def test_a_stream_that_fails_is_reported(catalogue: str, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{catalogue}/tracks/2", expected="404")
    page.get_by_role("button", name="Play").first.click()
    expect(page.locator("#player-message")).to_contain_text("Jamendo’s stream of this track")
