"""The whole site as one command: the web server, the worker for jobs, and a library's processing.

Each runs as a child process in a session of its own, so that Ctrl-C reaches this one alone, which
then stops them in order. Should it be killed itself, the kernel tells them to stop.
"""

import ctypes
import errno
import ipaddress
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Literal

import psutil
from django.conf import settings
from django.db import DatabaseError, connection

from embeddings import jobs
from embeddings.file_queries import sweeping

logger = logging.getLogger(__name__)

THREADS = 16  # each browser holds up to six connections; answers are short
STOP_SECONDS = 10
START_SECONDS = 60
PR_SET_PDEATHSIG = 1

Say = Callable[[str], object]
Part = Literal["web", "worker"]


class ServingError(Exception):
    """The site cannot be served; `str()` is one line: the cause and the remedy."""


class _Stopped(Exception):
    """Somebody asked for the end: Ctrl-C, or the signal TERM."""


@dataclass
class Site:
    """What is served where; `process` is a folder to analyse meanwhile.

    With `only`, one of the two: several machines or containers share the work.
    """

    host: str
    port: int
    process: Path | None = None
    only: Part | None = None
    say: Say = print
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)

    def serve(self) -> None:
        """Serve until Ctrl-C or TERM. Raises `ServingError` where a child ends by itself."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        try:
            if self.only != "web":
                jobs.resume()
                sweeping.sweep()
                sweeping.schedule()
                self._start("worker", "manage.py", "qcluster")
            if self.only != "worker":
                self._start("web server", "gunicorn", *gunicorn_options(self.host, self.port))
                self._wait_until_itanswers()
                self.say(f"Music Explore is at {self.address} (Ctrl-C stops it).")
            if self.process is not None:
                self._start("processing", "manage.py", "process_library", str(self.process))
            self._watch()
        except _Stopped:
            self.say("Stopping ...")
        finally:
            self._stop_children()

    @property
    def address(self) -> str:
        host = self.host
        if host in ("0.0.0.0", "::", ""):
            host = socket.gethostname()
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def _start(self, name: str, program: str, *arguments: str) -> None:
        command = [sys.executable, *(["-m"] if program == "gunicorn" else []), program, *arguments]
        self.children[name] = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=os.environ | self._environment(),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )

    def _environment(self) -> dict[str, str]:
        environment = {"AUDIO_DIR": settings.AUDIO_DIR}
        if is_loopback(self.host):
            # By other names it is served to others, through a proxy: that is not for us to open.
            if all(is_loopback(name.strip("[]")) for name in settings.ALLOWED_HOSTS):
                wanted = os.environ.get("WORK_WITHOUT_LOGIN") or "true"
                environment["WORK_WITHOUT_LOGIN"] = wanted
        else:
            environment["LOGIN_REQUIRED"] = "true"
            names = {self.host, *own_names()}
            environment["ALLOWED_HOSTS"] = os.environ.get("ALLOWED_HOSTS") or ",".join(names)
        return environment

    def _wait_until_itanswers(self) -> None:
        # Asked by its own name: an address of all interfaces is none that a request can have.
        host = "127.0.0.1" if self.host in ("0.0.0.0", "") else self.host
        host = "[::1]" if host == "::" else f"[{host}]" if ":" in host else host
        deadline = time.monotonic() + START_SECONDS
        while not answers(f"http://{host}:{self.port}/healthz"):
            self._check_children()
            if time.monotonic() > deadline:
                raise ServingError(
                    f"The web server did not answer within {START_SECONDS} s; its messages are "
                    "above. LOG_LEVEL=DEBUG shows more."
                )
            time.sleep(0.1)

    def _watch(self) -> None:
        swept = time.monotonic()
        while True:
            self._check_children()
            # The worker does it too, once it is through with what it is at: perhaps in hours.
            if time.monotonic() - swept > sweeping.EVERY_MINUTES * 60:
                swept = time.monotonic()
                _sweep()
            time.sleep(0.5)

    def _check_children(self) -> None:
        for name, child in self.children.items():
            status = child.poll()
            if status is None or name in self.finished:
                continue
            self.finished.add(name)
            if name != "processing":
                raise ServingError(
                    f"The {name} ended by itself ({_reason(status)}); its messages are above. "
                    "Everything has been stopped: start it again."
                )
            self.say(
                "Everything is analysed."
                if status == 0
                else f"The analysis ended early ({_reason(status)}); its messages are above. "
                "What is finished is kept, and the same command continues."
            )

    def _stop_children(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # one Ctrl-C is enough
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for child in self.children.values():
            child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
            with suppress(ProcessLookupError):  # it and all that it started have ended in time
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _sweep() -> None:
    """Removes what somebody gave for an hour; a database that does not answer ends nothing."""
    try:
        sweeping.sweep()
    except DatabaseError:
        logger.exception("Expired files were not removed")
    finally:
        connection.close()  # none is held for the minutes until the next time


def gunicorn_options(host: str, port: int) -> list[str]:
    """Arguments of gunicorn for serving the site at this address."""
    host = f"[{host}]" if ":" in host else host
    return [
        "musicexplore.wsgi", "--bind", f"{host}:{port}", "--worker-class", "gthread",
        "--threads", str(THREADS), "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip


def check_port(host: str, port: int) -> None:
    """Raise `ServingError` where that address cannot be listened on."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ServingError(
                f"Port {port} of {host} is taken by another program, perhaps by another Music "
                f"Explore. Stop that, or choose another port: make run PORT={port + 1}"
            ) from error
        raise ServingError(
            f"Port {port} of {host} cannot be used: {error.strerror}. Choose another HOST or PORT."
        ) from error


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what is served at `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def own_names() -> set[str]:
    """Every name and address by which a home network may know this machine."""
    name = socket.gethostname()
    names = {"localhost", name, f"{name}.local", f"{name}.lan", f"{name}.home"}
    for addresses in psutil.net_if_addrs().values():
        for entry in addresses:
            if entry.family == socket.AF_INET:
                names.add(entry.address)
            elif entry.family == socket.AF_INET6:
                names.add(f"[{entry.address.partition('%')[0]}]")
    return names


def answers(url: str) -> bool:
    """Whether a server of this machine answers there that all is well."""
    try:
        # Past any proxy of the environment: this is our own machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


def end_with_parent() -> None:
    """For `preexec_fn`: the kernel tells the child to end once its parent has."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stopped


def _reason(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
