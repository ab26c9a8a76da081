"""What the benchmarks of map and search measure with: made-up libraries, databases of their own."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum

from embeddings.averages import read_averages
from embeddings.benchmarks.common import BenchmarkError
from embeddings.benchmarks.mixing import RealVectors
from embeddings.models import Extraction, Layer, Projection, TrackAverage
from embeddings.queries import current_projections, projection_points
from embeddings.storage import count_segments, read_layer
from embeddings.sync import sync_registry
from explorer.benchmarks import file_query, real, search
from explorer.benchmarks import map as map_benchmark
from explorer.benchmarks.database import NAME, own_database
from explorer.benchmarks.library import HALVES, MAP_LAYER, make_library, track_lengths
from explorer.benchmarks.search_library import make_search_library, store_real
from explorer.benchmarks.steps import Steps
from musicexplore.progress import ConsoleProgress, Progress
from musicexplore.wheels import DownloadError
from tracks.models import Album, Artist, Tag, Track, TrackArtist

SEGMENTS = 20_000


def test_cuts_need_a_layer_and_tracks(registry):
    with pytest.raises(BenchmarkError, match="no layer nonsense"):
        file_query.measure(layer="nonsense")
    with pytest.raises(BenchmarkError, match="no tracks to cut from"):
        file_query.measure(layer="msd-musicnn-embeddings")


@pytest.fixture
def registry(db) -> None:
    sync_registry()


def test_a_library_has_the_segments_asked_for(registry):
    made = make_library(SEGMENTS)
    projection = current_projections().get()
    points = projection_points(projection)
    assert made.segments == len(points) == projection.segments == SEGMENTS
    assert made.tracks == Track.objects.count() == len(np.unique(points.track))
    model = Layer.objects.get(name=MAP_LAYER).model
    done = Extraction.objects.filter(model=model, state=Extraction.State.DONE)
    assert done.aggregate(n=Sum("segments"))["n"] == SEGMENTS
    assert np.isfinite(points.x).all()
    assert np.isfinite(points.y).all()


def test_half_of_its_segments_are_of_one_kind(registry):
    make_library(SEGMENTS)
    category, names = HALVES
    points = projection_points(Projection.objects.get())
    for name in names:
        tag = Tag.objects.get(category=category, name=name)
        share = np.isin(points.track, tag.tracks.values_list("pk", flat=True)).mean()
        assert share == pytest.approx(0.5, abs=0.02)


def test_regions_of_its_map_can_be_named(registry):
    make_library(SEGMENTS)
    layer = Layer.objects.get(name=MAP_LAYER)
    data = read_layer(layer)
    assert len(data) == SEGMENTS
    assert 0 <= data.vectors.min() <= data.vectors.max() <= 1
    lengths = np.unique(data.track_ids, return_counts=True)[1]
    counts = Extraction.objects.order_by("track").values_list("segments", flat=True)
    assert lengths.tolist() == list(counts)


def test_it_is_like_a_real_one(registry):
    make_library(SEGMENTS)
    tracks = Track.objects.count()
    assert TrackArtist.objects.count() == tracks
    assert 1 < Artist.objects.filter(tracks__isnull=False).distinct().count() < tracks / 2
    assert 1 < Album.objects.count() < tracks
    assert not Track.objects.filter(tags__isnull=True).exists()
    assert (
        Track.objects.values("album__artist", "credits__artist")
        .filter(album__isnull=False)
        .distinct()
        .count()
        == Artist.objects.filter(tracks__isnull=False).distinct().count()
    )
    points = projection_points(Projection.objects.get())
    taken, _, _ = np.histogram2d(points.x, points.y, bins=50)
    assert (taken == 0).mean() > 0.3, "clusters leave room between them"


@pytest.mark.parametrize("segments", [1, 1000, 100_000])
def test_lengths_of_tracks_vary_and_sum_up(segments):
    lengths = track_lengths(segments, np.random.default_rng(0))
    assert lengths.sum() == segments
    assert lengths.min() >= 1
    if segments == 100_000:
        assert 60 < np.median(lengths) < 90
        assert lengths.max() > 500


def test_the_same_numbers_give_the_same_library(registry):
    def made() -> tuple:
        make_library(SEGMENTS)
        points = projection_points(Projection.objects.get())
        tags = list(Track.objects.order_by("path").values_list("path", "tags__name"))
        Track.objects.all().delete()
        Projection.objects.all().delete()
        for model in (Artist, Album, Tag):
            model.objects.all().delete()
        return points.x.tobytes(), sorted(tags)

    assert made() == made()


def test_nothing_is_made_up_beside_tracks(registry):
    Track.objects.create(path="mine.mp3", path_bytes=b"mine.mp3")
    with pytest.raises(BenchmarkError, match="There are tracks in the database"):
        make_library(SEGMENTS)
    assert Track.objects.count() == 1


def databases() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db(transaction=True)
def test_its_database_is_gone_afterwards_whatever_happens():
    Track.objects.create(path="mine.mp3", path_bytes=b"mine.mp3")
    with pytest.raises(KeyboardInterrupt), own_database() as address:
        assert NAME in address
        assert NAME in databases()
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database()")
            assert cursor.fetchone() == (NAME,)
            cursor.execute("SELECT to_regclass('tracks_track')")
            assert cursor.fetchone() == (None,)
        raise KeyboardInterrupt
    assert NAME not in databases()
    assert Track.objects.get().path == "mine.mp3"


@pytest.mark.django_db(transaction=True)
def test_one_at_work_is_left_alone_and_what_a_killed_one_left_is_replaced():
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {NAME}")
    other = connection.copy()
    other.settings_dict["NAME"] = NAME
    with other.cursor() as cursor:
        cursor.execute("CREATE TABLE measured (number integer)")
        with pytest.raises(BenchmarkError, match="no other benchmark runs"), own_database():
            pass
        cursor.execute("SELECT count(*) FROM measured")
    other.close()
    with own_database(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('measured')")
        assert cursor.fetchone() == (None,)
    assert NAME not in databases()


def test_targets_say_whether_they_are_met():
    measured = dict.fromkeys(map_benchmark.TARGETS, 0.0) | {"frame_ms": 251}
    targets = map_benchmark.against_targets(measured)
    assert targets["frame_ms"] == {"at_most": 250, "met": False}
    assert all(target["met"] for name, target in targets.items() if name != "frame_ms")


def test_a_map_too_small_to_tell_anything_is_refused():
    with pytest.raises(BenchmarkError, match="less than 1000 segments"):
        map_benchmark.measure(10)


def made_up_recordings() -> RealVectors:
    """Two hours of music in the benchmark's layer: recordings in directions of their own."""
    numbers = np.random.default_rng(0)
    homes = numbers.standard_normal((20, 200)).repeat(60, axis=0)
    vectors = homes + 0.6 * numbers.standard_normal((1200, 200))
    return RealVectors(
        np.maximum(vectors, 0).astype(np.float32),
        np.arange(20).repeat(60),
        np.tile(np.arange(60) * 3.0, 20),
        3.0,
    )


