"""Annoy, whose index the original application asks, on the same vectors.

It has to be compiled, so it may be missing: `make reference` installs it where that works.
"""

import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.benchmarks.common import PROJECT

TREES = 16
SEED = 1
# Beside the reference, see the Makefile.
DIRECTORY = PROJECT / ".venv" / "annoy"
MISSING = (
    "Annoy is not installed, so nothing is compared with it: run make annoy, which takes a "
    "compiler of C++."
)


@dataclass(frozen=True)
class AnnoyRun:
    build_seconds: float
    seconds: list[float]  # of each query
    found: list[list[int]]  # rows, nearest first


def annoy_problem() -> str:
    """Why nothing can be compared with Annoy and what to do; empty where it can."""
    if DIRECTORY.is_dir() and str(DIRECTORY) not in sys.path:
        sys.path.append(str(DIRECTORY))
    return "" if find_spec("annoy") else MISSING


def ask_annoy(unit: NDArray[np.float32], queries: NDArray[np.int64], *, count: int) -> AnnoyRun:
    """Index unit vectors (n, size) and ask for the `count` nearest others of some rows."""
    from annoy import AnnoyIndex

    index: Any = AnnoyIndex(unit.shape[1], "angular")
    index.set_seed(SEED)
    begun = time.perf_counter()
    for row, vector in enumerate(unit):
        index.add_item(row, vector)
    index.build(TREES)
    build_seconds = time.perf_counter() - begun
    seconds, found = [], []
    for row in queries.tolist():
        begun = time.perf_counter()
        rows = index.get_nns_by_vector(unit[row], count + 1)
        seconds.append(time.perf_counter() - begun)
        found.append([other for other in rows if other != row][:count])
    return AnnoyRun(build_seconds, seconds, found)
