"""A whole small library, from a folder of files to maps and an index, with one real network."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from embeddings import processing
from embeddings.models import EmbeddingModel, Extraction, Job, Layer, Projection
from embeddings.processing import Processing
from musicexplore.progress import Progress
from tests.embeddings.bad_files import noise, write_wav
from tracks.models import Track

pytestmark = pytest.mark.django_db


@pytest.fixture
def music(
    tmp_path: Path, settings: Any, weights: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Two batches of tracks; one network and one of its layers are switched on."""
    settings.AUDIO_DIR = str(tmp_path)
    monkeypatch.setattr(processing, "FIRST_BATCH", 2)
    EmbeddingModel.objects.exclude(name="mtt-vgg").update(enabled=False)
    Layer.objects.exclude(name="mtt-vgg-embeddings").update(enabled=False)
    for number in range(3):
        write_wav(tmp_path / f"{number}.wav", noise(4, seed=number))
    return tmp_path


def test_a_map_appears_early_and_another_run_finds_everything_done(music: Path) -> None:
    said: list[str] = []
    maps_then: list[int] = []

    class Watching(Progress):
        def start(self, total: float, unit: str) -> None:
            if unit == "seconds of audio":
                maps_then.append(Projection.objects.filter(state="done").count())

    def run() -> None:
        said.clear()
        Processing(None, say=said.append, listen=lambda title: Watching()).run()

    run()
    assert maps_then == [0, 2]  # the second batch of tracks began when there were maps of the first
    assert Track.objects.count() == 3
    assert set(Extraction.objects.values_list("state", "model__name")) == {("done", "mtt-vgg")}
    newest = Projection.objects.filter(state="done", segments=3)
    assert set(newest.values_list("method", flat=True)) == {"pca", "std-pca", "tsne", "umap"}
    assert [line for line in said if line.startswith("Step")][-1].startswith("Step 7 of 7")
    assert said[-1] == "Layers ready for search: 1."
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}

    before = set(Projection.objects.values_list("pk", flat=True))
    run()
    assert set(Projection.objects.values_list("pk", flat=True)) == before
    assert "Maps: 0 made, 4 unchanged." in said


def test_a_folder_without_music_is_told_in_one_line(music: Path) -> None:
    (music / "empty").mkdir()
    with pytest.raises(CommandError, match=r"no audio files in .*empty"):
        call_command("process_library", str(music / "empty"))


def test_without_any_network_nothing_is_analysed_and_the_remedy_is_named(
    music: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MUSICEXPLORE_HOME = tmp_path / "home"
    monkeypatch.setenv("PIP_NO_INDEX", "1")  # as without a network
    with pytest.raises(CommandError, match="--source DIR"):
        call_command("process_library")
