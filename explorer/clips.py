"""A stretch of a track, cut to the sample, as a file that every browser plays.

FLAC, 16 bit, for reasons of time rather than of taste: MP3 and AAC put silence before the first
sample, and browsers differ in what they remove of it, so that a clip would not start where its
dot says. FLAC starts with its first sample in all of them (Safari since 11), is encoded 600 times
faster than it plays, and takes 60% of the bytes of WAV.

Positions are those of the decoded audio, as the networks heard it: second 0 is the first sample
that the decoder gives. Seeking is FFmpeg's; where a container has no reliable index (MP3, ADTS)
its demuxer counts frames from the beginning, so that positions are exact in any of them, except
WMA, whose timestamps are whole milliseconds.
"""

import io
from collections.abc import Iterator

import av
import av.error
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from tracks.media import MediaError, open_audio, translated_errors

MAX_SECONDS = 60.0
MIN_SECONDS = 0.001
MAX_START = 1e7  # s, four months: containers count finer, in 64 bits
CONTENT_TYPE = "audio/flac"
MAX_RATE = 48_000  # Hz: what sound cards play
# Decoders of Opus (80 ms) and MP3 (its bit reservoir, 9 frames of 26 ms) need some audio before
# they give what the encoder was given.
_PREROLL_SECONDS = 0.5
_DAMAGED = "The file is damaged: its audio cannot be decoded."


class BeyondEnd(ValueError):
    """The stretch begins after the track's end."""


def make_clip(path: bytes | str, *, start: float, end: float) -> bytes:
    """A FLAC file of the audio from `start` to `end` (seconds), or to the track's end.

    Mono or stereo, at most 48 kHz. Raises `BeyondEnd`, and `MediaError` for unreadable audio.
    """
    samples, rate = decode_stretch(path, start=start, end=end)
    return _encode(samples, rate)


def decode_stretch(path: bytes | str, *, start: float, end: float) -> tuple[NDArray[np.int16], int]:
    """Samples (n, channels) from `start` to `end` (seconds), channels 1 or 2; and their rate, Hz.

    Only what is needed is decoded. Raises `BeyondEnd` and `MediaError`.
    """
    with translated_errors("damaged", _DAMAGED), open_audio(path) as container:
        context = container.streams.audio[0].codec_context
        rate, mono = context.sample_rate, context.channels == 1
        resampler = av.AudioResampler(format="s16", layout="mono" if mono else "stereo", rate=rate)
        first, stop = round(start * rate), round(end * rate)
        blocks: list[NDArray[np.int16]] = []
        position: int | None = None  # of the next sample, from the first of the track
        begin = 0  # position of the first decoded sample
        for second, frame in _frames_from(container, start - _PREROLL_SECONDS):
            if position is None:
                position = begin = round(second * rate)
            for converted in resampler.resample(frame):
                block = np.asarray(converted.to_ndarray(), np.int16).reshape(-1, 1 if mono else 2)
                blocks.append(block)
                position += len(block)
            if position >= stop:
                break
    if position is None or position <= first:
        raise BeyondEnd(f"The track ends before {start:g} s.")
    return np.concatenate(blocks)[max(first - begin, 0) : stop - begin], rate


def _frames_from(container: InputContainer, second: float) -> Iterator[tuple[float, av.AudioFrame]]:
    """Decoded frames from shortly before `second`, each with its time since the first sample."""
    stream = container.streams.audio[0]
    frames = _decoded(container)
    first = next(frames, None)
    if first is None or first.time is None or stream.time_base is None:
        raise MediaError("damaged", _DAMAGED)
    if second <= 0:
        yield 0.0, first
    else:
        # Timestamps may begin elsewhere than at 0: before it in MP3, after it in WMA.
        container.seek(round((first.time + second) / stream.time_base), stream=stream)
        frames = _decoded(container)
    for frame in frames:
        if frame.time is not None:  # WMA's decoder ends with a few samples that have no place
            yield frame.time - first.time, frame


def _decoded(container: InputContainer) -> Iterator[av.AudioFrame]:
    """The audio that can be decoded; a damaged packet is passed over, as players do."""
    for packet in container.demux(container.streams.audio[0]):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue


def _encode(samples: NDArray[np.int16], rate: int) -> bytes:
    """Samples (n, channels) at `rate` Hz as a FLAC file."""
    layout = "mono" if samples.shape[1] == 1 else "stereo"
    # A seekable file: the encoder writes the length into the header when it is known.
    with io.BytesIO() as file:
        with av.open(file, "w", format="flac") as container:
            stream = container.add_stream("flac", rate=min(rate, MAX_RATE), layout=layout)
            frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout=layout)
            frame.sample_rate = rate
            frame.pts = 0
            for packet in (*stream.encode(frame), *stream.encode(None)):
                container.mux(packet)
        return file.getvalue()
