"""Jamendo's API as it behaves, on this machine, with the faults that a test wants of it."""

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CLIENT_ID = "s3cr3t-cl13nt"


@dataclass
class Api:
    """A running server: what it knows, which faults come first, and what it was asked."""

    address: str = ""
    gone: set[int] = field(default_factory=set)
    faults: list[Callable[[Any], None] | None] = field(default_factory=list)  # of the next calls
    answered: Counter[tuple[str, int]] = field(default_factory=Counter)
    sizes: list[int] = field(default_factory=list)  # numbers of each call
    times: list[float] = field(default_factory=list)  # of each call


def status(code: int, **headers: str) -> Callable[[Any], None]:
    """The fault of answering with an HTTP status alone."""

    def answer(handler: Any) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def refusal(code: int, message: str = "") -> Callable[[Any], None]:
    """The fault of a code in the header of a good HTTP answer."""
    headers = {"status": "failed", "code": code, "error_message": message, "results_count": 0}
    return lambda handler: send(handler, {"headers": headers, "results": []})


def no_json(handler: Any) -> None:
    send_bytes(handler, b"<html>Down for maintenance</html>")


def broken_off(handler: Any) -> None:
    """Half an answer, then the connection is gone."""
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"headers": ')
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def hung_up(handler: Any) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def silent(handler: Any) -> None:
    """Nothing, for longer than a test's client waits."""
    time.sleep(1)


def some_lacking(handler: Any) -> None:
    """Fewer results than the header counts."""
    send(handler, {"headers": {"status": "success", "code": 0, "results_count": 3}, "results": []})


def send(handler: Any, answer: dict[str, Any]) -> None:
    send_bytes(handler, json.dumps(answer).encode())


def send_bytes(handler: Any, body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def described(kind: str, number: int) -> dict[str, str]:
    common = {"id": str(number), "name": f"{kind[:-1].title()} &amp; {number}"}
    if kind == "albums":
        return {**common, "releasedate": f"20{number % 30:02}-05-01"}
    if kind == "tracks":
        return {**common, "license_ccurl": "http://creativecommons.org/licenses/by/3.0/"}
    return common


@contextmanager
def serving() -> Iterator[Api]:
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            api.times.append(time.monotonic())
            fault = api.faults.pop(0) if api.faults else None
            if fault:
                fault(self)
                return
            url = urlsplit(self.path)
            query = parse_qs(url.query)
            kind = url.path.strip("/").split("/")[-1]
            if query.get("client_id") != [CLIENT_ID]:
                refusal(5, f"Your credential is not authorized: {query}")(self)
                return
            numbers = [int(number) for number in query["id[]"]]
            limit = int(query.get("limit", ["10"])[0])
            results = [described(kind, n) for n in numbers if n not in api.gone][:limit]
            headers = {"status": "success", "code": 0, "error_message": ""}
            headers["results_count"] = len(results)  # type: ignore[assignment]
            api.sizes.append(len(numbers))
            api.answered.update((kind, number) for number in numbers)
            send(self, {"headers": headers, "results": results})

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass  # clients that were killed, connections that we broke

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    api.address = f"http://127.0.0.1:{server.server_port}/v3.0"
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
