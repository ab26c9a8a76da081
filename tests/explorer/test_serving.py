"""`manage.py serve`, as a real process on a home of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from explorer.serving import ServingError, Site, check_port, is_loopback, own_names
from musicexplore.database import place

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def served_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("served")
    yield home
    data = place.place_for(home).data
    deadline = time.monotonic() + 60
    while (data / "postmaster.pid").exists():
        assert time.monotonic() < deadline, "the database is still running"
        time.sleep(0.1)


def environment_of(home: Path) -> dict[str, str]:
    return os.environ | {
        "MUSICEXPLORE_HOME": str(home),
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "musicexplore.settings",
    }


class Server:
    """A running `serve`; its output is collected in a file."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.port = free_port()
        self.output = home / "output"
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port), *arguments]
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment_of(home),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_for(self, text: str, seconds: float = 60) -> str:
        deadline = time.monotonic() + seconds
        while text not in (said := self.output.read_text()):
            assert time.monotonic() < deadline, said
            assert self.process.poll() is None or text in self.output.read_text(), said
            time.sleep(0.1)
        return said

    def get(self, path: str, host: str = "127.0.0.1") -> int:
        try:
            with urllib.request.urlopen(f"http://{host}:{self.port}{path}") as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code

    def wait_for_jobs(self, states: set[str], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        address = f"http://127.0.0.1:{self.port}/api/v1/jobs/"
        while True:
            with urllib.request.urlopen(address) as response:
                jobs = json.load(response)["results"]
            if {job["state"] for job in jobs if job["kind"] == "vector-index"} == states:
                return
            assert time.monotonic() < deadline, jobs
            time.sleep(0.2)

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


def leave_unfinished_job(home: Path) -> None:
    """As a worker does that was killed."""
    create = (
        "from embeddings.models import Job; "
        "Job.objects.create(kind='vector-index', state='running', for_worker=True)"
    )
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", create],
        cwd=ROOT, env=environment_of(home), check=True,
    )  # fmt: skip


def assert_ended(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=60)
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []


def test_it_serves_with_a_worker_tells_the_password_once_and_stops(served_home: Path) -> None:
    server = Server(served_home)
    said = server.wait_for("Music Explore is at")
    assert f"http://127.0.0.1:{server.port}/" in said
    assert "password: " in said
    assert server.get("/") == 200
    children = server.children()
    commands = [" ".join(child.cmdline()) for child in children]
    assert any("qcluster" in command for command in commands)
    assert any("gunicorn" in command for command in commands)
    web = next(child for child in children if "gunicorn" in " ".join(child.cmdline()))
    heavy = ("essentia", "openvino", "umap", "sklearn", "openTSNE", "tensorboard")
    for process in (web, *web.children()):
        loaded = [mapped.path for mapped in process.memory_maps()]
        assert not [path for path in loaded if any(f"/{name}/" in path for name in heavy)]

    assert server.stop(signal.SIGINT) == 0
    assert_ended(children)

    leave_unfinished_job(served_home)
    empty = served_home / "music"
    empty.mkdir()
    again = Server(served_home, "--process", str(empty))
    said = again.wait_for("The analysis ended early (exit status 1)")
    assert f"There are no audio files in {empty}." in said
    assert "password: " not in said
    assert again.get("/") == 200, "what is there is served all the same"
    again.wait_for_jobs({"done"})  # the worker went on with what it had been stopped in
    children = again.children()
    again.process.kill()  # nobody is left to stop the others
    again.process.wait()
    assert_ended(children)


def test_a_network_is_asked_for_a_login_and_a_dead_child_ends_all(served_home: Path) -> None:
    server = Server(served_home, "--host", "0.0.0.0")
    server.wait_for("Music Explore is at")
    assert server.get("/api/v1/library/") == 401
    assert server.get("/healthz") == 200
    children = server.children()
    worker = next(child for child in children if "qcluster" in child.cmdline())

    worker.kill()

    said = server.wait_for("The worker ended by itself (signal SIGKILL)")
    assert "Traceback" not in said
    assert server.process.wait(30) == 1
    assert_ended(children)


def test_a_taken_port_is_said_in_a_line() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ServingError, match=f"make run PORT={port + 1}"):
            check_port("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_said_in_a_line() -> None:
    with pytest.raises(ServingError, match="Choose another HOST"):
        check_port("192.0.2.1", 8000)


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)],
)
def test_only_the_machine_itself_is_served_without_login(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("host", "names", "wanted", "expected"),
    [
        ("127.0.0.1", ["localhost", "[::1]"], "", "true"),
        ("127.0.0.1", ["localhost"], "false", "false"),
        ("127.0.0.1", ["localhost", "music.example.org"], "", None),  # behind a proxy
        ("0.0.0.0", ["localhost"], "", None),
    ],
)
def test_work_needs_no_login_where_the_machine_alone_is_served(
    settings, monkeypatch, host, names, wanted, expected
) -> None:
    settings.ALLOWED_HOSTS = names
    monkeypatch.setenv("WORK_WITHOUT_LOGIN", wanted)
    assert Site(host, 8000)._environment().get("WORK_WITHOUT_LOGIN") == expected


def test_a_network_may_use_any_name_of_the_machine() -> None:
    names = own_names()
    assert {"localhost", "127.0.0.1", socket.gethostname()} <= names
