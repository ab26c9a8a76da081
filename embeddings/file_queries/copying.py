"""The audio of somebody's file in a file of our own, which browsers play and we may open."""

from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream

from embeddings.audio.decode import Block

MOST_RATE = 48_000  # Hz: what sound cards play
FULL_SCALE = 32767


class FlacCopy:
    """Writes blocks as 16-bit FLAC, mono or stereo, at the rate of the first of them."""

    def __init__(self, path: Path) -> None:
        self._container = av.open(str(path), "w", format="flac")
        self._stream: AudioStream | None = None
        self._layout = "mono"
        self._converter: av.AudioResampler | None = None
        self._form: tuple[int, int] | None = None

    def add(self, block: Block) -> None:
        """More samples. Their rate and number of channels may change."""
        samples = block.samples if len(block.samples) <= 2 else block.mono()[np.newaxis]
        if self._stream is None:
            self._layout = "mono" if len(samples) == 1 else "stereo"
            rate = min(block.rate, MOST_RATE)
            self._stream = self._container.add_stream("flac", rate=rate, layout=self._layout)
        form = (block.rate, len(samples))
        if form != self._form:
            self._drain()
            self._form = form
            # The encoder takes frames of its own size alone.
            self._container.start_encoding()
            size = self._stream.codec_context.frame_size or 4096
            self._converter = av.AudioResampler(
                format="s16", layout=self._layout, rate=self._stream.rate, frame_size=size
            )
        assert self._converter is not None
        layout = "mono" if len(samples) == 1 else "stereo"
        scaled = np.clip(np.rint(samples.T * FULL_SCALE), -32768, 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(scaled).reshape(1, -1), format="s16", layout=layout
        )
        frame.sample_rate = block.rate
        self._write(self._converter.resample(frame))

    def finish(self) -> None:
        """Write what is left, and close the file."""
        self._drain()
        if self._stream is not None:
            self._container.mux(self._stream.encode(None))
        self._container.close()

    def _drain(self) -> None:
        if self._converter is not None:
            self._write(self._converter.resample(None))

    def _write(self, frames: list[av.AudioFrame]) -> None:
        assert self._stream is not None
        for frame in frames:
            frame.pts = None  # one after the other
            self._container.mux(self._stream.encode(frame))
