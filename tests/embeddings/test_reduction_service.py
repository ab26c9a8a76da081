"""Maps in the database: made once, kept, made anew when the library has grown."""

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from embeddings import locks
from embeddings.models import Extraction, Job, Layer, Projection, ProjectionTrack
from embeddings.queries import (
    current_projections,
    projection_named,
    projection_points,
    projection_trust,
)
from embeddings.reduction import service, versions
from embeddings.reduction.layout import Context
from embeddings.reduction.methods import METHODS
from embeddings.reduction.quality import measure
from embeddings.reduction.service import ReductionError, mark_interrupted, reduce_all, reduce_layer
from embeddings.reduction.sources import Subset
from embeddings.storage import read_layer
from musicexplore.progress import Cancelled, Progress
from tests.embeddings.factories import make_layer, store
from tracks.models import Track
from tracks.selection import TrackSelection

pytestmark = pytest.mark.django_db
State = Projection.State


def vectors(number: int, segments: int = 10) -> NDArray[np.float32]:
    rng = np.random.default_rng(number)
    centre = np.random.default_rng(number % 3).normal(scale=4, size=12)
    return (centre + rng.normal(size=(segments, 12))).astype(np.float32)


@pytest.fixture
def layer() -> Layer:
    layer = make_layer(12)
    store(layer, {number: vectors(number) for number in range(6)})
    return layer


def test_a_map_holds_every_segment_and_what_is_known_of_it(layer: Layer) -> None:
    projection = reduce_layer(layer, "pca")
    projection.refresh_from_db()
    assert (projection.state, projection.version, projection.seed) == (State.DONE, 1, None)
    assert (projection.segments, projection.dimensions) == (60, 10)
    assert projection.parameters == {"pca_dims": 10}
    assert projection.subset == {}
    assert len(projection.explained_variance) == 12
    assert sum(projection.explained_variance) == pytest.approx(1)
    assert projection.finished_at is not None
    points = projection_points(projection)
    stored = np.concatenate([vectors(n) for n in range(6)]).astype(np.float16).astype(np.float32)
    quality = measure(stored, np.stack([points.x, points.y], axis=1), points.track.astype(int))
    for name in versions.MEASURES:
        assert getattr(projection, name) == pytest.approx(getattr(quality, name))


def test_the_same_recipe_again_returns_the_map_that_is_there(layer: Layer) -> None:
    first = reduce_layer(layer, "pca")
    assert reduce_layer(layer, "pca") == first
    assert reduce_layer(layer, "pca", {"pca_dims": 4}) != first
    forced = reduce_layer(layer, "pca", force=True)
    assert (forced.version, forced.recipe) == (2, first.recipe)


def test_each_place_is_measured_also_on_a_map_made_before_that(layer: Layer) -> None:
    projection = reduce_layer(layer, "pca")
    trust = projection_trust(projection)
    points = projection_points(projection)
    np.testing.assert_array_equal(trust.track, points.track)
    np.testing.assert_array_equal(trust.position, points.position)
    expected = measure(read_layer(layer).vectors, np.stack([points.x, points.y], 1), points.track)
    np.testing.assert_array_equal(trust.trust, expected.trust)
    assert trust.segments == len(trust.trust) == 60
    projection.tracks.update(trust=b"")
    before = list(projection.tracks.order_by("pk").values_list("pk", "coordinates"))
    assert len(projection_trust(projection).trust) == 0
    assert reduce_layer(layer, "pca") == projection
    np.testing.assert_array_equal(projection_trust(projection).trust, trust.trust)
    after = projection.tracks.order_by("pk").values_list("pk", "coordinates")
    assert list(map(bytes, dict(after).values())) == list(map(bytes, dict(before).values()))
    projection.refresh_from_db()
    assert projection.version == 1


def test_the_number_of_components_comes_from_the_settings(layer: Layer, settings) -> None:
    settings.PCA_DIMS = 5
    assert reduce_layer(layer, "std-pca").dimensions == 5
    assert reduce_layer(layer, "tsne").parameters["pca_dims"] == 5


@pytest.mark.parametrize(
    ("method", "turn", "shift"), [("pca", -1, 0), ("tsne", -1, 1000), ("umap", 1, 1000)]
)
def test_a_grown_library_gets_a_version_that_starts_from_the_old_one(
    layer: Layer, method: str, turn: int, shift: int
) -> None:
    first = reduce_layer(layer, method)
    for row in first.tracks.all():  # so that a map from scratch would lie elsewhere
        row.coordinates = (turn * np.frombuffer(row.coordinates, "<f4") + shift).tobytes()
        row.save()
    before = projection_points(first)
    store(layer, {number: vectors(number) for number in (6, 7)})
    second = reduce_layer(layer, method)
    assert (second.version, second.segments) == (2, 80)
    after = projection_points(second)
    both = np.isin(after.track, before.track)
    assert np.median(np.abs(after.x[both] - before.x)) < 0.4 * np.ptp(before.x)
    np.testing.assert_array_equal(projection_points(first).x, before.x)  # it never changes
    assert list(current_projections(layer)) == [second]


