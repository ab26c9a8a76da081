"""Clients of the served site that ask at the same time, each over a connection that it keeps."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

from embeddings.benchmarks.common import BenchmarkError

TIMEOUT = 60


@dataclass(frozen=True)
class Asked:
    """Answers in the order of the addresses, and what they took."""

    answers: list[Any]
    seconds: list[float]  # each: from the request to the last byte
    total_seconds: float

    @property
    def per_second(self) -> float:
        return len(self.answers) / self.total_seconds


def ask(site: str, addresses: Sequence[str], *, clients: int = 1) -> Asked:
    """Ask for JSON at each address. Raises `BenchmarkError` where an answer is an error."""
    shares = [addresses[number::clients] for number in range(clients)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        parts = list(pool.map(lambda share: _ask_in_turn(site, share), shares))
    total = time.perf_counter() - begun
    pairs: list[tuple[Any, float]] = [(None, 0.0)] * len(addresses)
    for number, part in enumerate(parts):
        pairs[number::clients] = part
    return Asked([answer for answer, _ in pairs], [seconds for _, seconds in pairs], total)


def _ask_in_turn(site: str, addresses: Sequence[str]) -> list[tuple[Any, float]]:
    host = site.removeprefix("http://").rstrip("/")
    results = []
    with closing(HTTPConnection(host, timeout=TIMEOUT)) as connection:
        for address in addresses:
            start = time.perf_counter()
            try:
                connection.request("GET", address)
                response = connection.getresponse()
                body = response.read()
            except (OSError, HTTPException) as error:
                raise BenchmarkError(f"The site did not answer {address}: {error!r}") from error
            seconds = time.perf_counter() - start
            if response.status != 200:
                raise BenchmarkError(
                    f"The site answered {address} with the status {response.status}."
                )
            results.append((json.loads(body), seconds))
    return results
