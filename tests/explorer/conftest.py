"""A small library with vectors and a map, made row by row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from django.utils import timezone

from embeddings.models import EmbeddingModel, Extraction, Layer, Projection, ProjectionTrack
from embeddings.storage import ensure_partition, replace_vectors
from tests.explorer.server import Server, running
from tracks.models import Album, Artist, Tag, Track, TrackArtist


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    """A home and a music folder of the test's own."""
    settings.MUSICEXPLORE_HOME = tmp_path / "home"
    settings.AUDIO_DIR = str(tmp_path / "music")
    (tmp_path / "music").mkdir()
    return settings.MUSICEXPLORE_HOME


@dataclass
class Library:
    """Networks with one taggram and one embedding layer each, tracks, and a map."""

    model: EmbeddingModel
    taggrams: Layer
    embeddings: Layer

    def add_track(self, number: int, *, segments: int = 3) -> Track:
        artist, _ = Artist.objects.get_or_create(name=f"Artist {number}", key=f"a{number}")
        album, _ = Album.objects.get_or_create(
            title=f"Album {number}", key=f"l{number}", artist=artist, cover="c.jpg"
        )
        track = Track.objects.create(
            title=f"Title {number}",
            path=f"{number}.wav",
            path_bytes=f"{number}.wav".encode(),
            album=album,
            duration=segments * 3.0,
            loudness=-20.0 + number,
            codec="pcm_s16le",
        )
        TrackArtist.objects.create(track=track, artist=artist, place=0)
        track.tags.add(Tag.objects.get_or_create(category="genre", name=f"g{number}")[0])
        if segments:
            self.add_vectors(track, segments)
        return track

    def add_vectors(self, track: Track, segments: int) -> None:
        numbers = np.random.default_rng(track.pk)
        replace_vectors(
            {
                self.taggrams: numbers.random((segments, self.taggrams.size)),
                self.embeddings: numbers.standard_normal((segments, self.embeddings.size)),
            },
            track.pk,
        )
        Extraction.objects.create(
            track=track,
            model=self.model,
            state=Extraction.State.DONE,
            segments=segments,
            finished_at=timezone.now(),
        )

    def add_projection(self, coordinates: dict[int, np.ndarray], **fields) -> Projection:
        """A finished map of {track id: (segments, dimensions)}."""
        dimensions = next(iter(coordinates.values())).shape[1]
        values = {
            "layer": self.embeddings,
            "method": "pca",
            "recipe": "r",
            "state": Projection.State.DONE,
            "finished_at": timezone.now(),
            "dimensions": dimensions,
            "segments": sum(map(len, coordinates.values())),
        }
        projection = Projection.objects.create(**values | fields)
        ProjectionTrack.objects.bulk_create(
            ProjectionTrack(
                projection=projection, track_id=track, coordinates=rows.astype("<f4").tobytes()
            )
            for track, rows in coordinates.items()
        )
        return projection


def add_model(name: str, *, hop: float = 3.0, taggrams: bool = True) -> EmbeddingModel:
    """A network with an embedding layer of 4 and, on request, a taggram layer of 3 numbers."""
    dataset, architecture = name.split("-")
    model = EmbeddingModel.objects.create(
        name=name, dataset=dataset, architecture=architecture, display_name=name
    )
    shape = {"segment_seconds": hop, "hop_seconds": hop}
    keys = {"embeddings": ("embedding", 4, [])}
    if taggrams:
        keys["taggrams"] = ("taggram", 3, ["calm", "loud", "odd"])
    for key, (kind, size, tags) in keys.items():
        layer = Layer.objects.create(
            model=model, name=f"{name}-{key}", key=key, kind=kind, size=size, tags=tags, **shape
        )
        ensure_partition(layer.pk)
    return model


@pytest.fixture
def library(db) -> Library:
    # Only what a test adds: the registry's networks would be in every list.
    EmbeddingModel.objects.all().delete()
    model = add_model("toy-net")
    layers = {layer.key: layer for layer in model.layers.all()}
    return Library(model, layers["taggrams"], layers["embeddings"])


@pytest.fixture
def get(client) -> Callable:
    """GET an address of the API, with any query parameters, and expect a status."""

    def fetch(address: str, status: int = 200, **query):
        response = client.get(f"/api/v1/{address}", query)
        assert response.status_code == status, response.content
        return response

    return fetch


@pytest.fixture
def server(transactional_db, settings) -> Iterator[Server]:
    """The site of this test, served to other processes."""
    with running(settings) as started:
        yield started
