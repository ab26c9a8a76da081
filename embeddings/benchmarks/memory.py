"""Peak memory of a worker: does it grow with the length of a file?"""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from embeddings.benchmarks.audio import repeat, write_adts
from embeddings.benchmarks.common import audio_files, processor, run_side, weights_for
from embeddings.benchmarks.sides import TAGGERS
from musicexplore.progress import Progress

PIECE_MINUTES = 5  # encoded once, and repeated


def measure(
    audio: Path,
    *,
    precision: str = "f32",
    minutes: Sequence[float] = (10, 180),
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Peak resident memory of a worker that analyses one file of each length with all taggers.

    The files are made of the audio below `audio`. Raises `BenchmarkError`.
    """
    progress = progress or Progress()
    with TemporaryDirectory(prefix="musicexplore-benchmark-") as folder:
        scratch = Path(folder)
        piece, long = scratch / "piece.aac", scratch / "long.aac"
        listing, answer = scratch / "files.json", scratch / "peak.json"
        listing.write_text(json.dumps([str(long)]))
        piece_minutes = min(PIECE_MINUTES, *minutes)
        write_adts(piece, audio_files(audio), seconds=60 * piece_minutes)
        peaks = []
        progress.start(sum(minutes), "minutes of audio")
        with weights_for(TAGGERS, scratch) as weights:
            for length in minutes:
                repeat(piece, long, times=round(length / piece_minutes))
                run_side("memory", weights, listing, answer, precision)
                peaks.append(float(json.loads(answer.read_text())))
                progress.advance(length, message=f"{peaks[-1]:.0f} MB")
        progress.finish()
    return {
        "minutes": list(minutes),
        "peak_mb": peaks,
        "growth_mb": round(peaks[-1] - peaks[0], 1),
        "precision": precision,
        "processor": processor(),
    }
