"""The way of somebody's file: heard by the real network, limited, kept, forgotten."""

import os
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import av
import numpy as np
import pytest
from django.utils import timezone

from embeddings import jobs, tasks
from embeddings.audio.decode import Block, decode
from embeddings.children import Limits
from embeddings.file_queries import child, place, queries, service, sweeping
from embeddings.file_queries.copying import FlacCopy
from embeddings.file_queries.placing import NotPlaced, fitted, places
from embeddings.models import EmbeddingModel, FileQuery, Job, Layer, Projection, ProjectionTrack
from embeddings.pipeline import Pipeline
from embeddings.reduction.layout import Context
from embeddings.reduction.pca import pca
from embeddings.reduction.placing import among_neighbours
from embeddings.reduction.std_pca import std_pca
from embeddings.sync import sync_registry
from embeddings.vector_index import index_layer
from tests.embeddings import bad_files
from tests.embeddings.factories import make_layer, store
from tests.embeddings.odd_children import dies, eats, hangs, is_silent
from tracks.media import MediaError

MODEL = "msd-musicnn"
RATE = 44_100
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:
    settings.MUSICEXPLORE_HOME = tmp_path / "home"
    return settings.MUSICEXPLORE_HOME


@pytest.fixture
def model(weights, home) -> EmbeddingModel:
    (home / "models").mkdir(parents=True)
    shutil.copy(weights[MODEL], home / "models")
    sync_registry()
    return EmbeddingModel.objects.get(name=MODEL)


@pytest.fixture
def unheard(db) -> EmbeddingModel:
    """A network for what never comes to be heard."""
    return make_layer(4).model


def arrive(content: bytes | Path) -> Path:
    path = service.arriving(0)
    path.write_bytes(content if isinstance(content, bytes) else content.read_bytes())
    return path


def wav(path: Path, seconds: float, rate: int = RATE) -> Path:
    return bad_files.write_wav(path, bad_files.noise(seconds, rate), rate)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return wav(tmp_path / "sound.wav", 10)


