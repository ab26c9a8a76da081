"""A library that fits together, every kind of damage done to it, and what `check_library` says."""

import json
import os
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction

from embeddings.extraction.plan import make_plan
from embeddings.extraction.records import claim
from embeddings.file_queries import place
from embeddings.integrity import vectors
from embeddings.integrity.service import CHECKS, check_library
from embeddings.models import EmbeddingModel, Extraction, Job, Layer, Projection
from embeddings.pipeline import PIPELINE_VERSION
from embeddings.queries import current_projections
from embeddings.reduction.service import reduce_layer
from embeddings.storage import read_layer, replace_vectors, segment_counts, table_name
from embeddings.vector_index import index_all, index_name
from embeddings.weights.store import weights_path, weights_sha256
from tests.embeddings.factories import make_layer
from tests.tracks.sounds import write_wav
from tracks.indexing import index_audio
from tracks.metadata.covers import covers_folder
from tracks.models import Album, Artist, Track, TrackArtist

pytestmark = pytest.mark.django_db
NETWORK = "mtt-vgg"
TRACKS, SEGMENTS = 5, 5


@pytest.fixture
def library(tmp_path, settings):
    """Five tracks, heard by one of our networks and by an imported one, with indexes and maps."""
    settings.MUSICEXPLORE_HOME = tmp_path / "home"
    root = tmp_path / "music"
    settings.AUDIO_DIR = str(root)
    for number in range(TRACKS):
        write_wav(root / "album" / f"{number}.wav", tone=200 + number)
    index_audio(root, folder=root)
    tracks = list(Track.objects.order_by("path"))
    own = EmbeddingModel.objects.get(name=NETWORK)
    weights_path(NETWORK).parent.mkdir(parents=True)
    weights_path(NETWORK).write_bytes(b"a graph")
    EmbeddingModel.objects.filter(pk=own.pk).update(
        weights_sha256=weights_sha256(NETWORK), weights_source="pypi"
    )
    imported = make_layer(12, model="mine-net")
    EmbeddingModel.objects.filter(pk=imported.model_id).update(imported=True)
    layers = [*own.layers.all(), imported]
    rng = np.random.default_rng(0)
    for track in tracks:
        with transaction.atomic():
            replace_vectors(
                {layer: rng.normal(size=(SEGMENTS, layer.size)) for layer in layers}, track.pk
            )
        for model in (own, imported.model):
            Extraction.objects.create(
                track=track,
                model=model,
                state="done",
                segments=SEGMENTS,
                pipeline_version=PIPELINE_VERSION,
                source_size=track.size,
                source_mtime_ns=track.mtime_ns,
            )
    index_all()
    for layer in layers:
        reduce_layer(layer, "pca")
    artists = [Artist.objects.create(name=name, key=name) for name in "abc"]
    for number, artist in enumerate(artists):
        TrackArtist.objects.create(track=tracks[0], artist=artist, place=number)
    covers_folder().mkdir()
    (covers_folder() / "a.webp").write_bytes(b"a cover")
    Album.objects.create(title="Known", key="known", cover="a.webp")
    return SimpleNamespace(
        root=root, tracks=tracks, own=own, layer=own.layers.first(), imported=imported
    )


def file_of(library, number: int) -> Path:
    return library.root / library.tracks[number].path


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def of_the_first(library, layer: Layer) -> tuple[str, int]:
    return table_name(layer.pk), library.tracks[0].pk


def a_dead_job(library):
    Job.objects.create(kind=Job.Kind.REDUCTION, state=Job.State.RUNNING)


def a_dead_claim(library):
    Extraction.objects.filter(pk=first_row(library).pk).update(state="running", claim="1")


def a_dead_map(library):
    Projection.objects.create(
        layer=library.layer, method="umap", recipe="r", state=Projection.State.RUNNING
    )


def a_file_is_gone(library):
    file_of(library, 0).unlink()


def a_file_has_changed(library):
    write_wav(file_of(library, 0), seconds=0.3)


def a_file_is_back(library):
    Track.objects.filter(pk=library.tracks[0].pk).update(state=Track.State.MISSING)


def the_first_artist_is_deleted(library):
    Artist.objects.get(name="a").delete()


def a_table_is_gone(library):
    layer = Layer.objects.exclude(model__in=[library.own, library.imported.model]).first()
    sql(f"DROP TABLE {table_name(layer.pk)}")


def a_segment_is_gone(library):
    table, track = of_the_first(library, library.layer)
    sql(f"DELETE FROM {table} WHERE track_id = %s AND position = 1", track)


def vectors_of_a_layer_are_gone(library):
    table, track = of_the_first(library, library.layer)
    sql(f"DELETE FROM {table} WHERE track_id = %s", track)


def another_number_of_segments(library):
    table, track = of_the_first(library, library.layer)
    sql(f"DELETE FROM {table} WHERE track_id = %s AND position = %s", track, SEGMENTS - 1)


