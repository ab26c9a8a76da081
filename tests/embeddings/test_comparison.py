"""Where two layers disagree: not with themselves, with shuffled vectors all but entirely."""

import numpy as np
import pytest
from django.utils import timezone
from numpy.typing import NDArray

from embeddings import jobs
from embeddings.comparison import service
from embeddings.comparison.disagreement import Disagreement
from embeddings.comparison.queries import disagreements
from embeddings.comparison.service import ComparisonError, compare, current, in_order
from embeddings.models import Comparison, ComparisonTrack, Extraction, Job, Layer
from embeddings.tasks import run_job
from musicexplore.progress import Cancelled, Progress
from tests.embeddings.factories import make_layer, store

HOP, FINE_HOP = 2.992, 0.96


def compared(
    one: NDArray[np.float32], other: NDArray[np.float32], tracks: NDArray[np.int64], block: int = 70
) -> NDArray[np.float32]:
    found = Disagreement(tracks, one, other)
    for start in range(0, len(tracks), block):
        rows = slice(start, start + block)
        found.add(tracks[rows], one[rows], other[rows])
    return found.result()


def clusters(count: int = 400, size: int = 20, seed: int = 0) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return (np.repeat(rng.normal(size=(count // 10, size)), 10, axis=0)
        + 0.7 * rng.normal(size=(count, size))).astype(np.float32)  # fmt: skip


TRACKS = np.repeat(np.arange(80), 5)


class TestDisagreement:
    def test_none_with_itself(self):
        vectors = clusters()
        assert (compared(vectors, vectors, TRACKS) == 0).all()
        assert (compared(vectors, 7 * vectors, TRACKS) == 0).all()  # directions alone count

    def test_nearly_all_with_shuffled_vectors(self):
        vectors = clusters()
        shuffled = np.random.default_rng(1).permutation(vectors)
        assert compared(vectors, shuffled, TRACKS).mean() > 0.95

    def test_as_two_full_sorts_say(self):
        one, other = clusters(), clusters()[:, :6]
        near = []
        for vectors in (one, other):
            units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
            similarity = units @ units.T
            similarity[TRACKS[:, None] == TRACKS] = -2
            near.append(np.argsort(-similarity, axis=1)[:, :12])
        expected = [
            1 - len(set(a) & set(b)) / 12
            for a, b in zip(*map(np.ndarray.tolist, near), strict=True)
        ]
        result = compared(one, other, TRACKS)
        np.testing.assert_allclose(result, expected, atol=1e-6)
        assert 0.2 < result.mean() < 0.9
        np.testing.assert_array_equal(compared(one, other, TRACKS, block=400), result)
        np.testing.assert_array_equal(compared(one, other, TRACKS, block=5), result)

    def test_copies_of_one_segment_are_equally_near(self):
        """Else each space would choose its own twelve of twenty copies."""
        rng = np.random.default_rng(0)
        order = rng.permutation(400)
        one, other = (np.repeat(rng.normal(size=(20, 9)), 20, axis=0) for _ in range(2))
        result = compared(*(v[order].astype(np.float32) for v in (one, other)), np.arange(400))
        assert (result == 0).all()

    def test_too_few_others_to_say(self):
        vectors = clusters(30)
        tracks = np.array([0] * 20 + [1] * 10)
        assert np.isnan(compared(vectors, vectors, tracks)).all()
        tracks = np.array([0] * 6 + [1] * 24)
        assert np.isfinite(compared(vectors, vectors, tracks)).tolist() == [True] * 6 + [False] * 24


def make(model: str, hop: float, vectors: dict[int, NDArray[np.float32]]) -> Layer:
    layer = make_layer(next(iter(vectors.values())).shape[1], model=model)
    Layer.objects.filter(pk=layer.pk).update(hop_seconds=hop, segment_seconds=hop)
    layer.refresh_from_db()
    finish(layer, vectors)
    return layer


def finish(layer: Layer, vectors: dict[int, NDArray[np.float32]]) -> None:
    for track in store(layer, vectors):
        Extraction.objects.update_or_create(
            track=track,
            model=layer.model,
            defaults={
                "state": Extraction.State.DONE,
                "segments": len(vectors[int(track.path[7:10])]),
                "finished_at": timezone.now(),
            },
        )


def music(track: int, seconds: float, hop: float) -> NDArray[np.float32]:
    """What a network hears that hears everything: means over time of the track's own curve."""
    rng = np.random.default_rng(track)
    centre, turn = rng.normal(size=(2, 30))
    fine = np.arange(0, seconds, 0.01)[:, None] / seconds
    curve = centre + 2 * turn * fine
    size = round(hop * 100)
    count = len(curve) // size
    return curve[: count * size].reshape(count, size, 30).mean(axis=1).astype(np.float32)


@pytest.fixture
def layers(db) -> tuple[Layer, Layer]:
    """Two networks that hear the same in segments of 2.992 s and of 0.96 s."""
    coarse = make("slow-net", HOP, {n: music(n, 31, HOP) for n in range(40)})
    fine = make("quick-net", FINE_HOP, {n: music(n, 31, FINE_HOP) for n in range(1, 41)})
    return coarse, fine


def test_a_layer_and_itself(layers) -> None:
    comparison = compare(layers[0], layers[0])
    assert comparison.mean == 0
    assert (disagreements(comparison).disagreement == 0).all()
    assert comparison.segments == comparison.measured == 40 * 10


def test_a_layer_and_its_vectors_shuffled(layers) -> None:
    coarse, _ = layers
    rows = np.concatenate([music(n, 31, HOP) for n in range(40)])
    rows = np.random.default_rng(0).permutation(rows).reshape(40, 10, 30)
    shuffled = make("shuffled-net", HOP, dict(enumerate(rows)))
    assert compare(coarse, shuffled).mean > 0.93


def test_segments_of_other_lengths_are_linked_by_time(layers) -> None:
    coarse, fine = layers
    comparison = compare(fine, coarse)
    assert (comparison.layer, comparison.other) == (coarse, fine)
    assert comparison.mean < 0.15  # both hear the same: means over other stretches differ a little
    found = disagreements(comparison)
    assert len(np.unique(found.track)) == 39  # one track is heard by one of them, one by the other
    assert found.position.tolist() == list(range(10)) * 39
    assert comparison.segments == comparison.measured == len(found.track) == 390


def test_unmatched_tails_and_silence_are_left_out(layers) -> None:
    coarse, fine = layers
    short = music(5, 31, FINE_HOP)[:18]  # 17.3 s: covers 78% of the sixth segment of 2.992 s
    silent = music(6, 31, HOP)
    silent[3] = 0
    shorter = music(7, 31, FINE_HOP)[:17]  # 45% of it
    finish(fine, {5: short, 7: shorter})
    finish(coarse, {6: silent})
    comparison = compare(coarse, fine)
    rows = {row.track.path: row for row in comparison.tracks.select_related("track")}
    values = np.frombuffer(rows["artist/005.wav"].disagreements, "<f4")
    assert np.isfinite(values).tolist() == [True] * 6 + [False] * 4
    values = np.frombuffer(rows["artist/006.wav"].disagreements, "<f4")
    assert np.flatnonzero(np.isnan(values)).tolist() == [3]
    assert rows["artist/005.wav"].measured == 6
    assert rows["artist/007.wav"].measured == 5
    assert comparison.measured == 390 - 4 - 5 - 1


def test_tracks_say_how_much_the_two_differ(layers) -> None:
    coarse, _ = layers
    rng = np.random.default_rng(0)
    vectors = {n: music(n, 31, HOP) for n in range(40)}
    for n in (3, 4):
        vectors[n] = rng.normal(size=(10, 30)).astype(np.float32)
    other = make("other-net", HOP, vectors)
    comparison = compare(coarse, other)
    worst = comparison.tracks.order_by("-mean").select_related("track")[:2]
    assert {row.track.path for row in worst} == {"artist/003.wav", "artist/004.wav"}
    found = disagreements(comparison)
    for row in worst:
        expected = found.disagreement[found.track == row.track_id]
        assert row.mean == pytest.approx(expected.mean())
    assert comparison.mean == pytest.approx(found.disagreement.mean())


def test_asked_again_it_is_there_until_vectors_change(layers) -> None:
    coarse, fine = layers
    assert current(fine, coarse) is None
    first = compare(coarse, fine)
    assert compare(fine, coarse) == current(coarse, fine) == first
    finish(fine, {41: music(41, 31, FINE_HOP)})
    assert current(coarse, fine) is None
    second = compare(coarse, fine)
    assert second != first
    finish(fine, {42: music(42, 31, FINE_HOP)})
    third = compare(coarse, fine)
    assert set(Comparison.objects.all()) == {second, third}  # a page may be open on the second


def test_of_many_segments_a_seeded_sample_is_compared_with_all(layers, monkeypatch) -> None:
    exact = disagreements(compare(*layers))
    Comparison.objects.all().delete()
    monkeypatch.setattr(service, "MOST_EXACT", 300)
    monkeypatch.setattr(service, "SAMPLE", 78)
    monkeypatch.setattr(service, "BLOCK_SEGMENTS", 60)
    comparison = compare(*layers)
    sample = disagreements(comparison)
    assert (comparison.segments, comparison.measured) == (390, 78)
    assert (np.unique(sample.track, return_counts=True)[1] == 2).all()  # spread evenly
    rows = dict(zip(zip(exact.track, exact.position, strict=True), exact.disagreement, strict=True))
    expected = [rows[key] for key in zip(sample.track, sample.position, strict=True)]
    np.testing.assert_allclose(sample.disagreement, expected, atol=1e-6)


def test_which_is_the_coarser(layers) -> None:
    coarse, fine = layers
    twin = make_layer(4, model="a-net")
    Layer.objects.filter(pk=twin.pk).update(hop_seconds=HOP, segment_seconds=HOP)
    twin.refresh_from_db()
    assert in_order(coarse, fine) == in_order(fine, coarse) == (coarse, fine)
    assert in_order(coarse, twin) == in_order(twin, coarse) == (twin, coarse)


@pytest.mark.django_db
def test_nothing_in_common_is_said(db) -> None:
    one = make("one-net", HOP, {1: music(1, 31, HOP)})
    other = make("two-net", HOP, {2: music(2, 31, HOP)})
    with pytest.raises(ComparisonError, match="No track has vectors of both"):
        compare(one, other)
    with pytest.raises(ComparisonError, match="too few segments in common"):
        compare(one, one)
    assert not Comparison.objects.exists()


def test_stopped_half_way_it_leaves_nothing_and_is_asked_for_again(layers) -> None:
    class Impatient(Progress):
        done = 0.0

        def start(self, total: float, unit: str) -> None:
            assert (total, unit) == (780, "segments")

        def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
            self.done += amount
            if self.done > 390:
                raise Cancelled

    with pytest.raises(Cancelled):
        compare(*layers, progress=Impatient())
    assert not Comparison.objects.exists() and not ComparisonTrack.objects.exists()
    assert compare(*layers).measured == 390


def test_as_a_job(layers) -> None:
    names = [layer.name for layer in layers]
    job = jobs.enqueue_once(Job.Kind.COMPARISON, {"layers": names})
    assert jobs.enqueue_once(Job.Kind.COMPARISON, {"layers": names}) == job
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.comparison) == (Job.State.DONE, current(*layers))
    assert (job.done, job.total) == (780, 780)
    assert jobs.enqueue_once(Job.Kind.COMPARISON, {"layers": names}) != job
    alone = jobs.enqueue_once(Job.Kind.COMPARISON, {"layers": names[:1] * 2})
    run_job(alone.pk)
    alone.refresh_from_db()
    assert alone.comparison.mean == 0
