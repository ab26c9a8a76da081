"""Finding duplicates among real files, by vectors of their spectra; and what people decide."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from numpy.typing import NDArray

from embeddings import jobs
from embeddings.benchmarks.pieces import ENCODINGS, RATE, encode, plucked_piece, read
from embeddings.children import Limits
from embeddings.duplicates import child, comparing, service
from embeddings.duplicates.models import DuplicateGroup, DuplicatePair
from embeddings.duplicates.queries import same_recordings
from embeddings.duplicates.review import decide
from embeddings.duplicates.service import find_duplicates
from embeddings.duplicates.sound import Sound, listen
from embeddings.models import Extraction, Job, Layer
from embeddings.pipeline import audio_hash
from embeddings.tasks import run_job
from musicexplore.progress import Cancelled, Progress
from tests.embeddings.factories import make_layer, make_track, store
from tests.embeddings.odd_children import crashes, hangs
from tracks.media import MediaError
from tracks.models import Track

pytestmark = pytest.mark.django_db

SECONDS = 15.0
CUT = 3.3
SIZE = 16
Decision, Kind = DuplicatePair.Decision, DuplicatePair.Kind


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pieces on one instrument in the same time and scale, and what was made of them."""
    folder = tmp_path_factory.mktemp("pieces")
    pieces = [plucked_piece(seed, SECONDS) for seed in range(5)]
    mp3, opus = ENCODINGS[3], ENCODINGS[4]
    for number, piece in enumerate(pieces[:4]):
        encode(piece, RATE, folder / f"piece-{number}.mp3", ENCODINGS[0])
    encode(pieces[0], RATE, folder / "copy-0.opus", opus)
    encode(pieces[1][:, round(CUT * RATE) :], RATE, folder / "offset-1.mp3", mp3)
    (folder / "twin-2.mp3").write_bytes((folder / "piece-2.mp3").read_bytes())
    half = pieces[4].shape[1] // 2
    encode(pieces[4][:, :half], RATE, folder / "half-0.mp3", mp3)
    encode(pieces[4][:, half:], RATE, folder / "half-1.mp3", mp3)
    return folder


