"""Streamed mel spectrograms against Essentia's loop over the whole, and cut into patches."""

import essentia.standard
import numpy as np
import pytest

from embeddings.audio.features import MelStream, PatchStream
from embeddings.registry import FRONT_ENDS, FrontEndName
from tests.embeddings.music import sine

FRONT_END_NAMES: list[FrontEndName] = ["musicnn", "vggish"]
ALGORITHMS = {"musicnn": "TensorflowInputMusiCNN", "vggish": "TensorflowInputVGGish"}


def run(stream: MelStream | PatchStream, samples: np.ndarray, parts: int) -> np.ndarray:
    pieces = [stream.push(part) for part in np.array_split(samples, parts)]
    return np.concatenate([*pieces, stream.flush()])


def by_essentia(front_end: FrontEndName, samples: np.ndarray) -> np.ndarray:
    """The reference: Essentia's frames and its front end, over the whole."""
    spec = FRONT_ENDS[front_end]
    mel = getattr(essentia.standard, ALGORITHMS[front_end])()
    frames = essentia.standard.FrameGenerator(samples, frameSize=spec.frame, hopSize=spec.hop)
    return np.array([mel(frame) for frame in frames])


@pytest.mark.parametrize("front_end", FRONT_END_NAMES)
@pytest.mark.parametrize("count", [1, 128, 129, 255, 256, 257, 400, 513, 767, 1000, 1025, 50000])
@pytest.mark.parametrize("parts", [1, 9])
def test_frames_are_essentias(front_end: FrontEndName, count: int, parts: int) -> None:
    samples = np.random.default_rng(3).uniform(-1, 1, count).astype(np.float32)
    result = run(MelStream(front_end), samples, parts)
    np.testing.assert_allclose(result, by_essentia(front_end, samples), atol=1e-5)


@pytest.mark.parametrize("front_end", FRONT_END_NAMES)
def test_a_tone_lights_the_bands_around_it(front_end: FrontEndName) -> None:
    low, high = (
        run(MelStream(front_end), sine(frequency=f, seconds=1, rate=16000), 1)[20:40]
        for f in (300, 3000)
    )
    assert (low.argmax(axis=1) == low[0].argmax()).all()
    assert low[0].argmax() < high[0].argmax()


@pytest.mark.parametrize("front_end", FRONT_END_NAMES)
def test_patches_follow_each_other_and_the_remainder_is_dropped(front_end: FrontEndName) -> None:
    spec = FRONT_ENDS[front_end]
    count = int(2.6 * spec.patch_frames * spec.hop)
    samples = np.random.default_rng(4).uniform(-1, 1, count).astype(np.float32)
    stream = PatchStream(front_end)
    patches = run(stream, samples, 11)
    frames = run(MelStream(front_end), samples, 1)[: 2 * spec.patch_frames]
    assert patches.shape == (2, spec.patch_frames, spec.bands)
    np.testing.assert_array_equal(patches.reshape(frames.shape), frames)
    assert not stream.padded


def test_a_short_track_is_repeated_to_one_patch() -> None:
    stream = PatchStream("musicnn")
    samples = np.random.default_rng(5).uniform(-1, 1, 4800).astype(np.float32)
    patches = run(stream, samples, 2)
    frames = run(MelStream("musicnn"), samples, 1)
    assert (stream.padded, len(patches), len(frames)) == (True, 1, 20)
    np.testing.assert_array_equal(patches[0][20:40], frames)
    np.testing.assert_array_equal(patches[0][180:187], frames[:7])


def test_no_samples_give_no_patch() -> None:
    assert len(run(PatchStream("musicnn"), np.empty(0, np.float32), 1)) == 0
