"""The whole way on short sounds, and on real music what one would say of it by ear."""

from pathlib import Path

import numpy as np
import pytest

from embeddings.audio.decode import decode
from embeddings.audio.features import PatchStream
from embeddings.audio.resample import make_resampler
from embeddings.inference import load_network
from embeddings.pipeline import InferenceUnavailable, Pipeline, audio_hash
from embeddings.registry import MODELS
from tests.embeddings.music import sine, transcode, write_float_wave, write_wave
from tracks.media import MediaError


@pytest.fixture(scope="module")
def pipeline(weights: dict[str, Path]) -> Pipeline:
    return Pipeline(weights)


def test_every_layer_of_real_music(pipeline: Pipeline, demo_music: Path) -> None:
    path = demo_music / "happy" / "happy_acoustic_1.opus"
    analysis = pipeline.analyse(str(path))
    segments = int((analysis.duration * 16000 // 256 + 2) // 187)
    expected = {
        spec.layer_name(layer): (segments, layer.size)
        for spec in MODELS.values()
        if spec.front_end == "musicnn"
        for layer in spec.layers
    }
    assert {name: vectors.shape for name, vectors in analysis.vectors.items()} == expected
    assert all(vectors.dtype == np.float32 for vectors in analysis.vectors.values())
    assert analysis.padded == dict.fromkeys(pipeline_models(analysis.vectors), False)
    assert analysis.audio_hash == audio_hash(str(path))
    assert analysis.loudness is not None
    assert -40 < analysis.loudness < 0


def pipeline_models(vectors: dict[str, np.ndarray]) -> set[str]:
    return {name.rpartition("-")[0] for name in vectors}


@pytest.mark.parametrize(
    ("folder", "name", "expected"),
    [
        ("calm", "calm_acoustic_1", {"acoustic", "folk", "guitar", "slow", "soft", "solo"}),
        ("happy", "happy_acoustic_2", {"acoustic", "folk", "guitar", "country"}),
        ("energetic", "energetic_electronic_2", {"electronic", "techno", "dance", "beat"}),
    ],
)
def test_tags_are_what_one_hears(
    pipeline: Pipeline, demo_music: Path, folder: str, name: str, expected: set[str]
) -> None:
    analysis = pipeline.analyse(str(demo_music / folder / f"{name}.opus"))
    for model in ("msd-musicnn", "mtt-musicnn"):
        means = analysis.vectors[f"{model}-taggrams"].mean(axis=0)
        strongest = {MODELS[model].tags[i] for i in np.argsort(means)[-4:]}
        assert strongest & expected, (model, strongest)


def test_a_clip_shorter_than_a_segment_is_kept(pipeline: Pipeline, tmp_path: Path) -> None:
    samples = sine(frequency=440, seconds=0.3, rate=44100)
    analysis = pipeline.analyse(str(write_wave(tmp_path / "short.wav", samples, rate=44100)))
    assert set(analysis.padded.values()) == {True}
    assert {len(vectors) for vectors in analysis.vectors.values()} == {1}
    assert analysis.duration == pytest.approx(0.3)


def test_silence_has_vectors_but_no_loudness(pipeline: Pipeline, tmp_path: Path) -> None:
    path = write_wave(tmp_path / "silent.wav", np.zeros((2, 44100 * 7), np.float32), rate=44100)
    analysis = pipeline.analyse(str(path))
    assert analysis.loudness is None
    assert all(len(v) == 2 and np.isfinite(v).all() for v in analysis.vectors.values())


def test_samples_far_beyond_full_scale(pipeline: Pipeline, tmp_path: Path) -> None:
    samples = np.full(16000 * 4, 1e18, np.float32)
    samples[::2] *= -1
    path = write_float_wave(tmp_path / "loud.wav", samples, rate=16000)
    with pytest.raises(MediaError) as caught:
        pipeline.analyse(str(path))
    assert caught.value.code == "damaged"


def test_results_do_not_depend_on_what_came_before(pipeline: Pipeline, demo_music: Path) -> None:
    path = str(demo_music / "calm" / "calm_acoustic_1.opus")
    first = pipeline.analyse(path)
    pipeline.analyse(str(demo_music / "energetic" / "energetic_electronic_2.opus"))
    again = pipeline.analyse(path)
    assert again.audio_hash == first.audio_hash
    for name, vectors in first.vectors.items():
        np.testing.assert_array_equal(again.vectors[name], vectors)


def test_segments_come_one_by_one_in_order(
    weights: dict[str, Path], demo_music: Path, tmp_path: Path
) -> None:
    """At 8 kHz a block of samples fills several patches at once."""
    source = demo_music / "happy" / "happy_acoustic_1.opus"
    path = str(transcode(source, tmp_path / "low.flac", codec="flac", rate=8000))
    stream, resampler = PatchStream("musicnn"), make_resampler(8000, 16000)
    samples = np.concatenate([block.mono() for block in decode(path)])
    resampled = np.concatenate([resampler.push(samples), resampler.flush()])
    patches = np.concatenate([stream.push(resampled), stream.flush()])
    network = load_network(MODELS["mtt-vgg"], weights["mtt-vgg"], threads=1)
    expected = np.concatenate([network(patch[np.newaxis])["taggrams"] for patch in patches])
    analysis = Pipeline({"mtt-vgg": weights["mtt-vgg"]}).analyse(path)
    np.testing.assert_allclose(analysis.vectors["mtt-vgg-taggrams"], expected, atol=1e-4)


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InferenceUnavailable, match="fetch_models msd-vgg"):
        Pipeline({"msd-vgg": tmp_path / "msd-vgg.pb"})


def test_broken_weights_say_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "msd-vgg.pb"
    path.write_bytes(b"not a graph" * 100)
    with pytest.raises(InferenceUnavailable, match="fetch_models msd-vgg"):
        Pipeline({"msd-vgg": path})


def test_unknown_backend_and_precision(weights: dict[str, Path]) -> None:
    with pytest.raises(InferenceUnavailable, match="openvino, essentia"):
        Pipeline(weights, backend="other")
    with pytest.raises(InferenceUnavailable, match="f32 or bf16"):
        Pipeline(weights, precision="f64")


def test_without_the_reference_its_backend_says_what_to_do(
    weights: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.inference.essentia.REFERENCE_DIR", tmp_path / "nothing")
    with pytest.raises(InferenceUnavailable, match="make reference"):
        Pipeline(weights, backend="essentia")
