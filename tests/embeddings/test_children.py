"""Child processes of limited means: each way in which one ends, really ended so."""

import os
import signal
import time
from multiprocessing.connection import Connection

import psutil
import pytest

from embeddings.children import ChildDied, ChildLate, Limits, confine, converse

FREE = Limits(memory=256 << 20, cpu=30, wall=30.0)


def says_two_things(pipe: Connection, limits: Limits, word: str) -> None:
    confine(limits)
    pipe.send(word)
    pipe.send(word * 2)


def hangs(pipe: Connection, limits: Limits) -> None:
    confine(limits)
    pipe.send(os.getpid())
    time.sleep(60)


def spins(pipe: Connection, limits: Limits) -> None:
    confine(limits)
    while True:
        pass


def eats_memory(pipe: Connection, limits: Limits) -> None:
    confine(limits)
    try:
        bytearray(limits.memory + (64 << 20))
    except MemoryError:
        pipe.send("no more")


def kills_itself(pipe: Connection, limits: Limits) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def said(*arguments, limits: Limits = FREE) -> list:
    return [each for each in converse(*arguments, limits=limits) if each is not None]


def test_what_a_child_says() -> None:
    assert said(says_two_things, "a") == ["a", "aa"]


def test_one_that_hangs_is_killed() -> None:
    pid = 0
    with pytest.raises(ChildLate):
        for message in converse(hangs, limits=Limits(1 << 28, 30, wall=2.0)):
            pid = message or pid
    assert pid
    assert not psutil.pid_exists(pid)


def test_one_that_nobody_listens_to_any_more_is_killed() -> None:
    messages = converse(hangs, limits=FREE)
    pid = next(each for each in messages if each is not None)
    messages.close()
    assert not psutil.pid_exists(pid)


def test_one_that_spins_ends_by_its_processor_time() -> None:
    with pytest.raises(ChildDied, match="processor time"):
        said(spins, limits=Limits(1 << 28, cpu=1, wall=60.0))


def test_one_that_wants_more_memory_gets_none() -> None:
    assert said(eats_memory) == ["no more"]


def test_one_that_crashes() -> None:
    with pytest.raises(ChildDied, match=r"crashed \(Segmentation fault\)"):
        said(kills_itself)