def spectra(path: Path) -> NDArray[np.float32]:
    """A network in small: what of `SIZE` bands sounds in every three seconds, (segments, SIZE)."""
    samples, rate = read(path)
    mono = samples.mean(axis=0)
    length = 3 * rate
    cut = mono[: len(mono) // length * length].reshape(-1, length)
    power = np.log1p(np.abs(np.fft.rfft(cut))[:, : 3 * 2000])
    return power.reshape(len(cut), SIZE, -1).mean(axis=2).astype(np.float32)


@pytest.fixture
def layer() -> Layer:
    return make_layer(SIZE)


@pytest.fixture(scope="module")
def analysed(files: Path) -> dict[Path, tuple[NDArray[np.float32], str]]:
    return {path: (spectra(path), audio_hash(str(path))) for path in sorted(files.iterdir())}


@pytest.fixture(scope="module")
def listening() -> Callable[[bytes], Sound]:
    """Listens to each file once for all tests."""
    return cache(listen)


@pytest.fixture
def library(analysed, listening, layer: Layer, settings, files, monkeypatch) -> dict[str, Track]:
    settings.AUDIO_DIR = str(files)
    monkeypatch.setattr(comparing, "listen", lambda path, pause: listening(path))
    tracks = {}
    for number, (path, (vectors, digest)) in enumerate(analysed.items()):
        (track,) = store(layer, {number: vectors})
        Track.objects.filter(pk=track.pk).update(
            path=path.name,
            path_bytes=path.name.encode(),
            audio_hash=digest,
            duration=SECONDS,
        )
        tracks[path.stem] = track
        heard(track, layer)
    return tracks


def heard(track: Track, layer: Layer, segments: int = 7) -> None:
    Extraction.objects.create(
        track=track,
        model=layer.model,
        state=Extraction.State.DONE,
        segments=segments,
        finished_at=timezone.now(),
    )


def found() -> dict[tuple[str, str], DuplicatePair]:
    pairs = DuplicatePair.objects.select_related("first", "second")
    return {(Path(pair.first.path).stem, Path(pair.second.path).stem): pair for pair in pairs}


def test_copies_are_found_and_nothing_else(library: dict[str, Track]) -> None:
    summary = find_duplicates()
    pairs = found()
    assert set(pairs) == {
        ("copy-0", "piece-0"), ("offset-1", "piece-1"), ("piece-2", "twin-2"),
    }  # fmt: skip
    assert summary.pending == summary.groups == 3
    copy, offset, twin = (pairs[key] for key in sorted(pairs))
    assert (copy.kind, offset.kind, twin.kind) == (Kind.RECORDING, Kind.RECORDING, Kind.IDENTICAL)
    assert copy.offset == pytest.approx(0, abs=0.05)
    assert offset.offset == pytest.approx(-CUT, abs=0.05)
    assert offset.overlap == pytest.approx(SECONDS - CUT, abs=0.2)
    assert min(copy.correlation, offset.correlation) > 0.9
    assert copy.distance is not None
    assert summary.compared > 3, "others were compared and refused"


class TestAgain:
    def test_what_was_looked_at_is_left_alone(self, library, layer, monkeypatch) -> None:
        first = find_duplicates()
        assert first.tracks == len(library) - 1  # one stands for those that are identical
        with monkeypatch.context() as patched:
            patched.setattr(service, "nearest_segments", None)
            assert find_duplicates().tracks == 0
        Extraction.objects.filter(track=library["half-0"]).update(finished_at=timezone.now())
        assert find_duplicates().tracks == 1
        assert find_duplicates(force=True).tracks == first.tracks
        assert len(found()) == 3

    def test_decisions_stand(self, library) -> None:
        find_duplicates()
        pairs = found()
        for key, decision in (
            (("copy-0", "piece-0"), Decision.DIFFERENT),
            (("offset-1", "piece-1"), Decision.SAME),
            (("piece-2", "twin-2"), Decision.LATER),
        ):
            decide(DuplicatePair.objects.filter(pk=pairs[key].pk), decision, None)
        before = sorted(DuplicatePair.objects.values_list("pk", "decision", "group"))
        summary = find_duplicates(force=True)
        assert sorted(DuplicatePair.objects.values_list("pk", "decision", "group")) == before
        assert summary.pending == 0

    def test_what_proves_wrong_is_taken_back(self, library, monkeypatch) -> None:
        find_duplicates()
        monkeypatch.setattr(service.Comparer, "compare", lambda *_: None)
        find_duplicates(force=True)
        assert set(found()) == {("piece-2", "twin-2")}
        Track.objects.filter(pk=library["twin-2"].pk).update(audio_hash="another")
        find_duplicates()
        assert found() == {}
        assert not DuplicateGroup.objects.exists()

    def test_stopped_half_way_it_goes_on(self, library) -> None:
        class Stop(Progress):
            left = 4

            def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
                self.left -= 1
                if not self.left:
                    raise Cancelled("The job was cancelled.")

        with pytest.raises(Cancelled):
            find_duplicates(progress=Stop())
        assert all(pair.group for pair in found().values())
        rest = find_duplicates()
        assert 0 < rest.tracks < len(library) - 1
        assert len(found()) == 3

    def test_in_batches(self, library) -> None:
        first = find_duplicates(stop_after=0)
        assert (first.tracks, first.remaining) == (0, len(library) - 1)


def test_without_files_by_vectors_alone(layer: Layer, settings) -> None:
    settings.AUDIO_DIR = ""
    numbers = np.random.default_rng(0)
    steady = numbers.standard_normal(SIZE) + 0.3 * numbers.standard_normal((12, SIZE))
    near = steady + 0.02 * numbers.standard_normal((12, SIZE))
    other = steady[::-1] + 0.3 * numbers.standard_normal((12, SIZE))
    for track in store(layer, {1: steady, 2: near, 3: other}):
        heard(track, layer, 12)
    summary = find_duplicates()
    (pair,) = found().values()
    assert (pair.first.path, pair.second.path) == ("artist/001.wav", "artist/002.wav")
    assert (pair.kind, pair.correlation, pair.offset) == (Kind.NEAR, None, 0)
    assert summary.unheard == 3
    assert "were not heard" in str(summary)


def test_a_file_that_is_gone_meanwhile_is_not_heard(library, files, tmp_path, settings) -> None:
    settings.AUDIO_DIR = str(tmp_path)
    assert find_duplicates().unheard > 0
    assert all(pair.correlation is None for pair in found().values())


class TestFilesThatCannotBeDecoded:
    def test_a_child_listens_as_well(self, files) -> None:
        path = bytes(files / "piece-0.mp3")
        heard, expected = child.listen(path, lambda: None), listen(path)
        assert np.array_equal(heard.samples, expected.samples)
        assert np.array_equal(heard.features, expected.features)
        with pytest.raises(MediaError, match="no longer there"):
            child.listen(bytes(files / "none.mp3"), lambda: None)

    def test_a_crash_costs_one_file_and_once(self, library, listening, monkeypatch) -> None:
        tried = []

        def one_crashes(path: bytes, pause: Callable[[], None]) -> Sound:
            if not path.endswith(b"copy-0.opus"):
                return listening(path)
            tried.append(path)
            return child.listen(path, pause)

        monkeypatch.setattr(child, "send_sound", crashes)
        monkeypatch.setattr(comparing, "listen", one_crashes)
        job = jobs.enqueue_once(Job.Kind.DUPLICATES, {})
        run_job(job.pk)
        job.refresh_from_db()
        assert (job.state, job.done, job.failures) == (Job.State.DONE, 8, 1)
        assert "copy-0.opus: The file is damaged: whoever tried to read it crashed" in job.message
        assert {("offset-1", "piece-1"), ("piece-2", "twin-2")} <= set(found())
        assert find_duplicates().tracks == 0
        assert len(tried) == 1

    def test_a_decoder_that_hangs_is_stopped_in_time_or_when_asked(self, monkeypatch) -> None:
        monkeypatch.setattr(child, "send_sound", hangs)
        monkeypatch.setattr(child, "LIMITS", Limits(memory=1 << 28, cpu=5, wall=2.0))
        with pytest.raises(MediaError, match="took too long"):
            child.listen(b"any.mp3", lambda: None)

        def stop() -> None:
            raise Cancelled("The job was cancelled.")

        with pytest.raises(Cancelled):
            child.listen(b"any.mp3", stop)


def test_memory_holds_an_hour_of_audio(library, monkeypatch) -> None:
    monkeypatch.setattr(comparing, "KEPT_SECONDS", 35.0)
    find_duplicates()
    assert len(found()) == 3


def pair_of(one: int, other: int, **fields) -> DuplicatePair:
    first, second = sorted((make_track(one).pk, make_track(other).pk))
    values = {"kind": Kind.RECORDING, "offset": 0, "overlap": 30} | fields
    return DuplicatePair.objects.create(first_id=first, second_id=second, **values)


class TestGroups:
    @pytest.fixture(autouse=True)
    def chain(self) -> Iterator[None]:
        """1 - 2 - 3 and 5 - 6."""
        self.pairs = [pair_of(1, 2), pair_of(2, 3), pair_of(5, 6)]
        find_duplicates()
        yield

    def groups(self) -> list[int | None]:
        return [
            DuplicatePair.objects.values_list("group", flat=True).get(pk=pair.pk)
            for pair in self.pairs
        ]

    def test_hang_together_by_pairs(self) -> None:
        one, two, three = self.groups()
        assert one == two != three

    def test_grow_and_keep_their_number(self) -> None:
        before = self.groups()
        self.pairs.append(pair_of(3, 5))
        find_duplicates()
        assert set(self.groups()) == {before[0]}
        assert DuplicateGroup.objects.count() == 1

    def test_come_apart_where_people_say_so(self) -> None:
        person = User.objects.create(username="curator")
        before = self.groups()
        decide(DuplicatePair.objects.filter(pk=self.pairs[1].pk), Decision.DIFFERENT, person)
        assert self.groups() == [before[0], None, before[2]]
        pair = DuplicatePair.objects.get(pk=self.pairs[1].pk)
        assert (pair.decided_by, pair.decided_at is None) == (person, False)
        decide(DuplicatePair.objects.filter(pk=pair.pk), Decision.PENDING, person)
        assert self.groups() == before
        pair.refresh_from_db()
        assert (pair.decided_by, pair.decided_at) == (None, None)

    def test_a_track_tells_its_recordings(self) -> None:
        decide(DuplicatePair.objects.filter(pk=self.pairs[1].pk), Decision.SAME, None)
        told = same_recordings(make_track(2))
        assert [track for track, _ in told] == [make_track(3), make_track(1)]  # decided first
        decide(DuplicatePair.objects.filter(pk=self.pairs[0].pk), Decision.DIFFERENT, None)
        assert [track for track, _ in same_recordings(make_track(2))] == [make_track(3)]


def test_the_worker_does_it(library) -> None:
    job = jobs.enqueue_once(Job.Kind.DUPLICATES, {})
    assert jobs.enqueue_once(Job.Kind.DUPLICATES, {}).pk == job.pk
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (Job.State.DONE, 8, 8)
    assert "3 pairs to be reviewed, in 3 groups" in job.message


def test_the_command(library, capsys) -> None:
    call_command("find_duplicates")
    assert "3 pairs to be reviewed" in capsys.readouterr().out
    assert Job.objects.get().kind == Job.Kind.DUPLICATES
    with pytest.raises(Exception, match="There is no layer none"):
        call_command("find_duplicates", layer="none")


def test_outdated_pairs_are_deleted_in_one_statement() -> None:
    for number in range(1, 9, 2):
        pair_of(number, number + 1, kind=Kind.IDENTICAL)
    kept = pair_of(9, 10, kind=Kind.IDENTICAL, decision=Decision.SAME)
    with CaptureQueriesContext(connection) as asked:
        find_duplicates()
    deleted = [
        each["sql"] for each in asked if 'DELETE FROM "embeddings_duplicatepair"' in each["sql"]
    ]
    assert len(deleted) == 1
    assert DuplicatePair.objects.get() == kept


def test_an_empty_library() -> None:
    assert find_duplicates().tracks == 0


def test_a_layer_too_long_for_an_index() -> None:
    layer = make_layer(5000)
    with pytest.raises(ValueError, match="too long for an index"):
        find_duplicates(layer=layer.name)
