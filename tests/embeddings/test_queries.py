"""Points and tags as the pages read them, against what was stored."""

import numpy as np
import pytest

from embeddings import queries
from embeddings.models import Layer, Projection, ProjectionTrack
from tests.embeddings.factories import make_layer, make_track, store

pytestmark = pytest.mark.django_db


def make_projection(layer: Layer, **fields: object) -> Projection:
    defaults = {"method": "pca", "recipe": "r", "state": Projection.State.DONE}
    return Projection.objects.create(layer=layer, **(defaults | fields))


def test_points_of_a_projection_come_sorted_by_track_and_position() -> None:
    projection = make_projection(make_layer(4), dimensions=3)
    first, second = make_track(1), make_track(2)
    later = np.arange(6, dtype="<f4").reshape(2, 3)
    earlier = np.arange(10, 19, dtype="<f4").reshape(3, 3)
    for track, coordinates in ((second, later), (first, earlier)):
        ProjectionTrack.objects.create(
            projection=projection, track=track, coordinates=coordinates.tobytes()
        )
    points = queries.projection_points(projection, x=2, y=0)
    assert points.track.tolist() == [first.pk] * 3 + [second.pk] * 2
    assert points.position.tolist() == [0, 1, 2, 0, 1]
    assert points.x.tolist() == [12, 15, 18, 2, 5]
    assert points.y.tolist() == [10, 13, 16, 0, 3]
    assert [points.track.dtype, points.x.dtype] == [np.int32, np.float32]


def test_a_projection_without_tracks_has_no_points() -> None:
    assert len(queries.projection_points(make_projection(make_layer(4)))) == 0


@pytest.mark.parametrize(("x", "y"), [(0, 2), (-1, 0)])
def test_a_dimension_that_is_not_there_is_refused(x: int, y: int) -> None:
    layer = make_layer(2)
    with pytest.raises(ValueError, match="dimensions 0 to 1"):
        queries.projection_points(make_projection(layer), x=x, y=y)
    with pytest.raises(ValueError, match="dimensions 0 to 1"):
        queries.layer_points(layer, x=x, y=y)


def test_points_of_a_layer_are_two_dimensions_of_its_vectors() -> None:
    layer = make_layer(5)
    vectors = {n: np.random.default_rng(n).normal(size=(n, 5)).astype(np.float32) for n in (3, 1)}
    tracks = store(layer, vectors)
    points = queries.layer_points(layer, x=4, y=1)
    assert points.track.tolist() == [tracks[0].pk] * 3 + [tracks[1].pk]
    assert points.position.tolist() == [0, 1, 2, 0]
    stored = np.concatenate(list(vectors.values())).astype(np.float16)
    np.testing.assert_array_equal(points.x, stored[:, 4].astype(np.float32))
    np.testing.assert_array_equal(points.y, stored[:, 1].astype(np.float32))


def test_points_of_a_layer_are_in_order_however_they_were_stored() -> None:
    layer = make_layer(2)
    for number in (0, 1, 2, 0):  # the last one comes to lie behind the others
        store(layer, {number: np.full((3, 2), number, np.float32)})
    points = queries.layer_points(layer)
    assert points.track.tolist() == sorted(points.track.tolist())
    assert points.position.tolist() == [0, 1, 2] * 3
    assert points.x.tolist() == [0] * 3 + [1] * 3 + [2] * 3


def test_an_empty_layer_has_no_points() -> None:
    assert len(queries.layer_points(make_layer(5))) == 0


def test_current_is_the_newest_finished_version_of_each_recipe() -> None:
    layer, other = make_layer(4), make_layer(4, key="penultimate")
    make_projection(layer, version=1)
    newest = make_projection(layer, version=2)
    make_projection(layer, version=3, state=Projection.State.RUNNING)
    make_projection(layer, version=4, state=Projection.State.FAILED)
    another_recipe = make_projection(layer, recipe="s")
    another_layer = make_projection(other)
    assert set(queries.current_projections()) == {newest, another_recipe, another_layer}
    assert set(queries.current_projections(layer)) == {newest, another_recipe}
    other.enabled = False
    other.save()
    assert another_layer not in queries.current_projections()


def test_taggrams_of_a_track_are_its_rows_of_the_layer() -> None:
    layer = make_layer(3, key="taggrams", tags=("rock", "piano", "calm"))
    values = np.array([[0.25, 0.5, 0.125], [0.75, 0, 0.5]], np.float32)
    track, _ = store(layer, {1: values, 2: values + 1})
    np.testing.assert_array_equal(queries.track_taggrams(track, layer), values)
    assert queries.track_taggrams(make_track(9), layer).shape == (0, 3)
