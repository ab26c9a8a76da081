"""A track as one vector: written with its segments, filled in for old ones, placed on maps."""

import numpy as np
import pytest
from django.db import transaction
from numpy.typing import NDArray

from embeddings import storage
from embeddings.averages import add_averages, average_row
from embeddings.exchange.exporting import export_layer
from embeddings.exchange.importing import import_layer
from embeddings.models import Layer, Projection, ProjectionTrack, TrackAverage
from embeddings.passages import Extremes, extremes
from embeddings.queries import (
    lacks_typical,
    layer_averages,
    projection_averages,
    projection_points,
)
from embeddings.reduction.service import reduce_all, reduce_layer
from embeddings.reduction.sources import Subset
from embeddings.storage import fill_averages, read_layer, replace_vectors
from musicexplore.progress import Progress
from tests.embeddings.factories import make_layer, store

pytestmark = pytest.mark.django_db
SIZE = 6


def vectors(number: int, segments: int = 5) -> NDArray[np.float32]:
    return np.random.default_rng(number).normal(size=(segments, SIZE)).astype(np.float32)


@pytest.fixture
def layer() -> Layer:
    layer = make_layer(SIZE)
    store(layer, {number: vectors(number, 4 + number) for number in range(5)})
    return layer


def rows(layer: Layer) -> list[tuple[int, bytes, float, int, int | None, int | None]]:
    averages = TrackAverage.objects.filter(layer=layer).order_by("track")
    return [
        (row.track_id, bytes(row.mean), row.spread, row.segments, row.typical, row.unusual)
        for row in averages
    ]


def test_averages_are_those_of_the_stored_vectors(layer: Layer) -> None:
    data = read_layer(layer)
    for track, mean, spread, segments, typical, unusual in rows(layer):
        own = data.vectors[data.track_ids == track].astype(np.float64)
        assert segments == len(own)
        np.testing.assert_allclose(np.frombuffer(mean, "<f4"), own.mean(axis=0), rtol=1e-6)
        distances = np.linalg.norm(own - own.mean(axis=0), axis=1)
        assert spread == pytest.approx(np.sqrt((distances**2).mean()))
        assert Extremes(typical, unusual) == extremes(own)


def test_averages_are_replaced_and_removed_with_the_vectors(layer: Layer) -> None:
    before = rows(layer)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        replace_vectors({layer: vectors(99)}, before[0][0])
        raise ZeroDivisionError
    assert rows(layer) == before
    store(layer, {0: vectors(99, 2)})
    assert rows(layer)[0][3] == 2
    assert rows(layer)[1:] == before[1:]
    store(layer, {0: vectors(99, 0)})
    assert rows(layer) == before[1:]


