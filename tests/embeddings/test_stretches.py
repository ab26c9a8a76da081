"""Segments that follow each other as stretches, and their ranges as text."""

import numpy as np
import pytest

from embeddings.stretches import Stretches, parse_ranges, stretches_of, whole_tracks


def rows(stretches: Stretches) -> list[tuple]:
    columns = (
        stretches.track, stretches.position, stretches.segments, stretches.start, stretches.end,
    )  # fmt: skip
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_neighbouring_segments_are_one_stretch() -> None:
    found = stretches_of(
        np.array([3, 3, 3, 7, 7]),
        np.array([0, 1, 4, 5, 6]),
        hop_seconds=2.0,
        segment_seconds=3.0,
    )
    assert rows(found) == [(3, 0, 2, 0.0, 5.0), (3, 4, 1, 8.0, 11.0), (7, 5, 2, 10.0, 15.0)]
    nothing = np.zeros(0, np.int32)
    assert rows(stretches_of(nothing, nothing, hop_seconds=1.0, segment_seconds=1.0)) == []


def test_in_the_order_of_tracks() -> None:
    found = stretches_of(
        np.array([1, 1, 2, 3]), np.array([0, 5, 1, 1]), hop_seconds=1.0, segment_seconds=1.0
    )
    ordered = found.sorted_like(np.array([3, 9, 1]))
    assert [row[:2] for row in rows(ordered)] == [(3, 1), (1, 0), (1, 5)]
    assert rows(found.sorted_like(np.zeros(0, np.int64))) == []


def test_stretches_of_a_track_in_a_row_collapse() -> None:
    found = stretches_of(
        np.array([1, 1, 2, 2]), np.array([0, 5, 1, 2]), hop_seconds=1.0, segment_seconds=1.0
    )
    assert [row[:2] for row in rows(found.collapsed())] == [(1, 0), (2, 1)]
    twice = whole_tracks([4]).take(np.array([0, 0]))
    assert len(twice.collapsed()) == 2


def test_whole_tracks_once_each() -> None:
    assert whole_tracks([5, 2, 5]).track.tolist() == [5, 2]


def test_ranges() -> None:
    assert parse_ranges("7, 0-4,9") == [(0, 4), (7, 7), (9, 9)]
    assert parse_ranges("5-6,3-4,0-9,11") == [(0, 9), (11, 11)]
    assert parse_ranges("0-1,2") == [(0, 2)]


@pytest.mark.parametrize("text", ["", "a", "1-", "-1", "4-2", "1--2", "1,,2", "²", "1" * 12, "1.5"])
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        parse_ranges(text)