def test_segments_of_a_track_of_another_length_are_new_ones(layer: Layer) -> None:
    first = reduce_layer(layer, "pca")
    store(layer, {0: vectors(0, 7)})
    track_ids = read_layer(layer).track_ids
    earlier = versions.earlier_coordinates(first, track_ids)
    assert np.isnan(earlier[:7]).all()
    assert np.isfinite(earlier[7:]).all()
    assert reduce_layer(layer, "pca").segments == 57


def test_vectors_extracted_anew_make_a_new_version(layer: Layer) -> None:
    first = reduce_layer(layer, "pca")
    (track,) = store(layer, {0: vectors(50)})
    Extraction.objects.create(
        track=track, model=layer.model, state=Extraction.State.DONE, finished_at=timezone.now()
    )
    second = reduce_layer(layer, "pca")
    assert second.version == first.version + 1
    assert reduce_layer(layer, "pca") == second


def test_two_finished_versions_are_kept(layer: Layer) -> None:
    kept = [reduce_layer(layer, "pca", force=True) for _ in range(4)]
    finished = Projection.objects.filter(state=Projection.State.DONE)
    assert list(finished.order_by("version")) == kept[2:]
    holding = ProjectionTrack.objects.values_list("projection", flat=True).distinct()
    assert sorted(holding) == [projection.pk for projection in kept[2:]]


def test_the_number_of_a_replaced_version_leads_to_the_newest(layer: Layer) -> None:
    other = reduce_layer(layer, "std-pca")
    made = [reduce_layer(layer, "pca", force=True) for _ in range(4)]
    named = [projection_named(projection.pk).get() for projection in made]
    assert named == [made[3], made[3], made[2], made[3]]
    assert projection_named(other.pk).get() == other
    assert not projection_named(0).exists()
    Projection.objects.filter(state=Projection.State.DONE).exclude(pk=other.pk).delete()
    assert not projection_named(made[0].pk).exists()


def drawn(tracks: int, seed: int = 0) -> Subset:
    return Subset(TrackSelection(random=tracks, seed=seed))


def test_a_subset_is_drawn_by_seed_and_grows_with_little_change(layer: Layer) -> None:
    sample = reduce_layer(layer, "pca", subset=drawn(3))
    assert sample.subset == {"filter": {"random": 3, "seed": 0}, "every": 1}
    tracks = set(projection_points(sample).track)
    assert len(tracks) == 3
    assert sample.recipe != reduce_layer(layer, "pca").recipe
    # Of five tracks, two seeds draw the same three once in ten times.
    others = [reduce_layer(layer, "pca", subset=drawn(3, seed)) for seed in (1, 2, 3, 4)]
    assert any(set(projection_points(other).track) != tracks for other in others)
    store(layer, {number: vectors(number) for number in (6, 7)})
    again = set(projection_points(reduce_layer(layer, "pca", subset=drawn(3))).track)
    assert len(again & tracks) >= 1


def test_every_third_segment_of_chosen_tracks_makes_a_map_of_its_own(layer: Layer) -> None:
    subset = Subset(TrackSelection(first=2), every=3)
    projection = reduce_layer(layer, "pca", subset=subset)
    assert projection.subset == {"filter": {"first": 2}, "every": 3}
    assert Subset.from_dict(projection.subset) == subset
    points = projection_points(projection)
    first, second = sorted(Track.objects.values_list("pk", flat=True))[:2]
    assert points.track.tolist() == [first] * 4 + [second] * 4
    assert points.position.tolist() == [0, 3, 6, 9] * 2
    rows = np.concatenate([vectors(number)[::3] for number in (0, 1)])
    expected = METHODS["pca"].run(rows.astype(np.float16).astype(np.float32), Context())
    np.testing.assert_allclose(points.x, expected.coordinates[:, 0], atol=1e-4)
    assert reduce_layer(layer, "pca", subset=subset) == projection


def test_reduce_all_makes_every_map_once(layer: Layer) -> None:
    empty = make_layer(4, key="penultimate")
    make_layer(4, model="off-net").model.__class__.objects.filter(name="off-net").update(
        enabled=False
    )
    summary = reduce_all(layers=[layer.name, empty.name])
    assert [projection.method for projection in summary.made] == list(METHODS)
    assert summary.empty == [empty.name]
    assert summary.failed == []
    again = reduce_all(layers=[layer.name])
    assert (again.made, again.unchanged) == ([], summary.made)


