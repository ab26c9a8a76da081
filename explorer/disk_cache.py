"""A folder of files that can be made again, kept below a size by forgetting the least used."""

import io
import logging
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

logger = logging.getLogger(__name__)


class DiskCache:
    """Files by name below MUSICEXPLORE_HOME/cache/<folder>, at most `max_bytes` in all.

    Files are written aside and renamed, so that readers (in any process) see whole files only. In
    one process a file is made once, however many threads ask; two processes may both make it,
    which does no harm.
    """

    def __init__(self, folder: str, *, max_bytes: int) -> None:
        self._name = folder
        self._max_bytes = max_bytes
        self._making: dict[str, tuple[threading.Lock, int]] = {}
        self._guard = threading.Lock()

    @property
    def folder(self) -> Path:
        return Path(settings.MUSICEXPLORE_HOME) / "cache" / self._name

    def get_or_make(self, name: str, make: Callable[[], bytes]) -> BinaryIO:
        """The file opened for reading, made where it is not there; the caller closes it.

        `name` is a file name that this program composed, never one from a request.
        """
        found = self.find(name)
        if found is not None:
            return found
        with self._alone(name):
            found = self.find(name)  # made while this thread waited
            if found is not None:
                return found
            content = make()
            try:
                self._store(name, content)
            except OSError as error:  # a full disk must not keep anybody from listening
                logger.warning("Nothing can be kept in %s: %s", self.folder, error)
            return io.BytesIO(content)

    def find(self, name: str) -> BinaryIO | None:
        """The file opened for reading where it is there; the caller closes it."""
        path = self.folder / name
        try:
            file = path.open("rb")
        except OSError:
            return None
        with suppress(OSError):
            os.utime(path)  # the time of last use is what `_forget` goes by
        return file

    def _store(self, name: str, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".new-", delete=False) as aside:
            try:
                aside.write(content)
                aside.close()
                Path(aside.name).replace(self.folder / name)
            except BaseException:
                Path(aside.name).unlink(missing_ok=True)
                raise
        self._forget()

    def _forget(self) -> None:
        """Remove the least recently used files until the rest fits; the newest always stays."""
        files = []
        for entry in os.scandir(self.folder):
            with suppress(FileNotFoundError):  # forgotten by another thread
                status = entry.stat()
                files.append((status.st_mtime_ns, status.st_size, entry.path))
        files.sort(reverse=True)
        total = 0
        for index, (_, size, path) in enumerate(files):
            total += size
            if index and total > self._max_bytes:
                Path(path).unlink(missing_ok=True)

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """One thread at a time for each name; locks live as long as somebody uses them."""
        with self._guard:
            lock, users = self._making.get(name, (threading.Lock(), 0))
            self._making[name] = (lock, users + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, users = self._making.pop(name)
                if users > 1:
                    self._making[name] = (lock, users - 1)
