"""Fetching weights: from the wheel, a directory, and a web server with every fault it may have."""

import email.utils
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from embeddings.models import EmbeddingModel
from embeddings.registry import MODELS
from embeddings.weights import essentia, pypi
from embeddings.weights.checkpoint import CheckpointError, read_checkpoint
from embeddings.weights.fetch import Fetched, fetch_models
from embeddings.weights.graphs import WeightsError, check_graph
from embeddings.weights.pypi import PypiSource
from musicexplore.wheels import DownloadError, sha256_of

DATE = 1_600_000_000


class FaultyServer(ThreadingHTTPServer):
    """Serves one file, with Range, and the faults that are switched on."""

    content = b""
    date: int | None = DATE
    cut_after: list[int] = []  # bytes after which the next answers end
    status = 200
    headers: dict[str, str] = {}  # others than the right ones; empty leaves one out
    ranges: list[str] = []  # what was asked for


class Handler(BaseHTTPRequestHandler):
    server: FaultyServer

    def do_GET(self) -> None:
        server = self.server
        asked = self.headers.get("Range", "")
        server.ranges.append(asked)
        if server.status != 200:
            self.send_error(server.status)
            return
        date = email.utils.formatdate(server.date, usegmt=True) if server.date else None
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        if asked and self.headers.get("If-Range") != date:
            start = 0
        if start >= len(server.content):
            self.send_error(416)
            return
        body = server.content[start:]
        self.send_response(206 if start else 200)
        right = {"Content-Length": str(len(body)), "Last-Modified": date or ""}
        for name, value in (right | server.headers).items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: server.cut_after.pop(0)] if server.cut_after else body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, weights: dict[str, Path]) -> Iterator[FaultyServer]:
    server = FaultyServer(("127.0.0.1", 0), Handler)
    server.content = weights["msd-vgg"].read_bytes()
    server.cut_after, server.ranges = [], []
    monkeypatch.setattr(essentia, "BASE_URL", f"http://127.0.0.1:{server.server_port}/")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Any]:
    return {"directory": tmp_path / "models", "downloads": tmp_path / "downloads"}


def fetch(name: str, source: str, places: dict[str, Any], **options: Any) -> Fetched:
    (result,) = fetch_models([name], source=source, **places, **options)
    return result


def files_in(directory: Path) -> set[str]:
    return {path.name for path in directory.glob("*")}


# From the wheel


def test_freezing_the_wheel_gives_the_pinned_graphs(weights: dict[str, Path]) -> None:
    assert {name: sha256_of(path) for name, path in weights.items()} == PypiSource.pinned


def test_fetching_again_changes_nothing(
    weights: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pypi, "fetch_wheel", None)  # would fail when called
    home = weights["msd-vgg"].parent
    before = weights["msd-vgg"].stat().st_mtime_ns
    result = fetch("msd-vgg", "pypi", {"directory": home, "downloads": home})
    assert (result.state, weights["msd-vgg"].stat().st_mtime_ns) == ("present", before)


