"""Search by a file, as the site is served: is what was cut from a track found again, and how soon?

The library at hand is asked, and stays as it is: the files are forgotten again.
"""

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from embeddings.audio.decode import decode
from embeddings.benchmarks.audio import write_mp3
from embeddings.benchmarks.common import BenchmarkError, processor
from embeddings.models import Layer, TrackAverage
from explorer.benchmarks.site import get_json, served
from musicexplore.progress import Progress
from tracks.files import absolute_path
from tracks.models import Track

CUT_SECONDS = 12.0
SHIFT_SECONDS = 1.3  # from where a segment of the track begins
NEAR_SECONDS = 3.0
CUT_BIT_RATE, LONG_BIT_RATE = 64_000, 192_000
LONG_SECONDS = 240.0
LONG_TIMES = 3
PATIENCE_SECONDS = 300.0
LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Try:
    right_track: bool
    right_second: bool
    seconds: float


def measure(
    *, layer: str, tries: int = 40, seed: int = 0, progress: Progress | None = None
) -> dict[str, Any]:
    """Shares of cuts whose track, and second, come first; and seconds from drop to answer.

    Raises `BenchmarkError` where there is nothing to cut from.
    """
    progress = progress or Progress()
    heard = _layer(layer)
    tracks = _tracks(heard)
    drawn = random.Random(seed)
    progress.start(tries + LONG_TIMES, "files")
    with TemporaryDirectory() as scratch, _site(Path(scratch)) as site:
        found = []
        for _ in range(tries):
            found.append(_try(site, heard, drawn.choice(tracks), drawn, Path(scratch)))
            progress.advance()
        long = _long_file(tracks, Path(scratch) / "long.mp3")
        seconds = []
        for _ in range(LONG_TIMES):
            seconds.append(_answer(site, heard, long)[1])
            progress.advance()
    progress.finish()
    return {
        "layer": layer,
        "tracks": len(tracks),
        "tries": tries,
        "right_track_share": _share(each.right_track for each in found),
        "right_second_share": _share(each.right_second for each in found),
        "cut_answer_seconds": round(median(each.seconds for each in found), 2),
        "long_file_seconds": LONG_SECONDS,
        "long_answer_seconds": round(median(seconds), 2),
        "long_answer_seconds_worst": round(max(seconds), 2),
        "load_average": round(os.getloadavg()[0], 1),
        "processor": processor(),
    }


def _share(rights: Iterator[bool] | Any) -> float:
    values = list(rights)
    return round(sum(values) / len(values), 4)


def _layer(name: str) -> Layer:
    layer = Layer.objects.select_related("model").filter(name=name).first()
    if layer is None:
        raise BenchmarkError(f"There is no layer {name}: choose another --layer.")
    return layer


def _tracks(layer: Layer) -> list[Track]:
    """Those that a cut fits into, of which the layer has vectors."""
    known = TrackAverage.objects.filter(layer=layer).values("track")
    tracks = Track.objects.filter(
        pk__in=known,
        state=Track.State.PRESENT,
        duration__gt=CUT_SECONDS + SHIFT_SECONDS + layer.hop_seconds,
    ).order_by("pk")
    if not tracks:
        raise BenchmarkError("There are no tracks to cut from: make demo brings some.")
    return list(tracks)


def _site(scratch: Path) -> Any:
    limit = {"FILE_QUERIES_PER_HOUR": "100000"}
    address = os.environ.get("DATABASE_URL", "")
    return served(address, settings.MUSICEXPLORE_HOME, log=scratch / "serve.log", also=limit)


def _try(site: str, layer: Layer, track: Track, drawn: random.Random, scratch: Path) -> Try:
    samples, rate = _samples(track)
    seconds = samples.shape[1] / rate
    last = int((seconds - CUT_SECONDS - SHIFT_SECONDS) / layer.hop_seconds)
    begin = drawn.randint(0, max(last, 0)) * layer.hop_seconds + SHIFT_SECONDS
    first, end = round(begin * rate), round((begin + CUT_SECONDS) * rate)
    path = scratch / "cut.mp3"
    write_mp3(path, samples[:, first:end], rate, bit_rate=CUT_BIT_RATE)
    best, taken = _answer(site, layer, path)
    right = best is not None and best["track"]["id"] == track.pk
    off = abs(best["there"]["start"] - best["here"]["start"] - begin) if best else float("inf")
    return Try(right, right and off <= NEAR_SECONDS, taken)


def _answer(site: str, layer: Layer, path: Path) -> tuple[dict[str, Any] | None, float]:
    """The first of the tracks most like a file, and how long it took from its first byte."""
    begun = time.perf_counter()
    address = f"/api/v1/queries/?model={layer.model.name}&name={quote(path.name)}"
    token = _send(site, "POST", address, path.read_bytes())["token"]
    mine = f"/api/v1/queries/{token}/"
    _until(lambda: _state(site, mine) == "done")
    results = get_json(site, f"{mine}similar/?layer={layer.name}")["results"]
    taken = time.perf_counter() - begun
    _send(site, "DELETE", mine)
    return (results[0] if results else None), taken


def _state(site: str, address: str) -> str:
    (hearing,) = get_json(site, address)["hearings"]
    if hearing["state"] in ("failed", "cancelled"):
        raise BenchmarkError(f"The file was not heard: {hearing['message']}")
    return str(hearing["state"])


def _until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        if time.monotonic() > deadline:
            raise BenchmarkError(f"The file was not heard within {PATIENCE_SECONDS:.0f} s.")
        time.sleep(LOOK_SECONDS)


def _send(site: str, method: str, address: str, body: bytes = b"") -> Any:
    with closing(HTTPConnection(site.removeprefix("http://").rstrip("/"))) as connection:
        kind = {"Content-Type": "application/octet-stream"}
        connection.request(method, address, body, kind)
        response = connection.getresponse()
        content = response.read()
    if response.status not in (202, 204):
        raise BenchmarkError(
            f"The site answered {method} with {response.status}: {content[:200]!r}"
        )
    return json.loads(content) if content else None


def _samples(track: Track) -> tuple[NDArray[np.float32], int]:
    """(channels, n) of a track, and its rate in Hz."""
    blocks = list(decode(absolute_path(track)))
    return np.concatenate([block.samples for block in blocks], axis=1), blocks[0].rate


def _long_file(tracks: list[Track], path: Path) -> Path:
    """So many seconds of the library's music, one track after the other and again."""
    samples, rate = _samples(tracks[0])
    parts, length = [samples], samples.shape[1]
    for number in range(1, 1000):
        if length >= LONG_SECONDS * rate:
            break
        more, other = _samples(tracks[number % len(tracks)])
        if other == rate and len(more) == len(samples):
            parts.append(more)
            length += more.shape[1]
    joined = np.concatenate(parts, axis=1)[:, : round(LONG_SECONDS * rate)]
    write_mp3(path, joined, rate, bit_rate=LONG_BIT_RATE)
    return path
