"""How long a run will take: from the speed of past runs, else from a short calibration."""

import tempfile
import wave
from pathlib import Path

import numpy as np

from embeddings.extraction.messages import Analysed, Engine, Request
from embeddings.extraction.plan import Plan, State
from embeddings.extraction.pool import ExtractionError, WorkerPool
from embeddings.models import Extraction

RECENT = 200  # rows of past runs
LONG_RUN = 1800.0  # seconds of audio from which a calibration is worth its time
SAMPLE_RATE = 44_100
CALIBRATION_SECONDS = 20


def estimated_seconds(plan: Plan, engine: Engine, *, workers: int) -> float | None:
    """Seconds for the whole plan; None for a short run of unknown speed, or nothing to do."""
    if not plan.items:
        return None
    costs = {name: _past_cost(plan, name, engine) for name in plan.models}
    known = {name: cost for name, cost in costs.items() if cost is not None}
    if len(known) == len(costs):
        total = sum(cost * plan.model_seconds[name] for name, cost in known.items())
    elif plan.audio_seconds >= LONG_RUN:
        total = _calibrate(engine) * plan.audio_seconds
    else:
        return None
    return total / min(workers, len(plan.items))


def _past_cost(plan: Plan, name: str, engine: Engine) -> float | None:
    """Seconds of one worker for a second of audio."""
    recent = (
        Extraction.objects.filter(
            model=plan.models[name],
            state=State.DONE,
            backend=engine.backend,
            precision=engine.precision,
            seconds__gt=0,
            track__duration__gt=0,
        )
        .order_by("-finished_at")
        .values_list("seconds", "track__duration")[:RECENT]
    )
    rows = [(seconds or 0.0, audio or 0.0) for seconds, audio in recent]
    audio = sum(audio for _, audio in rows)
    return sum(seconds for seconds, _ in rows) / audio if audio else None


def _calibrate(engine: Engine) -> float:
    """The same for all models of the engine, measured on noise."""
    with tempfile.TemporaryDirectory() as folder, WorkerPool(engine, size=1) as pool:
        path = Path(folder) / "noise.wav"
        _write_noise(path)
        pool.submit(Request(0, bytes(path), tuple(engine.weights)), time_limit=300)
        while True:
            for outcome in pool.collect(1.0):
                if isinstance(outcome, Analysed):
                    return outcome.seconds / CALIBRATION_SECONDS
                raise ExtractionError(f"Nothing can be analysed here: {outcome}")


def _write_noise(path: Path) -> None:
    samples = np.random.default_rng(0).integers(
        -8000, 8000, (CALIBRATION_SECONDS * SAMPLE_RATE, 2), np.int16
    )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())
