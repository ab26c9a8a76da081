"""The official files of https://essentia.upf.edu/models/ (CC BY-NC-SA 4.0).

Their publisher gives no hashes and none are known to us, so nothing is pinned. Trust rests on
HTTPS to the publisher and on the check that the graph has the nodes of the model; the hash of
what came is recorded with the model and, from then on, with every vector made with it.
"""

import email.utils
import http.client
import os
import urllib.error
import urllib.request
from pathlib import Path

from embeddings.weights.graphs import WeightsError
from musicexplore.progress import Progress

BASE_URL = "https://essentia.upf.edu/models/"
FILES = {
    "msd-musicnn": "autotagging/msd/msd-musicnn-1.pb",
    "msd-vgg": "autotagging/msd/msd-vgg-1.pb",
    "mtt-musicnn": "autotagging/mtt/mtt-musicnn-1.pb",
    "mtt-vgg": "autotagging/mtt/mtt-vgg-1.pb",
    "audioset-vggish": "feature-extractors/vggish/audioset-vggish-3.pb",
}
TIMEOUT = 20  # seconds without a byte
ATTEMPTS = 4  # in one run; a later run continues where the last one stopped
BLOCK = 1 << 16


class EssentiaSource:
    label = "essentia"
    pinned: dict[str, str] = {}

    def __init__(self, downloads: Path, *, progress: Progress | None = None) -> None:
        self.downloads = downloads
        self.progress = progress or Progress()

    def obtain(self, name: str) -> bytes:
        url = BASE_URL + FILES[name]
        part = self.downloads / f"{name}.pb.part"
        self.downloads.mkdir(parents=True, exist_ok=True)
        problem: object = None
        for _ in range(ATTEMPTS):
            try:
                self._continue(url, part)
            except urllib.error.HTTPError as error:
                raise WeightsError(
                    f"{name}: {url} answered {error.code} {error.reason}."
                ) from error
            except (OSError, http.client.HTTPException) as error:
                problem = getattr(error, "reason", error)
                if not part.exists():  # nothing came at all: asking again at once is no use
                    break
            else:
                content = part.read_bytes()
                part.unlink()
                return content
        raise WeightsError(
            f"{name}: {url} could not be reached ({problem}). Try again later: what was "
            "downloaded is kept. Or fetch it elsewhere and use --source DIRECTORY."
        )

    def _continue(self, url: str, part: Path) -> None:
        """Downloads what is missing in `part`; its mtime is the remote file's Last-Modified.

        That date makes the server send the whole file again if it has changed in between.
        """
        request = urllib.request.Request(url)
        start = part.stat().st_size if part.exists() else 0
        if start:
            date = email.utils.formatdate(part.stat().st_mtime, usegmt=True)
            request.add_header("Range", f"bytes={start}-")
            request.add_header("If-Range", date)
        try:
            response = urllib.request.urlopen(request, timeout=TIMEOUT)
        except urllib.error.HTTPError as error:
            if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.unlink()  # longer than the remote file: not a part of it
                return self._continue(url, part)
            raise
        with response:
            return self._receive(response, part)

    def _receive(self, response: http.client.HTTPResponse, part: Path) -> None:
        resumed = response.status == http.client.PARTIAL_CONTENT
        start = part.stat().st_size if resumed else 0
        # Without its length, a file whose download broke off would pass for a whole one.
        length = response.headers["Content-Length"] or ""
        if not (length.isascii() and length.isdigit()):
            raise WeightsError(
                f"{response.url} does not say how long the file is, as if something stood between "
                "this machine and the site. Fetch it elsewhere and use --source DIRECTORY."
            )
        expected = start + int(length)
        modified = _seconds(response.headers["Last-Modified"])
        self.progress.start(expected, "bytes")
        self.progress.advance(start)
        try:
            with part.open("ab" if resumed else "wb") as file:
                while block := response.read(BLOCK):
                    file.write(block)
                    self.progress.advance(len(block))
        finally:
            self.progress.finish()
            if modified is not None:
                os.utime(part, (modified, modified))
            elif part.stat().st_size != expected:
                part.unlink()  # without a date it cannot be continued safely
        if not part.exists() or part.stat().st_size != expected:
            raise ConnectionResetError("the connection ended early")


def _seconds(date: str | None) -> float | None:
    """A header's date as seconds since 1970; None where there is none."""
    try:
        return email.utils.parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        return None
