"""Files that can be made again: made once, whole, and not too many."""

import os
import threading
from pathlib import Path

import pytest

from explorer.disk_cache import DiskCache


@pytest.fixture
def cache() -> DiskCache:
    return DiskCache("things", max_bytes=250)


def read(cache: DiskCache, name: str, content: bytes = b"") -> bytes:
    with cache.get_or_make(name, lambda: content) as file:
        return file.read()


def test_is_made_once_and_kept(cache, home):
    assert read(cache, "a", b"one") == b"one"
    assert read(cache, "a", b"two") == b"one"
    assert (home / "cache" / "things" / "a").read_bytes() == b"one"


def test_the_least_recently_used_is_forgotten(cache):
    for age, name in enumerate(["new", "used", "old"]):
        read(cache, name, b"x" * 80)
        os.utime(cache.folder / name, (1000 - age, 1000 - age))
    read(cache, "used")  # counts from now on as the newest
    read(cache, "next", b"x" * 80)
    assert sorted(path.name for path in cache.folder.iterdir()) == ["new", "next", "used"]


def test_one_that_is_larger_than_the_limit_is_answered(cache):
    assert read(cache, "huge", b"x" * 1000) == b"x" * 1000
    read(cache, "next", b"y")
    assert [path.name for path in cache.folder.iterdir()] == ["next"]


def test_a_file_forgotten_while_it_is_read_can_be_read_to_its_end(cache):
    read(cache, "a", b"x" * 200)
    with cache.get_or_make("a", lambda: b"") as file:
        read(cache, "b", b"y" * 200)
        assert not (cache.folder / "a").exists()
        assert file.read() == b"x" * 200


def test_many_who_ask_at_once_make_it_once(cache):
    made, begin = [], threading.Barrier(8)

    def make() -> bytes:
        made.append(1)
        threading.Event().wait(0.05)
        return b"one"

    def ask() -> None:
        begin.wait()
        with cache.get_or_make("a", make) as file:
            answers.append(file.read())

    answers: list[bytes] = []
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers, len(made)) == ([b"one"] * 8, 1)


def test_a_failure_is_not_kept(cache):
    def fail() -> bytes:
        raise ValueError("cannot be made")

    with pytest.raises(ValueError, match="cannot be made"):
        cache.get_or_make("a", fail)
    assert read(cache, "a", b"one") == b"one"


def test_a_home_that_cannot_be_written_still_answers(cache, home: Path):
    home.write_text("a file where the folder should be")
    assert read(cache, "a", b"one") == b"one"
