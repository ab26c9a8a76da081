"""Parts of files: what a Range header means, byte by byte."""

import json
from pathlib import Path

import pytest
from django.test import RequestFactory

from explorer.ranges import PART_BYTES, ByteRange, UnsatisfiableRange, file_response, parse_range

SIZE = 3 * PART_BYTES


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-1", (0, 2)),
        ("bytes=10-19", (10, 20)),
        ("BYTES = 10 - 19", (10, 20)),
        (f"bytes=0-{SIZE - 2}", (0, SIZE - 1)),  # an end before the file's is kept to
        ("bytes=0-", (0, PART_BYTES)),  # the rest is answered in parts
        (f"bytes=10-{SIZE - 1}", (10, 10 + PART_BYTES)),
        (f"bytes=10-{SIZE * 9}", (10, 10 + PART_BYTES)),
        (f"bytes={SIZE - 5}-", (SIZE - 5, SIZE)),
        ("bytes=-5", (SIZE - 5, SIZE)),
        (f"bytes=-{SIZE * 9}", (0, SIZE)),
    ],
)
def test_single_ranges(header, expected):
    assert parse_range(header, SIZE) == ByteRange(*expected)


@pytest.mark.parametrize(
    "header",
    ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "items=0-5", "bytes=0-1,4-5",
     "bytes=--5", "bytes=1.5-3", "bytes=٣-٥", f"bytes={'9' * 40}-"],
)  # fmt: skip
def test_what_may_be_ignored_means_the_whole(header):
    assert parse_range(header, SIZE) is None


@pytest.mark.parametrize("header", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", "bytes=-0"])
def test_ranges_beyond_the_end(header):
    with pytest.raises(UnsatisfiableRange):
        parse_range(header, SIZE)


def test_nothing_of_an_empty_file_can_be_had():
    with pytest.raises(UnsatisfiableRange):
        parse_range("bytes=0-", 0)


@pytest.fixture
def ask(db, tmp_path: Path):  # closing a response looks after database connections
    """The response for a file of 1000 different bytes, and its content."""
    path = tmp_path / "file"
    path.write_bytes(bytes(index % 251 for index in range(1000)))

    def answer(method: str = "GET", **headers: str):
        request = RequestFactory().generic(
            method, "/", headers={key.replace("_", "-"): text for key, text in headers.items()}
        )
        response = file_response(
            request,
            lambda: path.open("rb"),
            content_type="audio/mpeg",
            etag='"one"',
            modified=1_000_000_000.7,
            cache_control="no-cache",
        )
        content = response.getvalue()
        response.close()
        return response, content

    answer.bytes = path.read_bytes()
    return answer


def test_whole_file(ask):
    response, content = ask()
    assert (response.status_code, content) == (200, ask.bytes)
    assert response["Content-Length"] == "1000"
    assert response["Content-Type"] == "audio/mpeg"
    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == '"one"'
    assert response["Last-Modified"] == "Sun, 09 Sep 2001 01:46:40 GMT"


def test_part(ask):
    response, content = ask(Range="bytes=100-299")
    assert (response.status_code, content) == (206, ask.bytes[100:300])
    assert response["Content-Range"] == "bytes 100-299/1000"
    assert response["Content-Length"] == "200"
    assert response["Content-Type"] == "audio/mpeg"


def test_beyond_the_end_says_how_long_the_file_is(ask):
    response, content = ask(Range="bytes=1000-")
    error = json.loads(content)
    assert (response.status_code, error["code"]) == (416, "range_not_satisfiable")
    assert response["Content-Type"] == "application/problem+json"
    assert response["Content-Range"] == "bytes */1000"


def test_several_ranges_at_once_get_the_whole(ask):
    response, content = ask(Range="bytes=0-1,5-9")
    assert (response.status_code, content) == (200, ask.bytes)


def test_head_ignores_ranges(ask):
    response, _ = ask("HEAD", Range="bytes=0-9")
    assert (response.status_code, response["Content-Length"]) == (200, "1000")


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ('"one"', 206),
        ('"two"', 200),
        ('W/"one"', 200),
        ("Sun, 09 Sep 2001 01:46:40 GMT", 206),
        ("Sun, 09 Sep 2001 01:46:41 GMT", 200),
        ("Sun, 09 Sep 2001 01:46:39 GMT", 200),
        ("nonsense", 200),
    ],
)
def test_if_range(ask, condition, status):
    response, content = ask(Range="bytes=0-9", If_Range=condition)
    assert response.status_code == status
    assert content == (ask.bytes[:10] if status == 206 else ask.bytes)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_None_Match": '"one"'}, 304),
        ({"If_None_Match": '"two"'}, 200),
        ({"If_Modified_Since": "Sun, 09 Sep 2001 01:46:40 GMT"}, 304),
        ({"If_Modified_Since": "Sun, 09 Sep 2001 01:46:39 GMT"}, 200),
        ({"If_Match": '"two"'}, 412),
    ],
)
def test_conditions(ask, headers, status):
    response, content = ask(**headers)
    assert response.status_code == status
    if status == 412:
        assert json.loads(content)["code"] == "precondition_failed"
    else:
        assert content == (ask.bytes if status == 200 else b"")
    assert response["ETag"] == '"one"'