def test_the_total_leaves_out_layers_without_vectors(layer: Layer) -> None:
    class Totals(Progress):
        total = 0.0

        def start(self, total: float, unit: str) -> None:
            self.total = total

    progress = Totals()
    empty = make_layer(4, key="penultimate")
    summary = reduce_all(layers=[layer.name, empty.name], methods=["pca"], progress=progress)
    assert (progress.total, len(summary.made), summary.empty) == (1, 1, [empty.name])


def test_layers_that_are_switched_off_are_left_alone(layer: Layer) -> None:
    Layer.objects.exclude(pk=layer.pk).update(enabled=False)
    assert len(reduce_all(methods=["pca"]).made) == 1
    layer.enabled = False
    layer.save()
    assert reduce_all(methods=["pca"], force=True).made == []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("segments", [1, 2])
def test_one_track_with_one_or_two_segments_is_no_error(method: str, segments: int) -> None:
    layer = make_layer(12)
    store(layer, {0: vectors(0, segments)})
    projection = reduce_layer(layer, method)
    assert projection.segments == segments
    assert projection.trustworthiness is None


def test_a_layer_without_vectors_says_what_to_do() -> None:
    with pytest.raises(ReductionError, match="no vectors yet: run extract_all"):
        reduce_layer(make_layer(4), "pca")


def test_a_map_that_fails_is_recorded_and_the_others_are_made(
    layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.reduction.pca.principal_axes", failing)
    summary = reduce_all(layers=[layer.name], methods=["pca", "std-pca"])
    assert [projection.method for projection in summary.made] == ["std-pca"]
    assert summary.failed == [f"{layer.name} by pca: no convergence"]
    failed = Projection.objects.get(method="pca")
    assert (failed.state, failed.reason) == (State.FAILED, "no convergence")
    monkeypatch.undo()
    reduce_layer(layer, "pca")
    assert [row.state for row in Projection.objects.filter(method="pca")] == [State.DONE]


def failing(*_args: object) -> None:
    raise ArithmeticError("no convergence")


@pytest.mark.parametrize("stop", [Cancelled, KeyboardInterrupt])
def test_stopping_leaves_no_half_map(layer: Layer, stop: type[BaseException]) -> None:
    class Impatient(Progress):
        def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
            if "measuring" in message:
                raise stop

    with pytest.raises(stop):
        reduce_all(layers=[layer.name], methods=["pca"], progress=Impatient())
    projection = Projection.objects.get()
    assert (projection.state, projection.reason) == (State.FAILED, "Stopped on request.")
    assert not projection.tracks.exists()
    assert not current_projections().exists()


def test_maps_of_dead_processes_are_found(layer: Layer) -> None:
    dead = Projection.objects.create(layer=layer, method="umap", recipe="gone")
    assert mark_interrupted() == 1
    dead.refresh_from_db()
    assert (dead.state, dead.reason) == (State.FAILED, service.INTERRUPTED)


@pytest.fixture
def lock_held_elsewhere(layer: Layer) -> Iterator[threading.Event]:
    """Another connection makes maps of the layer, until the event is set."""
    taken, release = threading.Event(), threading.Event()

    def hold() -> None:
        locks.take(locks.Kind.REDUCTION, layer.pk)
        taken.set()
        release.wait(20)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait(20)
    yield release
    release.set()
    thread.join()


def test_a_process_at_work_is_waited_for(
    layer: Layer, lock_held_elsewhere: threading.Event
) -> None:
    Projection.objects.create(layer=layer, method="umap", recipe="being made")
    assert mark_interrupted() == 0

    class Waiting(Progress):
        messages: list[str] = []

        def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
            self.messages.append(message)
            lock_held_elsewhere.set()

    waiting = Waiting()
    begun = time.monotonic()
    reduce_layer(layer, "pca", progress=waiting)
    assert "another process makes maps" in waiting.messages[0]
    assert time.monotonic() - begun > 0.5


def test_the_command_makes_maps_and_says_how_many(layer: Layer, capsys) -> None:
    call_command("reduce_all", "--layers", layer.name, "--methods", "pca", "--pca-dims", "3")
    assert capsys.readouterr().out == "Maps: 1 made, 0 unchanged.\n"
    assert Projection.objects.get().dimensions == 3
    assert Job.objects.get().state == Job.State.DONE
    with pytest.raises(CommandError, match="no layer nonsense; there are"):
        call_command("reduce_all", "--layers", "nonsense")
    with pytest.raises(CommandError, match="number of tracks 1 or more"):
        call_command("reduce_all", "--n-tracks", "0")
