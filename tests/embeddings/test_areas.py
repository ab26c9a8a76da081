"""Which points areas hold: against an analytic answer, a slow second route, and the page."""

import json
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from embeddings.areas import Area, inside_areas, inside_polygon

SQUARE = np.array([[0, 0], [2, 0], [2, 2], [0, 2]], np.float64)


def star(corners: int, *, wild: float = 0.4) -> np.ndarray:
    """A ragged outline that crosses itself."""
    numbers = np.random.default_rng(corners)
    angle = np.sort(numbers.uniform(0, 2 * np.pi, corners)) + numbers.normal(0, wild, corners)
    radius = 1 + numbers.uniform(-0.8, 0.8, corners)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def points(number: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.random.default_rng(seed).standard_normal((2, number)).astype(np.float32)
    return x, y


def crossings(x: float, y: float, polygon: np.ndarray) -> int:
    """How often a ray to the right meets an edge, in exact words rather than fast ones."""
    number = 0
    for (x1, y1), (x2, y2) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if min(y1, y2) <= y < max(y1, y2):
            number += x < x1 + (y - y1) / (y2 - y1) * (x2 - x1)
    return number


def test_share_of_a_circle() -> None:
    angle = np.linspace(0, 2 * np.pi, 500, endpoint=False)
    circle = 0.5 * np.column_stack([np.cos(angle), np.sin(angle)])
    x, y = np.random.default_rng(0).uniform(-0.5, 0.5, (2, 200_000)).astype(np.float32)
    assert inside_polygon(x, y, circle).mean() == pytest.approx(np.pi / 4, abs=0.004)


@pytest.mark.parametrize("corners", [3, 10, 57])
def test_even_odd_rule(corners: int) -> None:
    x, y = points(2000)
    polygon = star(corners)
    expected = [crossings(*point, polygon) % 2 == 1 for point in zip(x, y, strict=True)]
    assert 0.05 < np.mean(expected) < 0.95
    assert inside_polygon(x, y, polygon).tolist() == expected


def test_polygons_that_share_an_edge_share_no_point() -> None:
    x, y = (axis.ravel().astype(np.float32) for axis in np.meshgrid(np.arange(5), np.arange(3)))
    left, right = inside_polygon(x, y, SQUARE), inside_polygon(x, y, SQUARE + np.array([2, 0]))
    assert not (left & right).any()
    whole = SQUARE * [2, 1]
    assert ((left | right) == inside_polygon(x, y, whole)).all()
    assert (left | right).sum() == 8  # lower and left edges are inside, the others not


def test_the_order_of_areas_counts() -> None:
    x, y = np.array([0.5, 1.5, 3], np.float32), np.array([1, 1, 1], np.float32)
    add, subtract = Area(True, SQUARE), Area(False, SQUARE - np.array([1, 0]))
    assert inside_areas(x, y, [add, subtract]).tolist() == [False, True, False]
    assert inside_areas(x, y, [subtract, add]).tolist() == [True, True, True]
    assert inside_areas(x, y, [subtract]).tolist() == [False, True, True]
    assert inside_areas(x, y, []).tolist() == [True, True, True]


def test_edges_are_straight_between_logarithms() -> None:
    triangle = np.array([[1, 1], [10_000, 1], [10_000, 10_000]], np.float64)
    x, y = np.array([100, 100], np.float32), np.array([90, 110], np.float32)
    area = Area(True, triangle)
    assert inside_areas(x, y, [area], log=(True, True)).tolist() == [True, False]
    # With one logarithmic axis the diagonal passes far above: half way across is half way up.
    x, y = np.array([100, 100], np.float32), np.array([4999, 5002], np.float32)
    assert inside_areas(x, y, [area], log=(True, False)).tolist() == [True, False]
    with pytest.raises(ValueError, match="0 or below"):
        inside_areas(x, y, [Area(True, SQUARE)], log=(False, True))


def test_points_without_a_logarithm_are_at_the_low_edge() -> None:
    x, y = np.array([1, 100, 0, -1], np.float32), np.ones(4, np.float32)
    around = Area(True, SQUARE + np.array([0.5, 0]))  # 0.5 to 2.5: the edge is at 10 ** -0.1
    assert inside_areas(x, y, [around], log=(True, False)).tolist() == [True, False, True, True]
    none = np.zeros(2, np.float32)
    assert inside_areas(none, y[:2], [around], log=(True, False)).tolist() == [True, True]


@pytest.mark.parametrize("log", [(False, False), (True, False), (True, True)])
def test_the_page_selects_the_same(log: tuple[bool, bool]) -> None:
    x, y = points(5000, seed=1)
    x, y = x + np.float32(1), y + np.float32(1)  # some of them without a logarithm
    x[:50], y[:50] = np.round(x[:50]), np.round(y[:50])  # some on corners and edges
    polygon = np.vstack([[[1, 1], [2, 1], [2, 2]], 1 + star(40)])
    polygon = np.where(log, np.maximum(polygon, 0.01), polygon)
    script = """
import { markInside } from "./static/js/select/polygon.js";
import { readFileSync } from "node:fs";
const { x, y, polygon, log } = JSON.parse(readFileSync(0));
const mask = new Uint8Array(x.length);
markInside({ x: Float32Array.from(x), y: Float32Array.from(y) }, polygon, log, mask, 1);
console.log(JSON.stringify([...mask]));
"""
    told = {"x": x.tolist(), "y": y.tolist(), "polygon": polygon.tolist(), "log": log}
    answer = subprocess.run(
        [Path(settings.BASE_DIR, ".venv", "bin", "node"), "--input-type=module", "-e", script],
        input=json.dumps(told),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    mask = inside_areas(x, y, [Area(True, polygon)], log=log)
    assert 500 < mask.sum() < 4500
    assert mask.tolist() == [bool(value) for value in json.loads(answer.stdout)]


def test_a_million_points_are_quick() -> None:
    x, y = points(1_000_000)
    area = Area(True, star(300, wild=0.05))
    begin = time.process_time()
    assert inside_areas(x, y, [area]).any()
    assert time.process_time() - begin < 1
