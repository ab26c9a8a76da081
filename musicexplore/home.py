"""Files of MUSICEXPLORE_HOME that belong to the whole program: the secret key, what was chosen."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.functional import SimpleLazyObject

SECRET_KEY_FILE = "secret-key"
REMEMBERED_FILE = "settings.env"


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the exclusive lock of a file of ours; it ends with the process, however that ends."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_aside(path: Path, text: str, mode: int = 0o644) -> None:
    """Replace a file by one that is whole from its first moment, with exactly this mode."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)
    aside.replace(path)


def secret_key(home: Path) -> str:
    """The key that signs sessions, made once for each home and readable by its owner alone.

    A home that cannot be written gives a key for this process only; the system check says so.
    """
    file = home / SECRET_KEY_FILE
    try:
        home.mkdir(parents=True, exist_ok=True)
        with exclusive(home / f"{SECRET_KEY_FILE}.lock"):
            if not file.exists():
                write_aside(file, secrets.token_urlsafe(50), mode=0o600)
            return file.read_text(encoding="utf-8").strip()
    except OSError:
        return secrets.token_urlsafe(50)


class SecretKey(SimpleLazyObject):
    """`secret_key` when it is first used: a command that needs no library makes no home."""

    def __init__(self, home: Path) -> None:
        super().__init__(lambda: secret_key(home))

    def __bool__(self) -> bool:
        return True  # Django asks this of the setting each time it is read


def remember(home: Path, name: str, value: str) -> None:
    """Keep a setting for the next start of whatever uses this home. Raises ValueError, OSError."""
    if "\n" in value:
        raise ValueError(f"{name} may not contain a line break.")
    file = home / REMEMBERED_FILE
    home.mkdir(parents=True, exist_ok=True)
    with exclusive(home / f"{REMEMBERED_FILE}.lock"):
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        kept = [line for line in lines if not line.startswith(f"{name}=")]
        write_aside(file, "\n".join([*kept, f"{name}='{value}'"]) + "\n")
