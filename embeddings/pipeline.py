"""From an audio file to every layer's vectors: decode, resample, mel, inference, as a stream."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.audio.decode import Block, decode
from embeddings.audio.features import PatchStream
from embeddings.audio.loudness import LoudnessMeter, integrated_loudness
from embeddings.audio.resample import Resampler, make_resampler
from embeddings.inference import InferenceUnavailable, Network, load_network
from embeddings.registry import MODELS, SAMPLE_RATE, FrontEndName
from tracks.media import MediaError

__all__ = ["PIPELINE_VERSION", "InferenceUnavailable", "Pipeline", "TrackAnalysis", "audio_hash"]

PIPELINE_VERSION = 1  # raised when the same file and weights would give other vectors

BATCH = 4  # patches a network is given at once: more takes memory and is no faster


@dataclass(frozen=True)
class TrackAnalysis:
    """What one track gave."""

    audio_hash: str  # of the decoded audio: retagging or moving a file does not change it
    duration: float  # seconds, as decoded
    loudness: float | None  # LUFS, integrated; None for silence
    padded: dict[str, bool]  # by model: shorter than one patch, so its frames were repeated
    vectors: dict[str, NDArray[np.float32]]  # by layer name: (segments, size)


class Pipeline:
    """Some networks, loaded once, for one track after the other. Not for several threads."""

    def __init__(
        self,
        weights: Mapping[str, Path],
        *,
        backend: str = "openvino",
        precision: str = "f32",
        threads: int = 1,
    ) -> None:
        """`weights`: frozen graphs by registry model name. Raises `InferenceUnavailable`."""
        self._threads = threads
        self._networks: dict[FrontEndName, dict[str, Network]] = {}
        for name, path in weights.items():
            spec = MODELS[name]
            network = load_network(
                spec, path, backend=backend, precision=precision, threads=threads
            )
            self._networks.setdefault(spec.front_end, {})[name] = network

    def analyse(self, path: bytes | str) -> TrackAnalysis:
        """Decodes a file once and runs every network on it. Raises `MediaError`."""
        return self.analyse_blocks(decode(path))

    def analyse_blocks(self, blocks: Iterable[Block]) -> TrackAnalysis:
        """Runs every network on the decoded audio of a file.

        Memory does not grow with the file's length, but for the vectors themselves. Raises
        `MediaError` for a file that cannot be used.
        """
        from threadpoolctl import threadpool_limits

        meters = _Meters()
        branches = [_Branch(front_end, group) for front_end, group in self._networks.items()]
        with threadpool_limits(limits=self._threads, user_api="blas"):
            for samples in resampled(blocks, meters):
                for branch in branches:
                    branch.push(samples)
            for branch in branches:
                branch.flush()
        return TrackAnalysis(
            audio_hash=meters.hash(),
            duration=meters.duration,
            loudness=meters.loudness(),
            padded={name: branch.padded for branch in branches for name in branch.models},
            vectors={key: value for branch in branches for key, value in branch.vectors().items()},
        )


def audio_hash(path: bytes | str) -> str:
    """The hash in `TrackAnalysis`, by decoding alone. Raises `MediaError`."""
    meters = _Meters()
    for block in decode(path):
        meters.push(block, loudness=False)
    return meters.hash()


class _Meters:
    """What is measured on the decoded audio itself, at its own rate."""

    def __init__(self) -> None:
        self.duration = 0.0
        self._hash = hashlib.sha256()
        self._form: tuple[int, int] | None = None
        self._loudness: list[LoudnessMeter] = []

    def push(self, block: Block, *, loudness: bool = True) -> None:
        channels, count = block.samples.shape
        self.duration += count / block.rate
        if (block.rate, channels) != self._form:
            self._form = (block.rate, channels)
            self._hash.update(f"{block.rate} Hz, {channels} channels".encode())
            self._loudness.append(LoudnessMeter(rate=block.rate, channels=channels))
        for channel in block.samples:
            self._hash.update(channel.tobytes())
        if loudness:
            self._loudness[-1].push(block.samples)

    def hash(self) -> str:
        return self._hash.hexdigest()

    def loudness(self) -> float | None:
        return integrated_loudness(np.concatenate([m.step_powers() for m in self._loudness]))


class _Branch:
    """One front end, and the networks that take its patches."""

    def __init__(self, front_end: FrontEndName, models: dict[str, Network]) -> None:
        self.models = models
        self._stream = PatchStream(front_end)
        self._waiting: list[NDArray[np.float32]] = []
        self._parts: dict[str, list[NDArray[np.float32]]] = {
            MODELS[name].layer_name(layer): [] for name in models for layer in MODELS[name].layers
        }

    @property
    def padded(self) -> bool:
        return self._stream.padded

    def push(self, samples: NDArray[np.float32]) -> None:
        self._waiting += list(self._stream.push(samples))
        while len(self._waiting) >= BATCH:
            self._infer(self._waiting[:BATCH])
            self._waiting = self._waiting[BATCH:]

    def flush(self) -> None:
        self._waiting += list(self._stream.flush())
        for start in range(0, len(self._waiting), BATCH):
            self._infer(self._waiting[start : start + BATCH])
        self._waiting = []

    def vectors(self) -> dict[str, NDArray[np.float32]]:
        return {name: np.concatenate(parts) for name, parts in self._parts.items()}

    def _infer(self, patches: list[NDArray[np.float32]]) -> None:
        batch = np.stack(patches)
        for name, network in self.models.items():
            outputs = network(batch)
            for layer in MODELS[name].layers:
                values = outputs[layer.key]
                if not np.isfinite(values).all():
                    raise MediaError(
                        "damaged", "The file holds samples far beyond full scale: it is damaged."
                    )
                self._parts[MODELS[name].layer_name(layer)].append(values)


def resampled(
    blocks: Iterable[Block], meters: _Meters | None = None
) -> Iterable[NDArray[np.float32]]:
    """Mono samples at 16 kHz; `meters` sees every block on its way."""
    resampler: Resampler | None = None
    rate = None
    for block in blocks:
        if meters is not None:
            meters.push(block)
        if block.rate != rate:
            if resampler is not None:
                yield resampler.flush()
            rate = block.rate
            resampler = make_resampler(rate, SAMPLE_RATE)
        assert resampler is not None
        yield resampler.push(block.mono())
    if resampler is not None:
        yield resampler.flush()
