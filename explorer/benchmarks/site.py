"""The real site on a database and a home of its own, and how long it takes to answer."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from django.conf import settings

from embeddings.benchmarks.common import BenchmarkError
from explorer.serving import START_SECONDS, answers, end_with_parent
from musicexplore.signals import uninterrupted

HOST = "127.0.0.1"
STOP_SECONDS = 30
# What a person has set would change what is measured.
UNSET = (
    "ALLOWED_HOSTS", "ANONYMOUS_MODELS", "AUDIO_DIR", "DEBUG", "LOGIN_REQUIRED", "LOG_LEVEL",
    "REDIS_URL",
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    seconds: float  # from the request to the last byte
    body: bytes  # as it was sent, compressed


@contextmanager
def served(
    database: str, home: Path, *, log: Path | None = None, also: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Run `serve` as a person does, in `home`; the address of the site. Raises `BenchmarkError`.

    With `also` other settings; what it says goes to `log`, in the home if nothing else is given.
    """
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    ours = {"DATABASE_URL": database, "MUSICEXPLORE_HOME": str(home), **(also or {})}
    log = log or home / "serve.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--host", HOST, "--port", str(port)],
            cwd=settings.BASE_DIR,
            env=os.environ | dict.fromkeys(UNSET, "") | ours,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for this process, which then stops it
            preexec_fn=end_with_parent,
        )
    try:
        site = f"http://{HOST}:{port}/"
        _wait_for(site, process, log)
        yield site
    finally:
        with uninterrupted():
            _stop(process)


def get(site: str, address: str) -> Answer:
    """Ask as a browser does. Raises `BenchmarkError` where the answer is an error."""
    host = site.removeprefix("http://").rstrip("/")
    with closing(HTTPConnection(host)) as connection:
        start = time.perf_counter()
        connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        body = response.read()
        seconds = time.perf_counter() - start
    if response.status != 200:
        raise BenchmarkError(f"The site answered {address} with the status {response.status}.")
    return Answer(seconds, body)


def get_json(site: str, address: str) -> Any:
    return json.loads(get(site, address).body)


def _wait_for(site: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(f"{site}healthz"):
        if process.poll() is not None or time.monotonic() > deadline:
            last = (log.read_text().strip().splitlines() or ["no message"])[-1]
            raise BenchmarkError(f"The site did not start: {last}")
        time.sleep(0.1)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
