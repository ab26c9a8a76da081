"""What is planned, claimed and stored, on a real database."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from embeddings import locks
from embeddings.extraction import records
from embeddings.extraction.estimate import estimated_seconds
from embeddings.extraction.messages import Analysed, Engine
from embeddings.extraction.plan import Plan, UnknownModel, make_plan
from embeddings.extraction.service import extract
from embeddings.models import EmbeddingModel, Extraction, Layer
from embeddings.pipeline import PIPELINE_VERSION, TrackAnalysis
from embeddings.registry import MODELS
from embeddings.storage import VectorError, read_layer
from embeddings.sync import sync_registry
from embeddings.weights.store import weights_path, weights_sha256
from tests.embeddings.processes import alive_elsewhere
from tracks.models import Track

A, B = "mtt-vgg", "mtt-musicnn"
State = Extraction.State
ORIGIN = records.Origin("openvino", "f32", {A: "a" * 64, B: "b" * 64})

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_models_with_weights(tmp_path: Path, settings: Any) -> None:
    settings.MUSICEXPLORE_HOME = tmp_path
    sync_registry()
    for name in (A, B):
        weights_path(name).parent.mkdir(exist_ok=True)
        weights_path(name).touch()


def make_track(name: str = "a.wav", **fields: Any) -> Track:
    known = {"size": 10, "mtime_ns": 10, "duration": 30.0} | fields
    return Track.objects.create(path=name, path_bytes=name.encode(), **known)


def plan(**options: Any) -> Plan:
    return make_plan(**{"models": None, "tracks": None, "n_tracks": None, "force": False} | options)


def needed() -> dict[str, tuple[str, ...]]:
    paths = dict(Track.objects.values_list("pk", "path"))
    return {paths[item.track_id]: item.models for item in plan().items}


def row(track: Track, model: str, **fields: Any) -> Extraction:
    known = {
        "source_size": track.size,
        "source_mtime_ns": track.mtime_ns,
        "pipeline_version": PIPELINE_VERSION,
        "precision": "f32",
        "weights_sha256": weights_sha256(model),
    }
    return Extraction.objects.create(
        track=track, model=EmbeddingModel.objects.get(name=model), **known | fields
    )


def take(track: Track, *names: str, run: str = "1") -> records.Claim:
    models = {name: EmbeddingModel.objects.get(name=name) for name in names or (A, B)}
    claim = records.claim(track, models, run=run, force=False)
    assert claim is not None
    return claim


def analysis(track: Track, value: float = 1.0, *, segments: int = 2, hash: str = "h") -> Analysed:
    vectors = {
        spec.layer_name(layer): np.full((segments, layer.size), value, np.float32)
        for spec in (MODELS[A], MODELS[B])
        for layer in spec.layers
    }
    return Analysed(
        track.pk, TrackAnalysis(hash, 6.0, -14.0, dict.fromkeys((A, B), False), vectors), 3.0
    )


def layer(model: str) -> Layer:
    return Layer.objects.get(name=f"{model}-embeddings")


# What is planned


def test_models_without_weights_or_switched_off_are_left_out_with_the_reason() -> None:
    EmbeddingModel.objects.filter(name=B).update(enabled=False)
    made = plan()
    assert list(made.models) == [A]
    assert "switched off" in made.left_out[B]
    assert made.left_out["audioset-vggish"] == (
        "it is optional, and its weights are not here "
        "(fetch_models --source essentia audioset-vggish)"
    )
    assert "run fetch_models msd-vgg" in made.left_out["msd-vgg"]
    assert list(plan(models=[B]).models) == [B]  # asked for by name
    with pytest.raises(UnknownModel, match=r"no-such-net.*mtt-vgg"):
        plan(models=["no-such-net"])


def test_what_is_done_with_the_file_as_it_is_needs_nothing() -> None:
    track = make_track()
    assert needed() == {"a.wav": (B, A)}
    row(track, A, state=State.DONE)
    assert needed() == {"a.wav": (B,)}
    row(track, B, state=State.DONE)
    assert needed() == {}
    assert [item.models for item in plan(force=True).items] == [(B, A)]
    Track.objects.update(size=11)
    assert needed() == {"a.wav": (B, A)}


def test_what_an_older_pipeline_did_is_done_again_even_of_the_same_audio() -> None:
    track = make_track(audio_hash="h")
    row(track, A, state=State.DONE, segments=2, pipeline_version=PIPELINE_VERSION - 1)
    row(track, B, state=State.DONE, segments=2)
    assert needed() == {"a.wav": (A,)}
    assert records.known_hashes(take(track, A)) == frozenset()


def test_what_other_weights_or_another_precision_made_stands_and_is_counted() -> None:
    for number in range(3):
        track = make_track(f"{number}.wav")
        row(track, A, state=State.DONE, weights_sha256="c" * 64 if number else weights_sha256(A))
        row(track, B, state=State.DONE, precision="f32" if number else "bf16")
    summary = extract()
    assert summary.planned == 0
    told = list(summary.lines())
    assert "2 tracks were made with other weights; --force makes them anew." in told
    assert "1 track was made in another precision; --force makes them anew." in told
    assert extract(dry_run=True, force=True).other_weights == 0
    assert extract([B], dry_run=True).other_weights == 0


def test_a_file_that_failed_three_times_is_left_alone_until_it_changes() -> None:
    track = make_track()
    failed = row(track, A, state=State.FAILED, attempts=2, reason="It is damaged.")
    assert needed() == {"a.wav": (B, A)}
    Extraction.objects.update(attempts=3)
    assert needed() == {"a.wav": (B,)}
    assert extract([A], dry_run=True).failed.total == 1
    Track.objects.update(mtime_ns=11)
    assert needed() == {"a.wav": (B, A)}
    track.refresh_from_db()
    take(track, A)
    failed.refresh_from_db()
    assert failed.attempts == 1


def test_only_what_can_be_played_is_planned_and_the_rest_recorded() -> None:
    make_track("gone.wav", state=Track.State.MISSING)
    make_track("bad.wav", state=Track.State.UNREADABLE, state_reason="The file is empty.")
    make_track("elsewhere", state=Track.State.CATALOGUE)
    kept = make_track("done.wav", state=Track.State.MISSING)
    row(kept, A, state=State.DONE, segments=5)
    summary = extract([A])
    assert summary.planned == 0
    assert summary.failed.counts == {"The file is empty.": 1}
    assert summary.skipped.counts == {"The file is missing.": 2}
    assert list(summary.failed.lines()) == ["       1  The file is empty. (bad.wav)"]
    assert {each.track.path: (each.state, each.reason) for each in Extraction.objects.all()} == {
        "gone.wav": ("skipped", "The file is missing."),
        "bad.wav": ("failed", "The file is empty."),
        "done.wav": ("done", ""),
    }
    Track.objects.filter(path="gone.wav").update(state=Track.State.PRESENT)
    assert needed().keys() == {"gone.wav"}


def test_at_most_so_many_tracks_and_the_rest_is_counted() -> None:
    for number in range(5):
        make_track(f"{number}.wav")
    made = plan(n_tracks=2)
    assert (len(made.items), made.tracks_left) == (2, 3)
    assert made.audio_seconds == 60
    assert made.model_seconds == {A: 60, B: 60}


def test_planning_asks_the_same_number_of_questions_for_any_library(
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(20):
        make_track(f"{number}.wav")
    with django_assert_max_num_queries(5):
        plan()


# Claims


def test_nobody_takes_what_a_run_that_is_alive_has_taken() -> None:
    track = make_track()
    models = {A: EmbeddingModel.objects.get(name=A)}
    take(track, A, run="77")
    with alive_elsewhere(locks.Kind.EXTRACTION_RUN, 77):
        assert needed() == {"a.wav": (B,)}
        assert records.claim(track, models, run="78", force=False) is None
        assert records.claim(track, models, run="78", force=True) is None
        assert records.take_back_stale_claims() == 0
    # Its process is gone, and its lock with it.
    assert needed() == {"a.wav": (B, A)}
    assert records.take_back_stale_claims() == 1
    assert Extraction.objects.get(model__name=A).state == State.PENDING
    assert records.claim(track, models, run="78", force=False) is not None


def test_what_takes_its_whole_run_along_three_times_has_failed() -> None:
    row(make_track(), A, state=State.RUNNING, claim="5", attempts=3)
    records.take_back_stale_claims()
    found = Extraction.objects.get()
    assert found.state == State.FAILED
    assert "3 times" in found.reason


def test_work_given_back_counts_as_not_tried() -> None:
    claim = take(make_track())
    records.release(claim)
    assert list(Extraction.objects.values_list("state", "attempts")) == [("pending", 0)] * 2


# Outcomes


def test_vectors_and_state_are_stored_together() -> None:
    track = make_track()
    records.store(take(track), analysis(track), ORIGIN)
    for name in (A, B):
        found = Extraction.objects.get(model__name=name)
        assert (found.state, found.segments, found.seconds) == (State.DONE, 2, 1.5)
        assert found.weights_sha256 == ORIGIN.weights_sha256[name]
        assert len(read_layer(layer(name))) == 2
    track.refresh_from_db()
    assert (track.audio_hash, track.duration, track.loudness) == ("h", 6.0, -14.0)


def test_vectors_that_cannot_be_stored_fail_their_model_alone() -> None:
    track = make_track()
    outcome = analysis(track)
    outcome.analysis.vectors[f"{A}-embeddings"][1, 3] = 1e6
    with pytest.raises(VectorError):
        records.store(take(track), outcome, ORIGIN)
    bad = Extraction.objects.get(model__name=A)
    assert (bad.state, bad.claim) == (State.FAILED, "")
    assert "half precision" in bad.reason
    assert len(read_layer(layer(A))) == 0
    assert Extraction.objects.get(model__name=B).state == State.DONE
    assert len(read_layer(layer(B))) == 2


def test_a_claim_that_was_lost_writes_nothing() -> None:
    track = make_track()
    claim = take(track)
    Extraction.objects.update(claim="another")
    records.store(claim, analysis(track), ORIGIN)
    assert len(read_layer(layer(A))) == 0
    assert set(Extraction.objects.values_list("state", flat=True)) == {"running"}


def test_a_track_deleted_meanwhile_is_no_error() -> None:
    track = make_track()
    claim = take(track)
    Track.objects.all().delete()
    records.store(claim, analysis(track), ORIGIN)
    assert len(read_layer(layer(A))) == 0


def test_a_failure_keeps_the_vectors_that_were_there() -> None:
    track = make_track()
    records.store(take(track), analysis(track), ORIGIN)
    Track.objects.update(size=11)
    track.refresh_from_db()
    records.fail(take(track), "It is damaged\0 now.\n")
    assert set(Extraction.objects.values_list("reason", flat=True)) == {"It is damaged now."}
    assert len(read_layer(layer(A))) == 2


def test_other_audio_makes_the_vectors_of_other_models_stale() -> None:
    """Otherwise their old vectors would pass for those of the new audio after retagging."""
    track = make_track()
    records.store(take(track), analysis(track, hash="old"), ORIGIN)
    Track.objects.update(size=11)
    track.refresh_from_db()
    claim = take(track, B)
    assert records.known_hashes(claim) == {"old"}
    records.store(claim, analysis(track, hash="new"), ORIGIN)
    track.refresh_from_db()
    assert needed() == {"a.wav": (A,)}
    assert records.known_hashes(take(track, A)) == frozenset()


def test_a_new_file_is_compared_with_files_that_are_gone_and_may_be_it() -> None:
    make_track("gone.wav", state=Track.State.MISSING, duration=30.4, audio_hash="near")
    make_track("other.wav", state=Track.State.MISSING, duration=90, audio_hash="far")
    make_track("here.wav", size=999, audio_hash="here")
    new = make_track("new.wav")
    assert records.known_hashes(take(new)) == {"near"}


# Estimates


def test_the_estimate_follows_the_speed_of_past_runs() -> None:
    for number in range(4):
        track = make_track(f"{number}.wav", duration=100.0)
        row(
            track, A, state=State.DONE, seconds=5.0, backend="openvino", precision="f32",
            finished_at=timezone.now() - timedelta(minutes=number),
        )  # fmt: skip
    make_track("new.wav", duration=400.0)
    make_track("newer.wav", duration=200.0)
    made = plan(models=[A])
    engine = Engine({A: weights_path(A)}, "openvino", "f32")
    assert estimated_seconds(made, engine, workers=1) == pytest.approx(600 * 5 / 100)
    assert estimated_seconds(made, engine, workers=2) == pytest.approx(600 * 5 / 100 / 2)
    unknown = Engine({A: weights_path(A)}, "essentia", "f32")
    assert estimated_seconds(made, unknown, workers=1) is None  # a short run is not worth measuring