class TestListening:
    def test_a_file_is_heard_as_a_track_would_be(self, model, weights, sound) -> None:
        query, job = service.take(arrive(sound), "sound.wav", model)
        tasks.run_job(job.pk)
        job.refresh_from_db()
        assert (job.state, job.message) == (Job.State.DONE, "")
        pipeline = Pipeline({MODEL: weights[MODEL]})
        expected = pipeline.analyse(str(sound))
        query.refresh_from_db()
        assert query.duration == pytest.approx(10)
        assert query.loudness == pytest.approx(expected.loudness)
        assert queries.levels(query)[0].max() > 0.1
        offset = round(model.layers.first().segment_seconds / 2, 6)
        late = pipeline.analyse_blocks(child.without_beginning(decode(str(sound)), offset))
        for layer in model.layers.all():
            heard = queries.heard(query, layer)
            assert heard.offsets == [0, offset]
            for vectors, right in zip(heard.hearings, (expected, late), strict=True):
                np.testing.assert_array_equal(
                    vectors, right.vectors[layer.name].astype(np.float16).astype(np.float32)
                )
        (copied,) = [np.concatenate([b.samples for b in decode(str(place.copy(query)))], axis=1)]
        (given,) = [np.concatenate([b.samples for b in decode(str(sound))], axis=1)]
        np.testing.assert_allclose(copied, given, atol=1 / 16384)

    def test_a_long_file_is_heard_once(self, model, tmp_path) -> None:
        query, job = service.take(arrive(wav(tmp_path / "l.wav", 61, rate=8000)), "l", model)
        tasks.run_job(job.pk)
        heard = queries.heard(query, model.layers.first())
        assert (heard.offsets, len(heard.vectors)) == ([0], 20)

    def test_a_short_file_is_repeated_and_heard_once(self, model, tmp_path) -> None:
        query, job = service.take(arrive(wav(tmp_path / "s.wav", 2)), "s", model)
        tasks.run_job(job.pk)
        heard = queries.heard(query, model.layers.first())
        assert (heard.offsets, len(heard.vectors)) == ([0], 1)

    def test_what_turns_out_too_long_fails_in_words(self, model, settings, sound) -> None:
        _, job = service.take(arrive(sound), "sound", model)
        settings.FILE_QUERY_MINUTES = 0.1  # its headers had said less
        tasks.run_job(job.pk)
        job.refresh_from_db()
        assert job.state == Job.State.FAILED
        assert "lasts longer than 0.1 minutes" in job.message
        assert len(list(place.folder().iterdir())) == 1, "no half of a copy is left"

    def test_one_deleted_while_it_is_heard_leaves_nothing(
        self, model, sound, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        query, job = service.take(arrive(sound), "sound", model)
        job.delete()
        listened = service._listened

        def deleting(*arguments):
            heard = listened(*arguments)
            service.forget(FileQuery.objects.get(pk=query.pk))
            return heard

        monkeypatch.setattr(service, "_listened", deleting)
        with pytest.raises(RuntimeError, match="deleted meanwhile"):
            service.listen(query.pk, MODEL, service.Progress())
        assert list(place.folder().iterdir()) == []

    def test_cancelling_stops_the_child(self, unheard, sound, monkeypatch) -> None:
        _, job = service.take(arrive(sound), "sound", unheard)
        monkeypatch.setattr(child, "listen", hangs)
        monkeypatch.setattr(jobs, "WRITE_SECONDS", 0.0)
        started = jobs.JobProgress.start

        def asked_to_stop(progress: jobs.JobProgress, total: float, unit: str) -> None:
            started(progress, total, unit)
            Job.objects.filter(pk=job.pk).update(cancel_requested=True)

        monkeypatch.setattr(jobs.JobProgress, "start", asked_to_stop)
        began = time.monotonic()
        tasks.run_job(job.pk)
        job.refresh_from_db()
        assert job.state == Job.State.CANCELLED
        assert time.monotonic() - began < 45  # less than the child would take


class TestDecodersThatGoWrong:
    @pytest.mark.parametrize(
        ("behaviour", "message"),
        [
            (hangs, "took too long"),
            (eats, "more memory than it may"),
            (dies, "ended by itself with status 3"),
            (is_silent, "said nothing"),
        ],
    )
    def test_while_looking(self, unheard, sound, monkeypatch, behaviour, message) -> None:
        monkeypatch.setattr(child, "look", behaviour)
        monkeypatch.setattr(service, "LOOK_LIMITS", Limits(memory=1 << 28, cpu=5, wall=2.0))
        path = arrive(sound)
        with pytest.raises(MediaError, match=message):
            service.take(path, "sound", unheard)
        assert not FileQuery.objects.exists()
        assert path.exists()

    @pytest.mark.parametrize(
        ("behaviour", "message"),
        [(hangs, "took too long"), (eats, "more memory"), (dies, "status 3")],
    )
    def test_while_listening(self, unheard, sound, monkeypatch, behaviour, message) -> None:
        _, job = service.take(arrive(sound), "sound", unheard)
        monkeypatch.setattr(child, "listen", behaviour)
        monkeypatch.setattr(service, "LISTEN_SECONDS", 2.0)
        monkeypatch.setattr(service, "LISTEN_PER_SECOND", 0.0)
        tasks.run_job(job.pk)
        job.refresh_from_db()
        assert job.state == Job.State.FAILED
        assert message in job.message


def test_many_that_wait_are_told_so(unheard, sound, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_WAITING", 1)
    service.take(arrive(sound), "first", unheard)
    with pytest.raises(service.Busy):
        service.take(arrive(sound), "second", unheard)
    assert len(list(place.folder().iterdir())) == 1


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Music\\Lied.mp3", "Lied.mp3"),
        ("Ünï \u202e\x00.mp3", "Ünï .mp3"),
        ("/", "Your file"),
        ("a" * 900, "a" * 200),
    ],
)
def test_names_to_show(given, shown) -> None:
    assert service.clean(given) == shown


class TestForgetting:
    def test_after_an_hour_with_all_that_was_made(self, unheard, sound) -> None:
        query, job = service.take(arrive(sound), "sound", unheard)
        place.copy(query).touch()
        assert query.expires_at - timezone.now() == pytest.approx(
            timedelta(hours=1), abs=timedelta(minutes=1)
        )
        assert sweeping.sweep() == 0
        FileQuery.objects.update(expires_at=timezone.now())
        assert not queries.living().exists(), "not answered, though it is still there"
        assert sweeping.sweep() == 1
        assert not FileQuery.objects.exists()
        assert list(place.folder().iterdir()) == []
        job.refresh_from_db()
        assert job.state == Job.State.CANCELLED

    def test_what_a_killed_process_left_without_a_row(self, unheard, sound) -> None:
        query, _ = service.take(arrive(sound), "sound", unheard)
        old, young = arrive(b"half"), arrive(b"half")
        hour = time.time() - 3700
        for path in (old, place.original(query)):
            os.utime(path, (hour, hour))
        assert sweeping.sweep() == 0
        assert not old.exists()
        assert young.exists()
        assert place.original(query).exists(), "its row lives"

    def test_the_worker_does_it_by_itself(self) -> None:
        from django_q.models import Schedule

        sweeping.schedule()
        sweeping.schedule()
        schedule = Schedule.objects.get()
        assert (schedule.func, schedule.minutes) == (sweeping.TASK, 5)
        name = schedule.func.rpartition(".")[2]
        getattr(tasks, name)()


