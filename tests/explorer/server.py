"""A web server in a process of its own, as `serve` runs it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psutil
from django.conf import settings as django_settings
from django.db import connection

from explorer.serving import gunicorn_options


def environment(settings) -> dict[str, str]:
    """This test's database and folders, for a process of its own."""
    database = connection.get_connection_params()
    address = "postgresql://{user}@/{dbname}?host={host}".format_map(database)
    return os.environ | {
        "DATABASE_URL": address,
        "MUSICEXPLORE_HOME": str(settings.MUSICEXPLORE_HOME),
        "AUDIO_DIR": settings.AUDIO_DIR,
        "SECRET_KEY": str(settings.SECRET_KEY),
        "DJANGO_SETTINGS_MODULE": "musicexplore.settings",
    }


@dataclass
class Server:
    """A web server that runs as `serve` runs it."""

    process: subprocess.Popen[bytes]
    port: int

    def get(self, address: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{address}", timeout=10) as answer:
            return answer.read()

    def ask(self, address: str, wanted: str) -> socket.socket:
        """A player that has asked for a range, and read nothing of the answer."""
        player = socket.create_connection(("127.0.0.1", self.port))
        head = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes={wanted}\r\n\r\n"
        player.sendall(head.encode())
        return player

    def memory(self) -> int:
        """Bytes that the processes which answer hold."""
        workers = psutil.Process(self.process.pid).children()
        assert workers
        return sum(worker.memory_info().rss for worker in workers)


@contextmanager
def running(settings) -> Iterator[Server]:
    """A server of this test's database and folders."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *gunicorn_options("127.0.0.1", port)],
        env=environment(settings),
        cwd=django_settings.BASE_DIR,
    )
    server = Server(process, port)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                server.get("/healthz")
                break
            except OSError:
                assert time.monotonic() < deadline and process.poll() is None
                time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait(20)
