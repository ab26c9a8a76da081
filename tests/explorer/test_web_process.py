"""The web process: light, never blocked by players, and described by its own schema."""

import io
import os
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from explorer.api.chapters import chapter_of
from explorer.serving import THREADS
from tests.explorer.server import environment
from tests.tracks.sounds import write_wav
from tracks.models import Track

HEAVY = ["essentia", "openvino", "umap", "sklearn", "openTSNE", "numba", "scipy", "tensorboard"]
# What others use where it happens to be there, as in an environment for development.
OPTIONAL = [
    *("cloudpickle", "markdown", "pygments", "setuptools"),
    *("requests", "certifi", "charset-normalizer", "idna"),  # REST framework, for its test client
]
PLAYERS = 20
PIN = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
ROOT = Path(__file__).resolve().parents[2]
WEB_PACKAGES = dict(PIN.findall((ROOT / "requirements-web.txt").read_text()))


def test_the_web_image_has_the_same_packages_as_the_others():
    everything = dict(PIN.findall((ROOT / "requirements.txt").read_text()))
    assert WEB_PACKAGES.items() <= everything.items()
    assert not {"essentia", "openvino", "umap-learn", "scikit-learn"} & WEB_PACKAGES.keys()


def test_schema_is_complete():
    call_command("spectacular", validate=True, fail_on_warn=True, file=os.devnull)


def test_every_address_of_the_api_is_described():
    text = (django_settings.BASE_DIR / "docs" / "rest.md").read_text()
    generated = SchemaGenerator().get_schema(request=None, public=True)
    for address in generated["paths"]:
        name = re.sub(r"{(\w+)}", r"<\1>", address.removeprefix("/api/v1/"))
        if name.startswith(("artists/", "albums/", "tags/")):
            name = name.removesuffix("<id>/")
        assert f"{name}?" in text or f"{name}`" in text, address


BY_SOUND = re.compile(
    r"similar/|blend/|by-words/|paths/|words/tags/|queries/|duplicates/|listening/|sections/|previews/"
)


def test_searches_by_sound_are_described_with_examples():
    generated = SchemaGenerator().get_schema(request=None, public=True)
    lacking = []
    for address, operations in generated["paths"].items():
        for method, operation in operations.items():
            for code, response in operation["responses"].items():
                content = response.get("content", {}).get("application/json")
                wanted = BY_SOUND.search(address) and code.startswith("2") and content
                if wanted and not content.get("examples"):
                    lacking.append(f"{method} {address} {code}")
    assert lacking == []


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
        f"/api/v1/tracks/{track.pk}/similar/?layer=toy-net-embeddings&by=stretches&why=true",
        f"/api/v1/artists/{track.artists.get().pk}/similar/?layer=toy-net-embeddings&why=true",
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
from importlib.metadata import packages_distributions
from_packages = packages_distributions()
loaded = {{name.partition(".")[0] for name in sys.modules}}
used = {{each.lower().replace("_", "-") for name in loaded for each in from_packages.get(name, ())}}
print(sorted(used - {{*{OPTIONAL!r}, *{[*WEB_PACKAGES]!r}}}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(settings),
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    fine = [str([200] * len(addresses)), "[]", "[]"]
    assert done.stdout.splitlines() == fine, done.stderr


@pytest.fixture
def long_track(settings) -> tuple[Track, Path]:
    """Five minutes of music: 26 MB."""
    file = write_wav(Path(settings.AUDIO_DIR) / "long.wav", seconds=300, rate=44100)
    return Track.objects.create(path="long.wav", path_bytes=b"long.wav", codec="pcm_s16le"), file


# As players ask first, and as Chromium asks then.
@pytest.mark.parametrize("wanted", ["0-", "0-{last}"])
def test_twenty_paused_players_block_nothing(server, long_track, wanted):
    """More players than threads ask for the rest of a long file, and read nothing of it."""
    assert PLAYERS > THREADS
    track, file = long_track
    content = file.read_bytes()
    wanted = wanted.format(last=len(content) - 1)
    players = []
    try:
        players = [server.ask(f"/tracks/{track.pk}/audio", wanted) for _ in range(PLAYERS)]
        time.sleep(1)  # by now each has been answered, and paused
        assert server.get("/healthz") == b"ok\n"  # or its time is over
        part = read_response(players[-1])
        assert part == content[: len(part)]
        assert len(part) > 100_000
    finally:
        for player in players:
            player.close()


def test_points_and_clips_take_little_memory(server, library, long_track):
    """One person looks through maps, then sweeps over dots: six requests at once."""
    tracks = [library.add_track(number, segments=0) for number in range(20)]
    numbers = np.random.default_rng(0)
    projection = library.add_projection(
        {track.pk: numbers.standard_normal((1000, 10)) for track in tracks}
    )
    for x in range(5):
        assert server.get(f"/api/v1/projections/{projection.pk}/points/?x={x}&y=9")
    track, _ = long_track
    clips = [f"/tracks/{track.pk}/clip?start={start}&end={start + 3}" for start in range(0, 250, 5)]
    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(server.get, clips))
    assert server.memory() < 250e6  # it takes 175 MB


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


def test_every_end_point_has_a_heading_and_says_what_it_does():
    generated = SchemaGenerator().get_schema(request=None, public=True)
    headings = [tag["name"] for tag in generated["tags"]]
    operations = [
        (address, operation)
        for address, methods in generated["paths"].items()
        for operation in methods.values()
    ]
    assert {operation["tags"][0] for _, operation in operations} == set(headings)
    assert [address for address, operation in operations if not operation["description"]] == []


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("tracks/{id}/", "Library"),
        ("tracks/{id}/segments/", "Library"),
        ("tracks/{id}/similar/", "Search by sound"),
        ("tracks/{id}/sections.cue", "Search by sound"),
        ("tracks/by-words/", "Search by words"),
        ("layers/{name}/words/", "Search by words"),
        ("layers/{name}/points/", "Networks and maps"),
        ("queries/{token}/segments/similar/", "Search by a file"),
    ],
)
def test_what_is_asked_by_sound_stands_apart(address, heading):
    assert chapter_of(address) == heading