def imported_vectors_are_gone(library):
    table, track = of_the_first(library, library.imported)
    sql(f"DELETE FROM {table} WHERE track_id = %s", track)


def a_status_row_is_gone(library):
    first_row(library).delete()


def an_average_is_gone(library):
    library.layer.averages.first().delete()


def an_average_of_other_vectors(library):
    library.layer.averages.filter(track=library.tracks[0]).update(segments=2)


def a_preview_is_missing(library):
    library.layer.averages.filter(track=library.tracks[0]).update(typical=None)


def an_index_is_gone(library):
    sql(f"DROP INDEX {index_name(library.layer)}")


def an_index_is_invalid(library):
    sql(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass",
        index_name(library.layer),
    )


def coordinates_are_cut_off(library):
    row = a_map(library).tracks.first()
    row.coordinates = row.coordinates[:-3]
    row.save()


def a_map_counts_wrongly(library):
    Projection.objects.filter(pk=a_map(library).pk).update(segments=3)


def a_cover_is_gone(library):
    (covers_folder() / "a.webp").unlink()


def a_cover_of_no_album(library):
    old_file(covers_folder() / "b.webp")


def a_query_file_without_a_row(library):
    old_file(place.folder() / "somebody.flac")


def a_file_never_finished(library):
    old_file(weights_path(NETWORK).with_name(f".{NETWORK}-x1y2.pb"))


def first_row(library) -> Extraction:
    return Extraction.objects.get(track=library.tracks[0], model=library.own)


def a_map(library) -> Projection:
    return current_projections(library.layer).get()


def old_file(path: Path) -> None:
    path.write_bytes(b"?")
    two_hours_ago = time.time() - 7200
    os.utime(path, (two_hours_ago, two_hours_ago))


REPAIRED: dict[Callable, str] = {
    a_dead_job: "jobs",
    a_dead_claim: "claims",
    a_dead_map: "interrupted maps",
    a_file_is_gone: "files",
    a_file_has_changed: "files",
    a_file_is_back: "files",
    the_first_artist_is_deleted: "credits",
    a_table_is_gone: "tables",
    a_segment_is_gone: "broken vectors",
    vectors_of_a_layer_are_gone: "extractions",
    another_number_of_segments: "extractions",
    imported_vectors_are_gone: "imports",
    a_status_row_is_gone: "vectors",
    an_average_is_gone: "averages",
    an_average_of_other_vectors: "averages",
    a_preview_is_missing: "averages",
    an_index_is_gone: "search indexes",
    an_index_is_invalid: "search indexes",
    coordinates_are_cut_off: "coordinates",
    a_map_counts_wrongly: "totals of maps",
    a_cover_is_gone: "covers",
    a_cover_of_no_album: "stray covers",
    a_query_file_without_a_row: "file queries",
    a_file_never_finished: "unfinished files",
}


def problems(**options: bool) -> list[str]:
    return [f"{check}: {each.problem}" for check, each in check_library(**options).left]


def test_a_healthy_library_has_no_findings(library):
    assert problems() == []
    assert problems(repair=True) == []


@pytest.mark.parametrize("damage", REPAIRED, ids=lambda damage: damage.__name__)
def test_damage_is_found_and_repaired(library, damage):
    damage(library)
    name = REPAIRED[damage]
    seen = check_library(checks=[name])
    assert len(seen.left) == 1, "found, and only once"
    assert seen.left == seen.found
    ((_, finding),) = seen.found
    assert (finding.count, len(finding.examples)) == (1, 1)
    assert check_library(checks=[name]).found, "looking changes nothing"
    repaired = check_library(repair=True)
    assert name in {check for check, _ in repaired.found}
    assert (repaired.errors, [left for left in repaired.left if left[0] != "maps"]) == ([], [])
    assert not check_library(checks=[check for check in CHECKS if check != "maps"]).found


def test_every_check_finds_something_in_these_tests():
    elsewhere = {"music folder", "weights", "maps"}
    assert {*REPAIRED.values(), *elsewhere} == set(CHECKS)


def test_what_is_set_back_is_extracted_anew_and_not_taken_for_whole(library):
    vectors_of_a_layer_are_gone(library)
    track = library.tracks[0]
    Track.objects.filter(pk=track.pk).update(audio_hash="h")
    assert not make_plan(models=[NETWORK], tracks=None, n_tracks=None, force=False).items
    check_library(repair=True)
    (item,) = make_plan(models=[NETWORK], tracks=None, n_tracks=None, force=False).items
    assert item.track_id == track.pk
    track.refresh_from_db()
    taken = claim(track, {NETWORK: library.own}, run="1", force=False)
    assert taken is not None
    assert not taken.has_vectors


