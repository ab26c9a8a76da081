"""A sender that stops halfway holds nothing for long."""

import socket
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from explorer import uploads
from explorer.api.errors import ApiError

LENGTH = 100_000


def connected() -> tuple[Any, socket.socket]:
    """A request whose body comes through a real socket, as gunicorn reads it: whole blocks."""
    ours, theirs = socket.socketpair()

    def read(number: int) -> bytes:
        block = b""
        while len(block) < number and (part := ours.recv(number - len(block))):
            block += part
        return block

    headers = {"Content-Length": str(LENGTH)}
    return SimpleNamespace(headers=headers, META={"gunicorn.socket": ours}, read=read), theirs


def test_one_that_stops_is_ended_and_gives_its_place_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(uploads, "SLOWEST_SPEED", 1e9)
    for turn in range(6):  # more than there are places
        request, theirs = connected()
        theirs.send(b"x")
        with pytest.raises(ApiError) as refused, uploads.turn():
            uploads.receive(request, tmp_path / str(turn), most=LENGTH)
        assert refused.value.status == HTTPStatus.REQUEST_TIMEOUT


def test_one_that_ends_early_is_told(tmp_path: Path) -> None:
    request, theirs = connected()
    theirs.send(b"x" * 1000)
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(ApiError) as refused:
        uploads.receive(request, tmp_path / "a", most=LENGTH)
    assert refused.value.status == HTTPStatus.BAD_REQUEST


def test_one_that_sends_all_is_kept(tmp_path: Path) -> None:
    request, theirs = connected()
    theirs.sendall(b"x" * LENGTH)
    uploads.receive(request, tmp_path / "a", most=LENGTH)
    assert (tmp_path / "a").read_bytes() == b"x" * LENGTH
