"""`manage.py benchmark map`, small, in a real browser."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest
from django.conf import settings
from django.db import connection

from explorer.benchmarks.database import NAME
from explorer.benchmarks.map import TARGETS
from tests.e2e.conftest import ROOT, environment

SEGMENTS = 2000


def start(log: Path) -> subprocess.Popen[str]:
    """On the server of the tests' own database."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "benchmark", "map", "--segments", str(SEGMENTS), "--json"],
        cwd=ROOT,
        env=environment(settings.MUSICEXPLORE_HOME)
        | {"DATABASE_URL": os.environ.get("DATABASE_URL", "")},
        stdout=subprocess.PIPE,
        stderr=log.open("w"),
        text=True,
    )


def database_is_there() -> bool:
    # Not by Django: the browser of other tests keeps a loop of events in this thread.
    parameters = connection.get_connection_params()
    place = {k: v for k, v in parameters.items() if k in ("host", "port", "user", "password")}
    with psycopg.connect(dbname="postgres", **place) as other:
        found = other.execute("SELECT FROM pg_database WHERE datname = %s", [NAME])
        return found.rowcount == 1


def test_it_measures_all_and_leaves_nothing(browser_program: str, tmp_path: Path) -> None:
    process = start(tmp_path / "log")
    output, _ = process.communicate(timeout=900)
    assert process.returncode == 0, (tmp_path / "log").read_text()
    result = json.loads(output)
    assert result["segments"] == SEGMENTS
    assert result["renderer"] in {"webgl", "canvas"}
    assert set(result["targets"]) == set(TARGETS)
    assert all(result[name] > 0 for name in TARGETS)
    assert result["points_bytes"] < 15 * SEGMENTS
    assert not database_is_there()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_is_stopped_at_once_and_leaves_nothing(
    browser_program: str, tmp_path: Path, number: signal.Signals
) -> None:
    process = start(tmp_path / "log")
    deadline = time.monotonic() + 300
    while "opening the page" not in (tmp_path / "log").read_text():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.1)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    assert process.wait(120) == 130
    said = (tmp_path / "log").read_text()
    assert "Stopped." in said
    assert "Traceback" not in said
    _, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []
    assert not database_is_there()
