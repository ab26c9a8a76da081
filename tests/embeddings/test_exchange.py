"""Vectors to other programs and back: what a file holds, and each file that is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from embeddings.exchange.exporting import export_layer
from embeddings.exchange.formats import ExchangeError
from embeddings.exchange.importing import import_layer
from embeddings.models import EmbeddingModel, Extraction, Layer
from embeddings.neighbours import nearest_segments
from embeddings.reduction.service import reduce_layer
from embeddings.storage import partitions, read_layer, table_name
from embeddings.vector_index import index_layer
from musicexplore.progress import Progress
from tests.embeddings.factories import make_layer, make_track, store
from tests.embeddings.processes import database

pytestmark = pytest.mark.django_db
# An export is a transaction of its own, which cannot be within a test's.
writes_a_snapshot = pytest.mark.django_db(transaction=True)
SIZE = 4
NAME = "mine-clap-embeddings"
SUFFIXES = [".npz", ".parquet"]


def vectors(number: int) -> np.ndarray:
    rng = np.random.default_rng(number)
    return rng.normal(size=(number + 1, SIZE)).astype(np.float16).astype(np.float32)


@pytest.fixture
def layer() -> Layer:
    layer = make_layer(SIZE, tags=("a", "b", "c", "d"))
    tracks = store(layer, {number: vectors(number) for number in (2, 0, 3)})
    for track in tracks:
        Extraction.objects.create(
            track=track,
            model=layer.model,
            state=Extraction.State.DONE,
            padded=track.path.endswith("000.wav"),
            precision="f32",
            pipeline_version=1,
            weights_sha256="ab" * 32,
        )
    return layer


def columns(**changes: Any) -> dict[str, Any]:
    """A good file of two tracks with three and two segments, but for the changes."""
    position = np.array([0, 1, 2, 0, 1])
    good = {
        "path": np.array([make_track(1).path] * 3 + [make_track(2).path] * 2),
        "position": position,
        "start": position * 2.5,
        "end": position * 2.5 + 5,
        "vector": np.arange(5 * SIZE, dtype=np.float32).reshape(5, SIZE),
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def save(path: Path, data: dict[str, Any]) -> Path:
    if path.suffix == ".npz":
        np.savez(path, **data)
    else:
        pq.write_table(pa.table({key: list(value) for key, value in data.items()}), path)
    return path


@writes_a_snapshot
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_exported_layer_comes_back_as_it_was(layer: Layer, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"layer{suffix}"
    assert export_layer(layer, file).segments == 8
    done = import_layer("copy-of-taggrams", file)
    before, after = read_layer(layer), read_layer(done.layer)
    np.testing.assert_array_equal(before.vectors, after.vectors)
    np.testing.assert_array_equal(before.track_ids, after.track_ids)
    np.testing.assert_array_equal(before.positions, after.positions)
    assert (done.layer.segment_seconds, done.layer.hop_seconds) == (3, 3)
    assert (done.layer.kind, done.layer.tags) == (layer.kind, layer.tags)
    assert done.layer.model.imported
    assert list(tmp_path.iterdir()) == [file]


@writes_a_snapshot
def test_plain_pyarrow_reads_the_parquet_file(layer: Layer, tmp_path: Path) -> None:
    export_layer(layer, tmp_path / "layer.parquet")
    table = pq.read_table(tmp_path / "layer.parquet")
    rows = table.to_pylist()
    first = rows[0]
    assert list(first) == [
        "track", "path", "position", "start", "end", "vector",
        "padded", "precision", "pipeline_version", "weights_sha256",
    ]  # fmt: skip
    last = [row for row in rows if row["path"] == "artist/003.wav"][-1]
    assert (last["position"], last["start"], last["end"]) == (3, 9, 12)
    np.testing.assert_array_equal(last["vector"], vectors(3)[3])
    assert [row["padded"] for row in rows if row["path"] == "artist/000.wav"] == [True]
    assert (last["precision"], last["pipeline_version"]) == ("f32", 1)
    metadata = table.schema.metadata
    assert metadata[b"layer"] == b"test-net-embeddings"
    assert json.loads(metadata[b"weights_sha256"]) == ["ab" * 32]


@writes_a_snapshot
def test_plain_numpy_reads_the_npz_file_without_pickles(layer: Layer, tmp_path: Path) -> None:
    export_layer(layer, tmp_path / "layer.npz")
    with np.load(tmp_path / "layer.npz", allow_pickle=False) as file:
        data = {name: file[name] for name in file.files}
    assert data["vector"].shape == (8, SIZE)
    assert data["vector"].dtype == np.float32
    assert data["weights_sha256"].tolist() == ["ab" * 32] * 8
    assert json.loads(str(data["metadata"]))["precision"] == ["f32"]


@writes_a_snapshot
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_failed_export_leaves_the_old_file_alone(
    layer: Layer, tmp_path: Path, suffix: str
) -> None:
    class Dies(Progress):
        def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
            raise KeyboardInterrupt

    file = tmp_path / f"layer{suffix}"
    file.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        export_layer(layer, file, progress=Dies())
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


@writes_a_snapshot
def test_an_export_is_of_one_moment_whatever_is_extracted_meanwhile(
    layer: Layer, tmp_path: Path
) -> None:
    new = make_track(99)
    Extraction.objects.create(track=new, model=layer.model, state="failed", precision="bf16")
    row = f"({layer.pk}, {new.pk}, 0, '[1,2,3,4]')"

    class Extracts(Progress):
        def start(self, total: float, unit: str) -> None:
            with psycopg.connect(**database()) as other:
                other.execute(f"INSERT INTO {table_name(layer.pk)} VALUES {row}")

    file = tmp_path / "layer.parquet"
    assert export_layer(layer, file, progress=Extracts()).segments == 8
    assert json.loads(pq.read_table(file).schema.metadata[b"precision"]) == ["f32"]
    assert export_layer(layer, file).segments == 9


@writes_a_snapshot
def test_an_export_that_cannot_be_written_says_why(layer: Layer, tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match="No such file or directory"):
        export_layer(layer, tmp_path / "nowhere" / "layer.npz")
    with pytest.raises(ExchangeError, match=r"neither of \.npz and \.parquet"):
        export_layer(layer, tmp_path / "layer.csv")
    with pytest.raises(ExchangeError, match="no vectors yet: run extract_all"):
        export_layer(make_layer(3, key="penultimate"), tmp_path / "layer.npz")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_another_models_vectors_become_a_layer_with_maps(tmp_path: Path, suffix: str) -> None:
    done = import_layer(NAME, save(tmp_path / f"mine{suffix}", columns()))
    assert (done.tracks, done.segments, done.unknown) == (2, 5, 0)
    layer = Layer.objects.get(name=NAME)
    assert (layer.size, layer.hop_seconds, layer.segment_seconds) == (SIZE, 2.5, 5)
    assert (layer.model.name, layer.model.dataset, layer.model.architecture) == (
        "mine-clap",
        "mine",
        "clap",
    )
    assert Extraction.objects.filter(model=layer.model, state="done", segments=3).count() == 1
    assert reduce_layer(layer, "pca").segments == 5


def test_overlapping_blocks_of_parquet_are_joined(tmp_path: Path) -> None:
    many = 40
    position = np.tile(np.arange(10), 4)
    data = {
        "path": [make_track(row // 10).path for row in range(many)],
        "position": position,
        "start": position * 1.0,
        "end": position * 1.0 + 1,
        "vector": list(np.random.default_rng(0).normal(size=(many, SIZE)).astype(np.float16)),
    }
    file = tmp_path / "mine.parquet"
    pq.write_table(pa.table({k: list(v) for k, v in data.items()}), file, row_group_size=7)
    layer = import_layer(NAME, file).layer
    np.testing.assert_array_equal(read_layer(layer).vectors, np.stack(data["vector"]))


def test_importing_again_replaces_the_layer_and_its_index(tmp_path: Path) -> None:
    layer = import_layer(NAME, save(tmp_path / "mine.npz", columns())).layer
    index_layer(layer)
    first = reduce_layer(layer, "pca")
    other = columns(vector=np.ones((5, 7), np.float32))
    again = import_layer(NAME, save(tmp_path / "mine.npz", other)).layer
    assert again == layer
    assert read_layer(again).vectors.shape == (5, 7)
    assert len(nearest_segments(again, np.ones(7, np.float32))) == 5
    assert reduce_layer(again, "pca") != first


def test_importing_fewer_tracks_forgets_the_others(tmp_path: Path) -> None:
    model = import_layer(NAME, save(tmp_path / "mine.npz", columns())).layer.model
    import_layer("mine-clap-other", save(tmp_path / "mine.npz", columns()))
    one = {name: values[3:] for name, values in columns().items()}
    import_layer(NAME, save(tmp_path / "one.npz", one))
    assert model.extractions.count() == 2  # the other layer still has both
    import_layer("mine-clap-other", save(tmp_path / "one.npz", one))
    assert [row.track for row in model.extractions.all()] == [make_track(2)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", [False, True])
def test_importing_leaves_the_library_to_others(tmp_path: Path, again: bool) -> None:
    strong = "SELECT relation::regclass::text, mode FROM pg_locks WHERE pid = pg_backend_pid() AND "
    strong += "mode IN ('ShareRowExclusiveLock', 'AccessExclusiveLock')"
    found = []

    class Looks(Progress):
        def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
            with connection.cursor() as cursor:
                cursor.execute(strong)
                found.append(cursor.fetchall())

    file = save(tmp_path / "mine.npz", columns())
    if again:
        index_layer(import_layer(NAME, file).layer)
    import_layer(NAME, file, progress=Looks())
    assert found == [[], []]


NAN = np.arange(5 * SIZE, dtype=np.float32).reshape(5, SIZE)
NAN[4, 1] = np.nan


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"vector": None}, "no column vector"),
        ({"start": None, "end": None}, "no column start, end"),
        ({"vector": NAN}, "artist/002.wav: .* not numbers"),
        ({"vector": np.full((5, SIZE), 1e6)}, "artist/001.wav: .* beyond half precision"),
        ({"position": [0, 1, 3, 0, 1]}, r"Row 2 \(artist/001.wav\) is out of order"),
        ({"position": [0, 1, 2, 1, 0]}, r"Row 3 \(artist/002.wav\) is out of order"),
        ({"start": [0, 2.5, 5, 0, 2.6]}, "Row 4 starts at 2.6 s instead of 2.5 s"),
        ({"end": [5, 7.5, 10, 5, 9.5]}, "Row 4 lasts 7 s, others 5 s"),
        ({"start": [0.0] * 5, "end": [0.0] * 5}, "one after the other"),
        ({"start": [0, np.nan, 5, 0, 2.5]}, "start has values that are not numbers"),
        ({"path": ["nowhere.wav"] * 3 + ["artist/002.wav"] * 2}, "1 of 2 paths .* nowhere.wav"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_changes_nothing(
    tmp_path: Path, suffix: str, changes: dict[str, Any], complaint: str
) -> None:
    good = import_layer(NAME, save(tmp_path / "good.npz", columns())).layer
    before, tables = read_layer(good), partitions()
    bad = save(tmp_path / f"bad{suffix}", columns(**changes))
    with pytest.raises(ExchangeError, match=complaint):
        import_layer(NAME, bad)
    np.testing.assert_array_equal(read_layer(good).vectors, before.vectors)
    with pytest.raises(ExchangeError, match=complaint):
        import_layer("new-model-embeddings", bad)
    assert not EmbeddingModel.objects.filter(name="new-model").exists()
    assert partitions() == tables


def test_lists_of_different_lengths_are_refused(tmp_path: Path) -> None:
    uneven = [[1.0, 2], [1, 2], [1, 2], [1, 2], [1, 2, 3]]
    with pytest.raises(ExchangeError, match="lists of different lengths"):
        import_layer(NAME, save(tmp_path / "bad.parquet", columns(vector=uneven)))


def test_a_track_that_comes_twice_is_refused(tmp_path: Path) -> None:
    paths = [make_track(1).path, make_track(2).path, make_track(1).path]
    zeros = np.zeros(3)
    data = columns(
        path=paths, position=zeros, start=zeros, end=zeros + 1, vector=np.ones((3, SIZE))
    )
    with pytest.raises(ExchangeError, match=r"Row 2 \(artist/001.wav\) is out of order"):
        import_layer(NAME, save(tmp_path / "bad.npz", data))


def test_pickles_and_other_files_are_refused(tmp_path: Path) -> None:
    objects = columns(path=np.array([make_track(1).path] * 5, dtype=object))
    with pytest.raises(ExchangeError, match="path is not an array of plain values"):
        import_layer(NAME, save(tmp_path / "objects.npz", objects))
    for suffix in SUFFIXES:
        text = tmp_path / f"text{suffix}"
        text.write_text("not vectors")
        with pytest.raises(ExchangeError, match="cannot be read as"):
            import_layer(NAME, text)
        with pytest.raises(ExchangeError, match="There is no file"):
            import_layer(NAME, tmp_path / f"none{suffix}")


def test_unknown_paths_can_be_left_out(tmp_path: Path) -> None:
    data = columns()
    data["path"] = np.array(["nowhere.wav"] * 3 + [make_track(2).path] * 2)
    done = import_layer(NAME, save(tmp_path / "mine.npz", data), skip_unknown=True)
    assert (done.tracks, done.segments, done.unknown) == (1, 2, 1)
    np.testing.assert_array_equal(read_layer(done.layer).vectors, data["vector"][3:])
    data["path"] = np.array(["nowhere.wav"] * 3 + ["neither.wav"] * 2)
    with pytest.raises(ExchangeError, match="2 of 2 paths are not in the library"):
        import_layer(NAME, save(tmp_path / "mine.npz", data), skip_unknown=True)


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("test-net-embeddings", "test-net is one of the networks run here"),
        ("test-net-other", "test-net is one of the networks run here"),
        ("mine-embeddings", "not <dataset>-<architecture>-<layer>"),
        ("mine--embeddings", "not <dataset>-<architecture>-<layer>"),
        ("mine-a b-embeddings", "letters, digits"),
    ],
)
def test_names_that_do_not_fit_are_refused(tmp_path: Path, name: str, complaint: str) -> None:
    make_layer(SIZE)
    with pytest.raises(ExchangeError, match=complaint):
        import_layer(name, save(tmp_path / "mine.npz", columns()))


@writes_a_snapshot
def test_the_commands_take_a_layer_out_and_bring_it_in(
    layer: Layer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "layer.parquet"
    call_command("export_embeddings", layer.name, str(file))
    assert capsys.readouterr().out == f"8 segments of {SIZE} numbers in {file}\n"
    call_command("import_embeddings", NAME, str(file))
    assert f"{NAME}: 8 segments of 3 tracks. Next: reduce_all." in capsys.readouterr().out
    with pytest.raises(CommandError, match="no layer nonsense"):
        call_command("export_embeddings", "nonsense", str(file))
    with pytest.raises(CommandError, match="one of the networks run here"):
        call_command("import_embeddings", layer.name, str(file))
