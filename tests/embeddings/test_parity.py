"""Our results against the reference's, Essentia with TensorFlow, on real music.

The reference runs in a process of its own: its `essentia` and ours cannot live in one.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from embeddings.audio.decode import decode
from embeddings.audio.features import PatchStream
from embeddings.audio.resample import make_resampler
from embeddings.benchmarks.extraction import measure
from embeddings.benchmarks.sides import TAGGERS
from embeddings.inference import InferenceUnavailable, load_network
from embeddings.inference.essentia import reference_problem
from embeddings.inference.openvino import CAPABILITY
from embeddings.pipeline import Pipeline
from embeddings.registry import MODELS, FrontEndName
from tests.embeddings.graphs import vggish_like, with_training_input
from tests.embeddings.music import transcode

ROOT = Path(__file__).resolve().parent.parent.parent
TRACKS = ["energetic/energetic_electronic_2.opus", "tender/tender_acoustic_1.opus"]
FORMATS = [
    (codec, extension, rate)
    for codec, extension in (
        ("libmp3lame", "mp3"),
        ("vorbis", "ogg"),
        ("flac", "flac"),
        ("pcm_s16le", "wav"),
    )
    for rate in (44100, 48000)
]


@pytest.fixture(scope="module", autouse=True)
def reference() -> None:
    """The reference has to be there in CI; elsewhere its absence is said."""
    if problem := reference_problem():
        if os.environ.get("CI"):
            pytest.fail(problem)
        pytest.skip(f"PARITY IS NOT TESTED. {problem}")


def run(module: str, *arguments: object) -> None:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def patches_of(path: Path, front_end: FrontEndName) -> np.ndarray:
    """(n, patch_frames, bands) of a file."""
    stream, parts = PatchStream(front_end), []
    resampler = make_resampler(48000, 16000)
    for block in decode(str(path)):
        assert block.rate == 48000
        parts.append(stream.push(resampler.push(block.mono())))
    return np.concatenate([*parts, stream.push(resampler.flush()), stream.flush()])


def cosines(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    left, right = left.astype(np.float64), right.astype(np.float64)
    norms = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    return (left * right).sum(axis=1) / norms


def on_same_patches(graphs: dict[str, bytes], music: Path, folder: Path) -> None:
    """Both backends on the same patches: tags within 1e-4, embeddings' cosine from 0.99999 on."""
    for name, content in graphs.items():
        (folder / f"{name}.pb").write_bytes(content)
        front_end = MODELS[name].front_end
        patches = np.concatenate([patches_of(music / track, front_end)[:4] for track in TRACKS])
        np.save(folder / f"{name}.npy", patches)
    run("tests.embeddings.reference_side", "patches", folder, *graphs)
    for name in graphs:
        patches, expected = np.load(folder / f"{name}.npy"), np.load(folder / f"{name}.npz")
        result = load_network(MODELS[name], folder / f"{name}.pb", threads=1)(patches)
        for layer in MODELS[name].layers:
            assert result[layer.key].shape == expected[layer.key].shape
            if layer.kind == "taggram":
                assert np.abs(result[layer.key] - expected[layer.key]).max() < 1e-4
            else:
                assert cosines(result[layer.key], expected[layer.key]).min() >= 0.99999


def test_same_patches_give_the_same_results(
    weights: dict[str, Path], demo_music: Path, tmp_path: Path
) -> None:
    graphs = {name: path.read_bytes() for name, path in weights.items()}
    on_same_patches(graphs, demo_music, tmp_path)


def test_graphs_with_a_training_input_work_as_well(
    weights: dict[str, Path], demo_music: Path, tmp_path: Path
) -> None:
    """As Essentia publishes them."""
    graph = with_training_input(weights["mtt-musicnn"].read_bytes())
    on_same_patches({"mtt-musicnn": graph}, demo_music, tmp_path)
    patches = np.load(tmp_path / "mtt-musicnn.npy")[:3]
    spec = MODELS["mtt-musicnn"]
    ours = load_network(spec, weights["mtt-musicnn"], threads=1)(patches)
    theirs = load_network(spec, tmp_path / "mtt-musicnn.pb", threads=1)(patches)
    for key, vectors in ours.items():
        np.testing.assert_allclose(theirs[key], vectors, atol=1e-5)


