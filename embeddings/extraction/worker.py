"""A worker process: loads graphs once, then analyses one file after another until told to stop."""

import logging
import threading
import time
from multiprocessing.connection import Connection

from embeddings.children import end_with_parent
from embeddings.extraction.messages import (
    Analysed,
    Engine,
    Failed,
    Loaded,
    Outcome,
    Request,
    SameAudio,
    Unavailable,
)
from embeddings.inference.errors import InferenceUnavailable
from embeddings.pipeline import Pipeline, audio_hash
from tracks.media import MediaError

logger = logging.getLogger(__name__)


def work(pipe: Connection, engine: Engine) -> None:
    """Answer each `Request` with `Loaded` and an outcome, or with `Unavailable`."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    loaded: tuple[tuple[str, ...], Pipeline] | None = None
    while True:
        try:
            request: Request = pipe.recv()
        except EOFError:  # the parent closed the pipe: no more work
            return
        # Tracks that need the same models come in a row, so one set of graphs at a time will do.
        if loaded is None or loaded[0] != request.models:
            try:
                loaded = request.models, _load(engine, request.models)
            except InferenceUnavailable as error:
                pipe.send(Unavailable(str(error)))
                continue
            except Exception as error:
                logger.exception("Loading %s failed", ", ".join(request.models))
                pipe.send(Unavailable(f"The networks could not be loaded: {error}"))
                continue
        pipe.send(Loaded())
        pipe.send(_analyse(loaded[1], request))


def _load(engine: Engine, models: tuple[str, ...]) -> Pipeline:
    weights = {name: engine.weights[name] for name in models}
    return Pipeline(weights, backend=engine.backend, precision=engine.precision, threads=1)


def _analyse(pipeline: Pipeline, request: Request) -> Outcome:
    began = time.monotonic()
    try:
        if request.known_hashes:
            found = audio_hash(request.path)
            if found in request.known_hashes:
                return SameAudio(request.track_id, found)
        analysis = pipeline.analyse(request.path)
    except MediaError as error:
        return Failed(request.track_id, str(error), error.code)
    except MemoryError:
        return Failed(request.track_id, "There was not enough memory to analyse it.", "error")
    except Exception as error:
        logger.exception("Analysing %r failed", request.path)
        return Failed(request.track_id, f"The analysis failed: {error}", "error")
    return Analysed(request.track_id, analysis, time.monotonic() - began)
