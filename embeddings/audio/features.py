"""Mel spectrograms by Essentia's own front ends, cut into the networks' patches."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from embeddings.registry import FRONT_ENDS, FrontEndName

ALGORITHMS: dict[FrontEndName, str] = {
    "musicnn": "TensorflowInputMusiCNN",
    "vggish": "TensorflowInputVGGish",
}


class MelStream:
    """A stream of 16 kHz samples to mel frames, as `FrameGenerator` cuts them.

    Frame i is centred on sample `i * hop`; beyond both ends lies silence. A stream of n samples
    has `ceil(n / hop) + 1` frames.
    """

    def __init__(self, front_end: FrontEndName) -> None:
        import essentia

        essentia.log.infoActive = False  # or the next line reports on classifiers
        import essentia.standard

        self._spec = FRONT_ENDS[front_end]
        self._frames = essentia.standard.FrameGenerator
        algorithm = getattr(essentia.standard, ALGORITHMS[front_end])
        self._mel: Callable[[NDArray[np.float32]], NDArray[np.float32]] = algorithm()
        self._buffer = np.zeros(self._spec.frame // 2, np.float32)
        self._received = self._returned = 0

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The frames, (n, bands), that the samples so far complete."""
        self._received += len(samples)
        self._buffer = np.concatenate([self._buffer, samples])
        frame, hop = self._spec.frame, self._spec.hop
        count = max((len(self._buffer) - frame) // hop + 1, 0)
        mel = self._transform(self._buffer[: (count - 1) * hop + frame], count)
        self._buffer = self._buffer[count * hop :]
        self._returned += count
        return mel

    def flush(self) -> NDArray[np.float32]:
        """The frames that reach beyond the end."""
        if not self._received:
            return np.empty((0, self._spec.bands), np.float32)
        total = -(-self._received // self._spec.hop) + 1
        missing = total - self._returned
        rest = self.push(np.zeros(self._spec.frame + self._spec.hop, np.float32))
        return rest[:missing]

    def _transform(self, samples: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        mel = np.empty((count, self._spec.bands), np.float32)
        if count:
            frames = self._frames(
                samples,
                frameSize=self._spec.frame,
                hopSize=self._spec.hop,
                startFromZero=True,
                lastFrameToEndOfFile=False,
            )
            for index, frame in zip(range(count), frames, strict=False):
                mel[index] = self._mel(frame)
        return mel


class PatchStream:
    """A stream of mel frames to patches that do not overlap; the remainder is dropped."""

    def __init__(self, front_end: FrontEndName) -> None:
        self._spec = FRONT_ENDS[front_end]
        self._mel = MelStream(front_end)
        self._rest = np.empty((0, self._spec.bands), np.float32)
        self._returned = 0
        self.padded = False  # known after `flush`

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The patches, (n, patch_frames, bands), that the samples so far complete."""
        return self._cut(self._mel.push(samples))

    def flush(self) -> NDArray[np.float32]:
        """The last patches.

        A track shorter than one patch gives one, of its frames repeated ("repeat-pad"): so short
        clips were made to fit when the networks were trained.
        """
        patches = self._cut(self._mel.flush())
        if len(patches) == 0 and self._returned == 0 and len(self._rest):
            self.padded = True
            return np.resize(self._rest, (1, self._spec.patch_frames, self._spec.bands))
        return patches

    def _cut(self, mel: NDArray[np.float32]) -> NDArray[np.float32]:
        frames = np.concatenate([self._rest, mel])
        count = len(frames) // self._spec.patch_frames
        end = count * self._spec.patch_frames
        self._rest = frames[end:]
        self._returned += count
        return frames[:end].reshape(count, self._spec.patch_frames, self._spec.bands)
