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


@pytest.fixture
def request_of(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A request whose body comes through a real socket, as gunicorn reads it: whole blocks."""
    ours, theirs = socket.socketpair()

    def read(number: int) -> bytes:
        block = b""
        while len(block) < number and (part := ours.recv(number - len(block))):
            block += part
        return block

    request = SimpleNamespace(
        headers={"Content-Length": str(LENGTH)}, META={"gunicorn.socket": ours}, read=read
    )
    yield request, theirs
    ours.close()
    theirs.close()


def test_one_that_stops_is_ended_and_gives_its_place_back(
    request_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(uploads, "SLOWEST_SPEED", 1e9)
    request, theirs = request_of
    theirs.send(b"x")
    for turn in range(6):  # more than there are places
        with pytest.raises(ApiError) as refused:
            uploads.receive(request, tmp_path / str(turn), most=LENGTH)
        assert refused.value.status == HTTPStatus.REQUEST_TIMEOUT


def test_one_that_ends_early_is_told(request_of: Any, tmp_path: Path) -> None:
    request, theirs = request_of
    theirs.send(b"x" * 1000)
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(ApiError) as refused:
        uploads.receive(request, tmp_path / "a", most=LENGTH)
    assert refused.value.status == HTTPStatus.BAD_REQUEST


def test_one_that_sends_all_is_kept(request_of: Any, tmp_path: Path) -> None:
    request, theirs = request_of
    theirs.sendall(b"x" * LENGTH)
    uploads.receive(request, tmp_path / "a", most=LENGTH)
    assert (tmp_path / "a").read_bytes() == b"x" * LENGTH