def test_vggish_runs_from_its_own_front_end(demo_music: Path, tmp_path: Path) -> None:
    """The true weights are not to be had everywhere: a graph with their interface stands in."""
    on_same_patches({"audioset-vggish": vggish_like()}, demo_music, tmp_path)
    pipeline = Pipeline({"audioset-vggish": tmp_path / "audioset-vggish.pb"})
    analysis = pipeline.analyse(str(demo_music / TRACKS[0]))
    (vectors,) = analysis.vectors.values()
    assert vectors.shape == (int(analysis.duration * 16000 / 160 + 1) // 96, 128)
    expected = np.load(tmp_path / "audioset-vggish.npz")["embeddings"][:4]
    assert cosines(vectors[:4], expected).min() >= 0.99999


def test_a_pipeline_runs_on_the_reference(
    weights: dict[str, Path], demo_music: Path, tmp_path: Path
) -> None:
    """As `extract_all --backend essentia` has it in its workers."""
    (tmp_path / "mtt-vgg.pb").write_bytes(weights["mtt-vgg"].read_bytes())
    path = transcode(
        demo_music / TRACKS[0], tmp_path / "a.flac", codec="flac", rate=44100, seconds=7
    )
    run("tests.embeddings.reference_side", "track", tmp_path, "mtt-vgg", path)
    expected = np.load(tmp_path / "track.npz")
    vectors = Pipeline({"mtt-vgg": weights["mtt-vgg"]}).analyse(str(path)).vectors
    assert set(vectors) == set(expected.files)
    for layer, values in vectors.items():
        np.testing.assert_allclose(values, expected[layer], atol=1e-4)


def test_the_whole_way_gives_what_the_original_gave(
    weights: dict[str, Path], demo_music: Path, tmp_path: Path
) -> None:
    """Against Essentia's own decoder and resampler: mean cosine from 0.9995 on, in each format."""
    files = []
    for codec, extension, rate in FORMATS:
        path = tmp_path / f"music-{rate}.{extension}"
        transcode(demo_music / TRACKS[0], path, codec=codec, rate=rate, seconds=12)
        files.append(str(path))
    listing, answer = tmp_path / "files.json", tmp_path / "reference.npz"
    listing.write_text(json.dumps(files))
    folder = weights[TAGGERS[0]].parent
    run("embeddings.benchmarks.sides", "reference", folder, listing, answer)
    pipeline = Pipeline(weights)
    with np.load(answer) as expected:
        for index, file in enumerate(files):
            for layer, vectors in pipeline.analyse(file).vectors.items():
                reference = expected[f"{index}/{layer}"]
                count = min(len(vectors), len(reference))
                assert abs(len(vectors) - len(reference)) <= 1
                mean = cosines(vectors[:count], reference[:count]).mean()
                assert mean >= 0.9995, (file, layer, mean)


def test_bf16_is_close_or_refused(weights: dict[str, Path], demo_music: Path) -> None:
    import openvino

    capable = "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    spec, path = MODELS["msd-vgg"], weights["msd-vgg"]
    if not capable:
        with pytest.raises(InferenceUnavailable, match="no bf16"):
            load_network(spec, path, precision="bf16", threads=1)
        return
    patches = patches_of(demo_music / TRACKS[0], "musicnn")[:4]
    exact = load_network(spec, path, threads=1)(patches)["embeddings"]
    rounded = load_network(spec, path, precision="bf16", threads=1)(patches)["embeddings"]
    assert not np.array_equal(exact, rounded)
    assert cosines(exact, rounded).mean() > 0.999


def test_bf16_is_refused_where_the_processor_has_none(
    weights: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CAPABILITY, "bf16", "ARITHMETIC_OF_THE_FUTURE")
    with pytest.raises(InferenceUnavailable, match="use --precision f32"):
        Pipeline(weights, precision="bf16")


def test_the_reference_computes_in_f32_only(weights: dict[str, Path]) -> None:
    with pytest.raises(InferenceUnavailable, match="f32 only"):
        Pipeline(weights, backend="essentia", precision="bf16")


def test_the_benchmark_measures_both_sides(
    weights: dict[str, Path], demo_music: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "music"
    folder.mkdir()
    transcode(demo_music / TRACKS[0], folder / "one.opus", codec="libopus", rate=48000, seconds=8)
    (folder / "broken.mp3").write_text("no music")
    result = measure(folder, rounds=1, workers=1)
    assert result["audio_seconds"] == pytest.approx(8, abs=0.2)
    assert result["ratio"] == pytest.approx(
        result["reference_seconds"] / result["seconds"], abs=0.01
    )
    assert len(result["cosine"]) == 10
    assert min(result["cosine"].values()) >= 0.9995
    assert (result["files"], result["undecodable"], result["transcoded_for_essentia"]) == (1, 1, 1)
    assert sorted(path.name for path in folder.iterdir()) == ["broken.mp3", "one.opus"]
