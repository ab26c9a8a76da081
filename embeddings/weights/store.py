"""The graphs in place: `MUSICEXPLORE_HOME/models/<dataset>-<architecture>.pb`."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from embeddings.registry import MODELS
from musicexplore.wheels import sha256_of


def models_dir() -> Path:
    return settings.MUSICEXPLORE_HOME / "models"


def weights_path(name: str) -> Path:
    """Where the frozen graph of a registry model is or would be."""
    return models_dir() / f"{name}.pb"


def weights_present() -> set[str]:
    """Names of the registry's models whose weights are on this disk."""
    return {name for name in MODELS if weights_path(name).is_file()}


def weights_sha256(name: str) -> str:
    """Hash of the weights in place, empty where there are none."""
    path = weights_path(name)
    return sha256_of(path) if path.is_file() else ""


def install(path: Path, content: bytes, *, check: Callable[[Path], None]) -> None:
    """Puts `content` at `path` whole or not at all, after `check` of the file passed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        check(aside)
        aside.chmod(0o644)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