def test_another_hash_than_the_pinned_one_installs_nothing(
    weights: dict[str, Path], places: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    places["downloads"] = weights["msd-vgg"].parent.parent / "downloads"
    monkeypatch.setitem(PypiSource.pinned, "msd-vgg", "0" * 64)
    result = fetch("msd-vgg", "pypi", places)
    assert result.failed
    assert "SHA-256" in result.reason
    assert files_in(places["directory"]) == set()


def test_offline_is_one_line(places: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*args: object) -> Path:
        raise DownloadError("musicnn 0.1.0 could not be downloaded (no network).")

    monkeypatch.setattr(pypi, "fetch_wheel", offline)
    result = fetch("msd-vgg", "pypi", places)
    assert result.failed
    assert result.reason == "musicnn 0.1.0 could not be downloaded (no network)."
    assert files_in(places["directory"]) == set()


def test_vggish_is_not_on_pypi_and_that_is_no_failure(places: dict[str, Any]) -> None:
    result = fetch("audioset-vggish", "pypi", places)
    assert (result.state, result.failed) == ("unavailable", False)
    assert "--source essentia" in result.reason


def test_an_index_that_is_none(weights: dict[str, Path]) -> None:
    with pytest.raises(CheckpointError, match="not a LevelDB table"):
        read_checkpoint(b"nothing of the kind" * 10, b"")


# From a directory


@pytest.mark.parametrize("file_name", ["msd-vgg.pb", "msd-vgg-1.pb"])
def test_a_directory_of_ones_own(
    weights: dict[str, Path], places: dict[str, Any], tmp_path: Path, file_name: str
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / file_name).write_bytes(weights["msd-vgg"].read_bytes())
    assert fetch("msd-vgg", str(own), places).state == "installed"
    assert fetch("msd-vgg", str(own), places).state == "present"
    assert sha256_of(places["directory"] / "msd-vgg.pb") == PypiSource.pinned["msd-vgg"]


def test_a_graph_of_another_network_replaces_nothing(
    weights: dict[str, Path], places: dict[str, Any], tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "msd-vgg.pb").write_bytes(weights["msd-vgg"].read_bytes())
    fetch("msd-vgg", str(own), places)
    for content in (weights["msd-musicnn"].read_bytes(), b"\xff" * 1000, b""):
        (own / "msd-vgg.pb").write_bytes(content)
        result = fetch("msd-vgg", str(own), places)
        assert result.failed
        assert "msd-vgg: the " in result.reason
        assert files_in(places["directory"]) == {"msd-vgg.pb"}
        assert sha256_of(places["directory"] / "msd-vgg.pb") == PypiSource.pinned["msd-vgg"]


def test_choices_that_do_not_exist(places: dict[str, Any]) -> None:
    with pytest.raises(WeightsError, match="There is no model nothing"):
        fetch("nothing", "pypi", places)
    with pytest.raises(WeightsError, match="pypi, essentia or a directory"):
        fetch("msd-vgg", "/no/such/directory", places)


# From a web server


def test_a_whole_download(server: FaultyServer, places: dict[str, Any]) -> None:
    result = fetch("msd-vgg", "essentia", places)
    assert (result.state, server.ranges) == ("installed", [""])
    assert result.sha256 == hashlib.sha256(server.content).hexdigest()
    assert files_in(places["downloads"]) == set()
    recorded = {"msd-vgg": result.sha256}
    assert fetch("msd-vgg", "essentia", places, recorded=recorded).state == "present"
    assert len(server.ranges) == 1


def test_a_broken_connection_is_taken_up_where_it_broke(
    server: FaultyServer, places: dict[str, Any]
) -> None:
    server.cut_after = [100_000, 200_000]
    assert fetch("msd-vgg", "essentia", places).state == "installed"
    assert server.ranges == ["", "bytes=100000-", "bytes=300000-"]
    assert (places["directory"] / "msd-vgg.pb").read_bytes() == server.content


def test_a_later_run_goes_on(server: FaultyServer, places: dict[str, Any]) -> None:
    server.cut_after = [10_000] * essentia.ATTEMPTS
    result = fetch("msd-vgg", "essentia", places)
    assert result.failed
    assert "what was downloaded is kept" in result.reason
    assert files_in(places["directory"]) == set()
    assert fetch("msd-vgg", "essentia", places).state == "installed"
    assert server.ranges[-1] == "bytes=40000-"
    assert (places["directory"] / "msd-vgg.pb").read_bytes() == server.content


def test_a_file_that_changed_in_between_is_fetched_anew(
    server: FaultyServer, places: dict[str, Any], weights: dict[str, Path]
) -> None:
    server.cut_after = [10_000] * essentia.ATTEMPTS
    fetch("msd-vgg", "essentia", places)
    server.content, server.date = weights["mtt-vgg"].read_bytes(), DATE + 60
    assert fetch("msd-vgg", "essentia", places).state == "installed"
    assert (places["directory"] / "msd-vgg.pb").read_bytes() == server.content


def test_without_a_date_nothing_is_continued(server: FaultyServer, places: dict[str, Any]) -> None:
    server.date, server.cut_after = None, [10_000]
    fetch("msd-vgg", "essentia", places)
    assert fetch("msd-vgg", "essentia", places).state in {"installed", "present"}
    assert set(server.ranges) == {""}


def test_a_part_that_does_not_fit_is_dropped(server: FaultyServer, places: dict[str, Any]) -> None:
    places["downloads"].mkdir()
    part = places["downloads"] / "msd-vgg.pb.part"
    part.write_bytes(bytes(len(server.content) + 10))
    server.date = int(part.stat().st_mtime)
    assert fetch("msd-vgg", "essentia", places).state == "installed"
    assert (places["directory"] / "msd-vgg.pb").read_bytes() == server.content


@pytest.mark.parametrize("length", ["", "many", "-5"])
def test_an_answer_of_no_known_length_is_refused_in_a_line(
    server: FaultyServer, places: dict[str, Any], length: str
) -> None:
    """As of a proxy that sends in chunks."""
    server.headers = {"Content-Length": length}
    result = fetch("msd-vgg", "essentia", places)
    assert result.failed
    assert "does not say how long the file is" in result.reason
    assert files_in(places["directory"]) | files_in(places["downloads"]) == set()


def test_a_date_that_is_none_is_no_date(server: FaultyServer, places: dict[str, Any]) -> None:
    server.headers, server.cut_after = {"Last-Modified": "yesterday"}, [10_000]
    fetch("msd-vgg", "essentia", places)
    assert fetch("msd-vgg", "essentia", places).state in {"installed", "present"}
    assert set(server.ranges) == {""}


def test_the_server_says_no(server: FaultyServer, places: dict[str, Any]) -> None:
    server.status = 404
    result = fetch("msd-vgg", "essentia", places)
    assert result.failed
    assert "404" in result.reason
    assert len(server.ranges) == 1


def test_a_page_instead_of_a_graph(server: FaultyServer, places: dict[str, Any]) -> None:
    server.content = b"<html>Please log in to this network</html>"
    result = fetch("msd-vgg", "essentia", places)
    assert result.failed
    assert "not a frozen TensorFlow graph" in result.reason
    assert files_in(places["directory"]) | files_in(places["downloads"]) == set()


# The command


@pytest.mark.django_db
def test_the_command_records_what_it_fetched(
    weights: dict[str, Path], tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MUSICEXPLORE_HOME = tmp_path / "home"
    source = weights["msd-vgg"].parent
    call_command("fetch_models", "msd-vgg", "mtt-vgg", source=str(source))
    assert capsys.readouterr().out.splitlines() == [
        "msd-vgg: installed (directory)",
        "mtt-vgg: installed (directory)",
    ]
    row = EmbeddingModel.objects.get(name="msd-vgg")
    assert (row.weights_sha256, row.weights_source) == (PypiSource.pinned["msd-vgg"], "directory")


@pytest.mark.django_db
def test_no_vggish_is_reported_with_status_0(
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.MUSICEXPLORE_HOME = tmp_path / "home"
    monkeypatch.setattr(essentia, "BASE_URL", "http://127.0.0.1:9/")
    call_command("fetch_models", "audioset-vggish")
    (line,) = capsys.readouterr().err.splitlines()
    assert "could not be reached" in line
    with pytest.raises(CommandError, match="reasons are above"):
        call_command("fetch_models", "msd-vgg", source="essentia")
    assert files_in(tmp_path / "home" / "models") == set()


def test_every_source_knows_its_models() -> None:
    assert set(essentia.FILES) == set(MODELS)
    assert set(PypiSource.pinned) == set(MODELS) - {"audioset-vggish"}


def test_nodes_and_sizes_are_checked(weights: dict[str, Path]) -> None:
    check_graph(weights["msd-vgg"], MODELS["mtt-vgg"])
    with pytest.raises(WeightsError, match="without model/batch_normalization_10"):
        check_graph(weights["msd-vgg"], MODELS["msd-musicnn"])
    with pytest.raises(WeightsError, match="another network's"):  # the nodes are there
        check_graph(weights["msd-musicnn"], MODELS["msd-vgg"])