@pytest.mark.django_db(transaction=True)
def test_search_is_measured_from_end_to_end_and_leaves_nothing(capfd, monkeypatch):
    monkeypatch.setattr(search, "real_vectors", lambda *_, **__: made_up_recordings())
    monkeypatch.setattr(search, "annoy_problem", lambda: "no Annoy: make annoy")
    monkeypatch.setattr(search, "QUERIES", 20)
    call_command("benchmark", "search", "--segments", "3000", "--json")
    output, messages = capfd.readouterr()
    measured = json.loads(output)
    assert measured["segments"] == 3000
    assert measured["real_segments"] == 1200
    for name in ("recall_at_10", "http_recall", "filtered_10pct_recall", "far_tag_http_recall"):
        assert measured[name] >= 0.95, name
    for name in ("p50_ms", "http_p95_ms", "http_8_clients_p95_ms", "far_tag_p95_ms"):
        assert measured[name] > 0, name
    assert measured["http_8_clients_per_second"] > 1
    assert measured["build_seconds"] > 0
    assert min(measured["index_mb"], measured["vectors_mb"]) >= 1
    assert measured["annoy_recall"] is None
    assert "no Annoy: make annoy" in messages
    assert "asking the site" in messages  # the bar
    assert set(measured["targets"]) == {*search.AT_LEAST, *search.AT_MOST}
    assert NAME not in databases()


def test_a_library_to_search_has_the_tags_to_filter_by(registry):
    layer = Layer.objects.get(name=real.LAYER)
    heard = made_up_recordings()
    made = make_search_library(60_000, heard, layer, Progress())
    assert count_segments(layer) == 60_000
    assert TrackAverage.objects.filter(layer=layer).count() == made.tracks
    shares = {name: tag.tracks.count() / made.tracks for name, tag in made.tags.items()}
    assert shares["1pct"] == pytest.approx(0.01, abs=0.002)
    assert shares["10pct"] == pytest.approx(0.1, abs=0.002)
    assert 0.1 <= shares["far"] < 0.2
    means = read_averages(layer, None).means
    unit = means / np.linalg.norm(means, axis=1, keepdims=True)
    tracks = np.array(Track.objects.order_by("pk").values_list("pk", flat=True))
    here = np.isin(tracks, made.far_from)
    far = np.isin(tracks, made.tags["far"].tracks.values_list("pk", flat=True))
    assert (unit[here] @ unit[far].T).max() < (unit[here] @ unit.T).mean()


def test_the_librarys_own_vectors_are_mixed_where_there_are_enough(registry, monkeypatch):
    heard = made_up_recordings()
    layer = Layer.objects.get(name=real.LAYER)
    assert store_real(heard, layer) == 1200
    steps = Steps(Progress(), 1)
    found = real.real_vectors(Path("nowhere"), steps, weight=1)
    assert np.array_equal(found.vectors, heard.vectors.astype(np.float16))
    assert len(np.unique(found.recordings)) == 20
    assert found.starts[:2].tolist() == [0, layer.hop_seconds]
    monkeypatch.setattr(real, "MOST", 300)
    assert len(real.real_vectors(Path("nowhere"), steps, weight=1)) == 300

    def unreachable(*_: Any, **__: Any) -> None:
        raise DownloadError("no index")

    monkeypatch.setattr(real, "FEWEST", 1201)
    monkeypatch.setattr(real, "fetch_music", unreachable)
    with pytest.raises(BenchmarkError, match="no index"):
        real.real_vectors(Path("nowhere"), steps, weight=1)


def test_a_search_too_small_to_tell_anything_is_refused():
    with pytest.raises(BenchmarkError, match="less than 2000 segments"):
        search.measure(10)


def test_a_step_is_named_when_it_begins(capsys):
    steps = Steps(ConsoleProgress("Benchmark"), 2)
    for name in ("first of them", "second of them"):
        with steps(name):
            assert name in capsys.readouterr().err
    steps.finish()
