"""The real weights, fetched once into the tests' own home."""

from pathlib import Path

import pytest
from django.conf import settings

from embeddings.weights.fetch import fetch_models
from embeddings.weights.store import weights_path


@pytest.fixture(scope="session")
def weights() -> dict[str, Path]:
    """The frozen graphs of the four MusiCNN and VGG models, by name."""
    home = settings.MUSICEXPLORE_HOME
    fetched = fetch_models(directory=home / "models", downloads=home / "downloads")
    assert not any(result.failed for result in fetched), fetched
    return {result.name: weights_path(result.name) for result in fetched}
