"""Jamendo's API, version 3: what tracks, artists and albums are called, by their numbers.

https://developer.jamendo.com/v3.0 describes it. Refusals come as HTTP 200 with a code in the
header of the answer; numbers that are gone are missing from it.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal
from urllib.request import getproxies, proxy_bypass

import tenacity
import urllib3

Kind = Literal["artists", "albums", "tracks"]

MOST_AT_ONCE = 200  # numbers a call
ATTEMPTS = 8
LONGEST_WAIT = 60.0  # seconds that we choose ourselves; the server may ask for more
LONGEST_ASKED = 3600.0  # seconds: who is sent away for longer is told so
TIMEOUT = urllib3.Timeout(connect=10, read=30)  # seconds

# Of the answer's header.
_INVALID_CLIENT, _RATE_LIMIT, _SUSPENDED = 5, 6, 11
_UNCLEAR = 1  # "generic, not well identified"
_KEPT = "What was answered is kept: the same command goes on."


class JamendoError(Exception):
    """Jamendo does not answer us; `str()` is one line: the cause and the remedy."""


class _Passing(Exception):
    """A fault that may be over when we ask again; `after` seconds, where the server says so."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class JamendoClient:
    """Asks politely: one call at a time, again after faults, later each time and never in step."""

    def __init__(
        self,
        client_id: str,
        address: str,
        *,
        pause: Callable[[float, str], None] | None = None,
    ) -> None:
        """`pause` waits for so many seconds, for the reason given. Raises `JamendoError`."""
        if not client_id:
            raise JamendoError(
                "JAMENDO_CLIENT_ID is not set. Get a client id at https://devportal.jamendo.com, "
                "set it in .env, then run the same command."
            )
        self._client_id = client_id
        self._address = address.rstrip("/")
        self._pause = pause or (lambda seconds, _reason: time.sleep(seconds))
        self._pool = _pool(self._address)

    def describe(self, kind: Kind, numbers: Sequence[int]) -> dict[int, Mapping[str, Any]]:
        """What Jamendo says of at most 200 numbers; those that are gone are missing.

        Raises `JamendoError`: at once where asking again is of no use, else after 8 attempts.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Passing),
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=_wait,
            sleep=lambda _seconds: None,  # `_before_next` waits, for it knows what for
            before_sleep=self._before_next,
            reraise=True,
        )
        try:
            results: list[Mapping[str, Any]] = retrying(self._call, kind, numbers)
        except _Passing as error:
            raise JamendoError(f"Jamendo's API failed {ATTEMPTS} times: {error}. {_KEPT}") from None
        return {int(result["id"]): result for result in results}

    def _before_next(self, state: tenacity.RetryCallState) -> None:
        reason = str(state.outcome.exception()) if state.outcome else ""
        self._pause(state.upcoming_sleep, reason)

    def _call(self, kind: Kind, numbers: Sequence[int]) -> list[Mapping[str, Any]]:
        fields = [
            ("client_id", self._client_id),
            ("format", "json"),
            ("limit", str(MOST_AT_ONCE)),
            *(("id[]", str(number)) for number in numbers),
        ]
        try:
            response = self._pool.request(
                "GET", f"{self._address}/{kind}/", fields=fields, retries=False, timeout=TIMEOUT
            )
        except urllib3.exceptions.HTTPError as error:
            # Never the error's own text: it may hold the address, and with it the client id.
            raise _Passing(_said(error)) from None
        _check_status(response)
        return self._results(response.data)

    def _results(self, body: bytes) -> list[Mapping[str, Any]]:
        try:
            answer = json.loads(body)
            header, results = answer["headers"], answer["results"]
            code = int(header["code"])
            complete = code or int(header["results_count"]) == len(results)
            _ = [int(result["id"]) for result in results]
        except (ValueError, KeyError, TypeError):
            raise _Passing("it answered something else than its JSON") from None
        if code:
            self._refuse(code, str(header.get("error_message", "")))
        if not complete:
            raise _Passing("its answer lacks some of its results")
        return results

    def _refuse(self, code: int, message: str) -> None:
        if code == _INVALID_CLIENT:
            raise JamendoError(
                "Jamendo does not know the client id in JAMENDO_CLIENT_ID. Compare it with "
                f"https://devportal.jamendo.com and set it anew. {_KEPT}"
            )
        if code == _SUSPENDED:
            raise JamendoError(
                "Jamendo has suspended the client id in JAMENDO_CLIENT_ID: see "
                f"https://devportal.jamendo.com. {_KEPT}"
            )
        if code == _RATE_LIMIT:
            raise _Passing("too many questions (code 6)")
        if code == _UNCLEAR:
            raise _Passing("an error of its own (code 1)")
        said = message.replace(self._client_id, "(client id)")
        raise JamendoError(f"Jamendo's API refuses the question (code {code}): {said[:200]}")


def _pool(address: str) -> urllib3.PoolManager:
    """Connections, through the proxy that the environment names, if any."""
    url = urllib3.util.parse_url(address)
    proxy = getproxies().get(url.scheme or "")
    if proxy and not proxy_bypass(url.host or ""):
        return urllib3.ProxyManager(proxy)
    return urllib3.PoolManager()


def _check_status(response: urllib3.BaseHTTPResponse) -> None:
    status = response.status
    if status == 200:
        return
    if status != 429 and status < 500:
        raise JamendoError(
            f"Jamendo's API answers HTTP {status}. Check JAMENDO_API_URL and any proxy. {_KEPT}"
        )
    reason = "too many questions (HTTP 429)" if status == 429 else f"HTTP {status}"
    after = _retry_after(response)
    if after is not None and after > LONGEST_ASKED:
        minutes = round(after / 60)
        raise JamendoError(f"Jamendo's API asks to come back in {minutes} minutes. {_KEPT}")
    raise _Passing(reason, after)


def _retry_after(response: urllib3.BaseHTTPResponse) -> float | None:
    """Seconds, of a number or a date; None where there is neither."""
    try:
        return urllib3.Retry().get_retry_after(response)
    except urllib3.exceptions.InvalidHeader:
        return None


def _wait(state: tenacity.RetryCallState) -> float:
    """As long as the server asks, else from nothing to twice as long each time (full jitter)."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, _Passing) and error.after is not None:
        return error.after
    return tenacity.wait_random_exponential(multiplier=1, max=LONGEST_WAIT)(state)


def _said(error: urllib3.exceptions.HTTPError) -> str:
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return "no answer in time"
    if isinstance(error, urllib3.exceptions.NameResolutionError):
        return "its name cannot be resolved"
    if isinstance(error, urllib3.exceptions.SSLError):
        return "the connection is not secure"
    return "the connection broke"