class TestCopying:
    @pytest.mark.parametrize(("channels", "kept"), [(1, 1), (2, 2), (6, 1)])
    def test_channels_and_rates(self, tmp_path, channels, kept) -> None:
        numbers = np.random.default_rng(0)
        samples = numbers.uniform(-0.5, 0.5, (channels, 96_000)).astype(np.float32)
        copy = FlacCopy(tmp_path / "c.flac")
        for start in range(0, 96_000, 10_000):
            copy.add(Block(samples[:, start : start + 10_000], 96_000))
        copy.finish()
        blocks = list(decode(str(tmp_path / "c.flac")))
        assert {(len(block.samples), block.rate) for block in blocks} == {(kept, 48_000)}
        assert sum(block.samples.shape[1] for block in blocks) == pytest.approx(48_000, abs=2)

    def test_a_rate_that_changes_on_the_way(self, tmp_path) -> None:
        copy = FlacCopy(tmp_path / "c.flac")
        for rate, channels in ((44_100, 2), (22_050, 1), (44_100, 2)):
            copy.add(Block(np.full((channels, rate), 0.25, np.float32), rate))
        copy.finish()
        with av.open(str(tmp_path / "c.flac")) as container:
            lengths = [frame.samples for frame in container.decode(audio=0)]
        assert sum(lengths) == pytest.approx(3 * 44_100, abs=50)


def test_a_stream_without_its_beginning() -> None:
    def blocks() -> Iterator[Block]:
        for start in range(0, 100, 30):
            samples = np.arange(start, min(start + 30, 100), dtype=np.float32)
            yield Block(samples[None], 10)

    rest = np.concatenate([b.samples[0] for b in child.without_beginning(blocks(), 4.5)])
    np.testing.assert_array_equal(rest, np.arange(45, 100))


class TestPlaces:
    SIZE = 16

    def noise(self, rows: int, seed: int) -> np.ndarray:
        numbers = np.random.default_rng(seed)
        spread = np.linspace(0.05, 4, self.SIZE)
        return (numbers.normal(0, spread, (rows, self.SIZE)) + 3).astype(np.float16).astype("f4")

    @pytest.mark.parametrize("rows", [10, 400], ids=["fewer than dimensions", "many"])
    @pytest.mark.parametrize(("method", "standardised"), [(pca, False), (std_pca, True)])
    def test_a_linear_map_is_found_again(self, rows, method, standardised) -> None:
        vectors, others = self.noise(rows, 1), self.noise(50, 2)
        layout = method(vectors, Context(), pca_dims=4)
        function = fitted(vectors, layout.coordinates[:, :2], standardised=standardised)
        assert layout.place is not None
        right = layout.place(others)[:, :2]
        np.testing.assert_allclose(function(others), right, atol=1e-3 * np.ptp(right))

    def test_places_that_are_no_function_of_the_vectors(self) -> None:
        places_ = np.random.default_rng(0).random((400, 2)).astype(np.float32)
        with pytest.raises(NotPlaced, match="reduce_all"):
            fitted(self.noise(400, 1), places_, standardised=False)

    def made(self, layer: Layer, shown: dict[int, np.ndarray], **fields) -> Projection:
        projection = Projection.objects.create(
            layer=layer, method="umap", recipe="r", state="done", dimensions=2,
            segments=sum(map(len, shown.values())), finished_at=timezone.now(), **fields,
        )  # fmt: skip
        for track, rows in shown.items():
            ProjectionTrack.objects.create(
                projection=projection, track_id=track, coordinates=rows.astype("<f4").tobytes()
            )
        return projection

    def test_others_go_to_their_true_neighbours_as_averages_do(self) -> None:
        layer = make_layer(self.SIZE)
        vectors = {n: self.noise(30, n) for n in range(5)}
        tracks = store(layer, vectors)
        index_layer(layer)
        numbers = np.random.default_rng(9)
        planes = {track.pk: numbers.random((30, 2)).astype("f4") for track in tracks}
        ours = np.concatenate([self.noise(6, 77), np.zeros((1, self.SIZE), "f4")])

        def right(chosen: list[int], every: int = 1) -> np.ndarray:
            known = np.concatenate([vectors[n][::every] for n in chosen])
            plane = np.concatenate([planes[tracks[n].pk][::every] for n in chosen])
            return among_neighbours(ours[:-1], known, plane)

        every = self.made(layer, planes)
        found = places(every, ours)
        np.testing.assert_allclose(found[:-1], right([0, 1, 2, 3, 4]), atol=2e-2)
        assert np.isnan(found[-1]).all(), "silence is nowhere"
        # A map of some tracks, and of every third segment; the others have come since.
        few = {tracks[n].pk: planes[tracks[n].pk][::3] for n in (1, 3)}
        part = self.made(layer, few, version=2, subset={"filter": {"text": "x"}, "every": 3})
        np.testing.assert_allclose(places(part, ours)[:-1], right([1, 3], 3), atol=2e-2)
        older = self.made(layer, {tracks[2].pk: planes[tracks[2].pk]}, version=3)
        np.testing.assert_allclose(places(older, ours)[:-1], right([2]), atol=2e-2)
