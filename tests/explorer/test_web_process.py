"""The web process: light, never blocked by players, and described by its own schema."""

import io
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from drf_spectacular.generators import SchemaGenerator

from explorer.serving import THREADS
from tests.tracks.sounds import write_wav
from tracks.models import Track

HEAVY = ["essentia", "openvino", "umap", "sklearn", "openTSNE", "numba", "scipy", "tensorboard"]
PLAYERS = 20


def environment(settings) -> dict[str, str]:
    """This test's database and folders, for a process of its own."""
    database = connection.get_connection_params()
    address = "postgresql://{user}@/{dbname}?host={host}".format_map(database)
    return os.environ | {
        "DATABASE_URL": address,
        "MUSICEXPLORE_HOME": str(settings.MUSICEXPLORE_HOME),
        "AUDIO_DIR": settings.AUDIO_DIR,
        "DJANGO_SETTINGS_MODULE": "musicexplore.settings",
    }


def test_schema_is_complete():
    call_command("spectacular", validate=True, fail_on_warn=True, file=os.devnull)


def test_every_address_of_the_api_is_described():
    text = (django_settings.BASE_DIR / "docs" / "rest.md").read_text()
    generated = SchemaGenerator().get_schema(request=None, public=True)
    for address in generated["paths"]:
        name = address.removeprefix("/api/v1/").replace("{id}", "<id>").replace("{name}", "<name>")
        if name.startswith(("artists/", "albums/", "tags/")):
            name = name.removesuffix("<id>/")
        assert f"{name}?" in text or f"{name}`" in text, address


def test_documentation_needs_no_other_site(client, db):
    assert client.get("/api/schema/").status_code == 200
    page = client.get("/api/docs/").content.decode()
    assert "swagger" in page
    assert "https://" not in page


def test_answers_without_what_only_workers_need(transactional_db, library, settings):
    write_wav(Path(settings.AUDIO_DIR) / "1.wav", seconds=3)
    track = library.add_track(1)
    projection = library.add_projection({track.pk: np.zeros((3, 2))})
    addresses = [
        "/",
        "/admin/login/",
        "/api/schema/",
        f"/api/v1/tracks/{track.pk}/",
        f"/api/v1/projections/{projection.pk}/points/",
        "/api/v1/layers/toy-net-embeddings/points/",
        f"/tracks/{track.pk}/clip?start=0&end=1",
    ]
    code = f"""
import sys
import django
django.setup()
from django.test import Client
client = Client(headers={{"host": "localhost"}})
print([client.get(address).status_code for address in {addresses!r}])
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(settings),
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [str([200] * len(addresses)), "[]"], done.stderr


@pytest.fixture
def server(transactional_db, settings) -> Iterator[int]:
    """The port of a server that runs as `serve` runs it."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "musicexplore.wsgi", "--bind", f"127.0.0.1:{port}",
         "--worker-class", "gthread", "--threads", str(THREADS), "--log-level", "warning",
         "--no-control-socket"],
        env=environment(settings),
        cwd=django_settings.BASE_DIR,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
                break
            except OSError:
                assert time.monotonic() < deadline and process.poll() is None
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


# As players ask first, and as Chromium asks then.
@pytest.mark.parametrize("asked", ["0-", "0-{last}"])
def test_twenty_paused_players_block_nothing(server, settings, asked):
    """More players than threads ask for the rest of a long file, and read nothing of it."""
    file = write_wav(Path(settings.AUDIO_DIR) / "long.wav", seconds=300, rate=44100)  # 26 MB
    track = Track.objects.create(path="long.wav", path_bytes=b"long.wav", codec="pcm_s16le")
    request = f"GET /tracks/{track.pk}/audio HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes=0-\r\n\r\n"
    players = []
    try:
        for _ in range(PLAYERS):
            player = socket.create_connection(("127.0.0.1", server))
            player.sendall(request.encode())
            players.append(player)
        time.sleep(1)  # by now each has been answered, and paused
        begin = time.monotonic()
        with urllib.request.urlopen(f"http://127.0.0.1:{server}/healthz", timeout=10) as answer:
            assert answer.status == 200
        assert time.monotonic() - begin < 2
        part = read_response(players[-1])
        assert part == file.read_bytes()[: len(part)]
        assert len(part) > 100_000
    finally:
        for player in players:
            player.close()


def read_response(player: socket.socket) -> bytes:
    """The body of a 206 answer that the player has not read so far."""
    stream = io.BufferedReader(player.makefile("rb", buffering=0))
    assert b" 206 " in stream.readline()
    length = 0
    while (line := stream.readline()) != b"\r\n":
        name, _, value = line.decode().partition(":")
        if name.lower() == "content-length":
            length = int(value)
    return stream.read(length)