def test_vectors_of_another_size_are_deleted_and_others_stay(library):
    before = read_layer(library.layer, [library.tracks[1].pk])
    sql(f"DROP INDEX {index_name(library.layer)}")  # it takes no other size
    table, track = of_the_first(library, library.layer)
    sql(f"UPDATE {table} SET vector = '[1,2]' WHERE track_id = %s AND position = 1", track)
    report = check_library(repair=True, checks=["broken vectors"])
    assert ([finding.count for _, finding in report.found], report.left) == ([1], [])
    assert track not in segment_counts(library.layer)
    assert first_row(library).state == "pending"
    after = read_layer(library.layer, [library.tracks[1].pk])
    np.testing.assert_array_equal(before.vectors, after.vectors)


@pytest.mark.parametrize("layer", ["imported", "layer"])
def test_vectors_that_cannot_be_made_again_are_never_deleted(library, layer):
    table, track = of_the_first(library, getattr(library, layer))
    sql(f"DELETE FROM {table} WHERE track_id = %s AND position = 1", track)
    Track.objects.filter(pk=track).update(state=Track.State.MISSING)
    file_of(library, 0).unlink()
    left = check_library(repair=True).left
    assert "broken vectors" in {check for check, _ in left}
    assert segment_counts(getattr(library, layer))[track] == SEGMENTS - 1


def test_found_vectors_are_kept_until_they_are_made_anew(library):
    a_status_row_is_gone(library)
    check_library(repair=True)
    row = first_row(library)
    assert (row.state, row.segments, row.pipeline_version) == ("done", SEGMENTS, 0)
    assert segment_counts(library.layer)[row.track_id] == SEGMENTS


def test_many_files_gone_at_once_are_not_believed(library):
    for number in range(4):
        file_of(library, number).unlink()
    ((check, finding),) = check_library(repair=True).left
    assert (check, finding.count, finding.repair) == ("files", 4, None)
    assert "--accept-missing" in finding.remedy
    assert not Track.objects.filter(state=Track.State.MISSING).exists()


def test_a_music_folder_that_is_not_there_is_one_problem(library, settings):
    library.root.rename(library.root.with_name("elsewhere"))
    ((check, finding),) = check_library(repair=True).left
    assert (check, finding.examples) == ("music folder", (str(library.root),))


def test_what_is_excluded_or_reached_by_a_link_is_left_to_the_index(library, settings):
    a_file_is_back(library)
    settings.EXCLUDE = ["0.wav"]
    assert problems() == []
    settings.EXCLUDE = []
    file_of(library, 0).rename(library.root.parent / "real.wav")
    file_of(library, 0).symlink_to(library.root.parent / "real.wav")
    assert problems() == []


@pytest.mark.parametrize(("source", "chosen"), [("pypi", "pypi"), ("directory", "DIR")])
def test_other_weights_than_recorded_name_the_command(library, source, chosen):
    EmbeddingModel.objects.filter(pk=library.own.pk).update(weights_source=source)
    weights_path(NETWORK).write_bytes(b"another graph")
    ((check, changed),) = check_library(repair=True).left
    weights_path(NETWORK).unlink()
    ((_, gone),) = check_library(repair=True).left
    assert check == "weights"
    assert changed.problem != gone.problem
    assert changed.remedy == gone.remedy == f"Run fetch_models --source {chosen} {NETWORK}."


def test_a_map_of_fewer_tracks_is_left_to_reduce_all(library):
    a_map(library).tracks.first().delete()
    ((check, finding),) = check_library(repair=True).left
    assert (check, finding.count) == ("maps", 1)
    assert "reduce_all" in finding.remedy
    reduce_layer(library.layer, "pca")
    assert problems() == []


def test_a_young_file_may_belong_to_work_that_goes_on(library):
    (covers_folder() / "b.webp").write_bytes(b"?")
    assert problems() == []


def test_a_repair_that_fails_is_told_and_keeps_no_other_from_being_done(library, monkeypatch):
    def full(*args, **options):
        raise OperationalError("the disk is full")

    monkeypatch.setattr(vectors, "index_layer", full)
    an_index_is_gone(library)
    a_cover_of_no_album(library)
    report = check_library(repair=True)
    assert [check for check, _ in report.left] == ["search indexes"]
    assert "the disk is full" in report.errors[0]


def test_the_command_tells_repairs_and_has_a_status(library):
    assert "Everything fits together." in run()
    an_average_is_gone(library)
    for number in range(4):
        file_of(library, number).unlink()
    output = StringIO()
    with pytest.raises(CommandError, match=r"2 kinds .* --repair deals with 1\."):
        call_command("check_library", stdout=output)
    assert "1 tracks with no average or preview" in output.getvalue()
    assert "album/0.wav" in output.getvalue()
    output = StringIO()
    with pytest.raises(CommandError, match="1 kind of problem left"):
        call_command("check_library", "--repair", "--json", stdout=output)
    answer = json.loads(output.getvalue())
    assert answer["problems"] == 1
    left = {row["check"]: row["left"] for row in answer["findings"]}
    assert left == {"files": True, "averages": False}


def run(*options: str) -> str:
    output = StringIO()
    call_command("check_library", *options, stdout=output)
    return output.getvalue()