def test_old_vectors_get_their_averages_and_what_is_done_is_kept(
    layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopping(Progress):
        calls = 0

        def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
            self.calls += 1
            if self.calls == 2:
                raise KeyboardInterrupt

    expected = rows(layer)
    TrackAverage.objects.exclude(track=expected[1][0]).delete()
    monkeypatch.setattr(storage, "TRACKS_AT_ONCE", 2)
    with pytest.raises(KeyboardInterrupt):
        fill_averages(layer, Stopping())
    assert rows(layer) == expected[:3]
    assert fill_averages(layer) == 2
    assert rows(layer) == expected


def test_averages_of_an_earlier_release_get_their_extremes_and_stay_as_they_are(
    layer: Layer,
) -> None:
    expected = rows(layer)
    old = TrackAverage.objects.filter(layer=layer, track__in=[row[0] for row in expected[:3]])
    old.update(typical=None, unusual=None, spread=-1)
    assert lacks_typical(layer)
    assert layer_averages(layer).typical.tolist()[:3] == [0, 0, 0]
    assert fill_averages(layer) == 3
    assert [row[4:] for row in rows(layer)] == [row[4:] for row in expected]
    assert [row[2] for row in rows(layer)][:3] == [-1, -1, -1]
    assert not lacks_typical(layer)
    assert layer_averages(layer).typical.tolist() == [row[4] for row in expected]
    assert fill_averages(layer) == 0


def test_extremes_of_vectors_that_were_replaced_meanwhile_stay(layer: Layer) -> None:
    before = rows(layer)
    stale = average_row(layer, before[0][0], np.roll(vectors(0, 4), 1, axis=0))
    add_averages(layer, [stale])
    assert rows(layer) == before
    assert fill_averages(layer) == 0


@pytest.mark.django_db(transaction=True)
def test_an_import_brings_averages(layer: Layer, tmp_path) -> None:
    export_layer(layer, tmp_path / "layer.npz")
    imported = import_layer("mine-clap-embeddings", tmp_path / "layer.npz").layer
    assert rows(imported) == rows(layer)


def test_original_dimensions(layer: Layer) -> None:
    averages = layer_averages(layer, x=4, y=1)
    expected = rows(layer)
    means = np.array([np.frombuffer(row[1], "<f4") for row in expected])
    assert averages.track.tolist() == [row[0] for row in expected]
    np.testing.assert_array_equal(averages.x, means[:, 4])
    np.testing.assert_array_equal(averages.y, means[:, 1])
    np.testing.assert_allclose(averages.spread, [row[2] for row in expected], rtol=1e-6)
    assert averages.segments.tolist() == [4, 5, 6, 7, 8]
    with pytest.raises(ValueError, match="0 to 5, not 6"):
        layer_averages(layer, x=6)


@pytest.mark.parametrize("every", [1, 2])
@pytest.mark.parametrize("method", ["pca", "std-pca"])
def test_on_a_linear_map_the_average_is_projected(layer: Layer, method: str, every: int) -> None:
    projection = reduce_layer(layer, method, subset=Subset(every=every))
    assert_projected(layer, projection)


def assert_projected(layer: Layer, projection: Projection) -> None:
    data = read_layer(layer, every=projection.every)
    points = projection_points(projection, x=0, y=2)
    ones = np.ones((len(data), 1))
    affine = np.linalg.lstsq(
        np.hstack([data.vectors.astype(np.float64), ones]),
        np.stack([points.x, points.y], 1),
        rcond=None,
    )[0]
    means = np.array([np.frombuffer(row[1], "<f4") for row in rows(layer)])
    expected = np.hstack([means, np.ones((len(means), 1))]) @ affine
    averages = projection_averages(projection, x=0, y=2)
    assert averages is not None
    np.testing.assert_allclose(np.stack([averages.x, averages.y], 1), expected, atol=1e-3)
    assert averages.segments.sum() == projection.segments


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_an_average_lies_among_its_neighbours_never_between_clusters(method: str) -> None:
    """A track of two far clusters, whose mean is nearer to all of the first."""
    layer = make_layer(SIZE)
    directions = np.eye(SIZE)[:2] * 10
    noise = np.random.default_rng(0).normal(scale=0.3, size=(2, 48, SIZE))
    first, second = (directions[:, None] + noise).astype(np.float32)
    store(layer, {0: first[8:], 1: second[6:], 2: np.concatenate([first[:8], second[:6]])})
    projection = reduce_layer(layer, method)
    points = projection_points(projection)
    places = np.stack([points.x, points.y], axis=1)
    in_first = read_layer(layer).vectors[:, 0] > 5
    averages = projection_averages(projection)
    assert averages is not None
    between = np.array([averages.x[2], averages.y[2]])
    centre = places[in_first].mean(axis=0)
    radius = np.linalg.norm(places[in_first] - centre, axis=1).max()
    assert np.linalg.norm(between - centre) <= radius
    mean_of_places = places[points.track == averages.track[2]].mean(axis=0)
    assert np.linalg.norm(mean_of_places - centre) > 1.5 * radius  # which would be wrong


@pytest.mark.parametrize("method", ["pca", "std-pca", "tsne", "umap"])
def test_maps_made_before_get_averages_and_keep_their_coordinates(
    layer: Layer, method: str
) -> None:
    first = reduce_layer(layer, method)
    expected = projection_averages(first)
    for row in first.tracks.all():  # as if its axes had been turned around by an older version
        row.coordinates = (-np.frombuffer(row.coordinates, "<f4")).tobytes()
        row.save()
    TrackAverage.objects.all().delete()
    ProjectionTrack.objects.update(average=None)
    assert projection_averages(first) is None
    before = projection_points(first)
    summary = reduce_all(layers=[layer.name], methods=[method])
    assert summary.unchanged == [first]
    np.testing.assert_array_equal(projection_points(first).x, before.x)
    averages = projection_averages(first)
    assert averages is not None and expected is not None
    np.testing.assert_allclose(averages.x, -expected.x, atol=1e-3)
    np.testing.assert_array_equal(averages.track, expected.track)
