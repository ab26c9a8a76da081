"""Any other model's vectors as a layer of its own, from a file that `formats.py` describes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from embeddings.deletion import delete_layer, delete_model, forget_tracks_without_vectors
from embeddings.exchange.formats import ExchangeError, Reader, open_reader
from embeddings.models import EmbeddingModel, Extraction, Layer, SegmentEmbedding, TrackAverage
from embeddings.storage import VectorError, ensure_partition, replace_vectors
from embeddings.vector_index import drop_index
from musicexplore.progress import Progress
from tracks.models import Track

TOLERANCE = 0.002  # seconds that a start or a duration may be off
SHOWN = 3  # examples in a message


@dataclass(frozen=True)
class Imported:
    layer: Layer
    tracks: int
    segments: int
    unknown: int  # paths left out


@dataclass(frozen=True)
class _Span:
    """A track's rows in the file."""

    path: str
    start: int
    end: int


def import_layer(
    name: str,
    path: Path,
    *,
    skip_unknown: bool = False,
    progress: Progress = Progress(),  # noqa: B008 (it has no state)
) -> Imported:
    """Bring the vectors of a file in as the layer `<dataset>-<architecture>-<layer>`.

    Rows are matched to tracks by path below AUDIO_DIR; rows of a track stand together, positions
    counting from 0. An imported layer of that name is replaced, all of it or nothing.
    Raises `ExchangeError` for a name that is taken, for paths that the library does not have
    (unless `skip_unknown`), and for a file that is not as it should be.
    """
    model = _model(name)
    reader = open_reader(path)
    spans = _spans(reader)
    hop, duration = _timing(reader)
    tracks = _tracks([span.path for span in spans], skip_unknown=skip_unknown)
    by_track = _by_track(reader, spans)
    first = next(by_track)
    size = first[1].shape[1]
    progress.start(len(spans), "tracks")
    with _layer_row(model, name, _fields(reader, name, size, hop, duration)) as layer:
        segments = 0
        for span, vectors in chain([first], by_track):
            progress.advance(1)
            if span.path not in tracks:
                continue
            try:
                replace_vectors({layer: vectors}, tracks[span.path])
            except VectorError as error:
                raise ExchangeError(f"{span.path}: {error}") from error
            segments += len(vectors)
        _record(model, tracks, spans)
        forget_tracks_without_vectors(model)
    progress.finish()
    return Imported(layer, len(tracks), segments, len(spans) - len(tracks))


def _model(name: str) -> EmbeddingModel:
    """The imported model that the layer belongs to, not saved yet where it is new."""
    parts = name.rsplit("-", 1)[0].split("-", 1)
    try:
        validate_slug(name)
    except ValidationError as error:
        raise ExchangeError(f"{name} may have letters, digits, - and _ only.") from error
    if name.count("-") < 2 or not all([*parts, name.rsplit("-", 1)[1]]):
        raise ExchangeError(
            f"{name} is not <dataset>-<architecture>-<layer>, such as mine-clap-embeddings."
        )
    model_name = "-".join(parts)
    model = EmbeddingModel.objects.filter(name=model_name).first()
    if model and not model.imported:
        raise ExchangeError(
            f"{model_name} is one of the networks run here; import under another name."
        )
    return model or EmbeddingModel(
        name=model_name,
        dataset=parts[0],
        architecture=parts[1],
        display_name=model_name,
        description="Imported.",
        imported=True,
    )


def _fields(reader: Reader, name: str, size: int, hop: float, duration: float) -> dict[str, Any]:
    """What the file says of the layer."""
    tags = reader.metadata.get("tags") or []
    is_taggram = reader.metadata.get("kind") == Layer.Kind.TAGGRAM and len(tags) == size
    key = name.rsplit("-", 1)[1]
    return {
        "key": key,
        "kind": Layer.Kind.TAGGRAM if is_taggram else Layer.Kind.EMBEDDING,
        "size": size,
        "tags": tags if is_taggram else [],
        "segment_seconds": duration,
        "hop_seconds": hop,
        "display_name": key.capitalize(),
    }


@contextmanager
def _layer_row(model: EmbeddingModel, name: str, fields: dict[str, Any]) -> Iterator[Layer]:
    """A transaction around the filling of a layer, which is empty when it begins.

    Creating a partition locks the whole table and the tracks, so that a new layer is made before,
    in a transaction of its own, and taken away again where the filling fails.
    """
    layer = Layer.objects.filter(name=name).first()
    new_model, new_layer = model.pk is None, layer is None
    if layer is None:
        with transaction.atomic():
            model.save()
            layer = Layer.objects.create(model=model, name=name, **fields)
            ensure_partition(layer.pk)
    try:
        with transaction.atomic():
            if layer.size != fields["size"]:
                drop_index(layer)  # it expects another size
            Layer.objects.filter(pk=layer.pk).update(**fields)
            layer.refresh_from_db()
            SegmentEmbedding.objects.filter(layer=layer).delete()
            TrackAverage.objects.filter(layer=layer).delete()
            yield layer
    except BaseException:
        if new_layer:
            delete_layer(layer)
        if new_model:
            delete_model(model)
        raise


def _spans(reader: Reader) -> list[_Span]:
    """Where each track's rows are, checked: together, positions 0, 1, 2 …"""
    paths = np.asarray(reader.column("path"), dtype=object)
    positions = _numbers(reader, "position")
    if not len(paths):
        raise ExchangeError("The file has no rows.")
    changes = np.flatnonzero(paths[1:] != paths[:-1]) + 1
    starts, ends = np.append(0, changes), np.append(changes, len(paths))
    expected = np.arange(len(paths)) - np.repeat(starts, ends - starts)
    wrong = np.flatnonzero(positions != expected)
    names = [str(path) for path in paths[starts]]
    if len(wrong) or len(set(names)) < len(names):
        row = int(wrong[0]) if len(wrong) else _first_repeated(names, starts)
        raise ExchangeError(
            f"Row {row} ({paths[row]}) is out of order: a track's rows stand together, with "
            "positions 0, 1, 2 … and none left out."
        )
    return [_Span(*span) for span in zip(names, starts.tolist(), ends.tolist(), strict=True)]


def _first_repeated(names: list[str], starts: NDArray[np.int64]) -> int:
    seen: set[str] = set()
    for name, start in zip(names, starts.tolist(), strict=True):
        if name in seen:
            return int(start)
        seen.add(name)
    raise AssertionError("called for names that are all different")


def _timing(reader: Reader) -> tuple[float, float]:
    """Hop and duration of segments in seconds, the same for all."""
    positions, starts = _numbers(reader, "position"), _numbers(reader, "start")
    durations = _numbers(reader, "end") - starts
    duration = float(np.median(durations))
    later = positions > 0
    hop = float(np.median(starts[later] / positions[later])) if later.any() else duration
    if not (hop > 0 and duration > 0):
        raise ExchangeError("Segments must begin one after the other, and end after they begin.")
    off = np.abs(starts - positions * hop) > TOLERANCE
    if off.any():
        row = int(off.argmax())
        raise ExchangeError(
            f"Row {row} starts at {starts[row]:g} s instead of {positions[row] * hop:g} s: "
            f"position times the hop of {hop:g} s."
        )
    if (uneven := np.abs(durations - duration) > TOLERANCE).any():
        row = int(uneven.argmax())
        raise ExchangeError(
            f"Row {row} lasts {durations[row]:g} s, others {duration:g} s: all must be the same."
        )
    return hop, duration


def _numbers(reader: Reader, name: str) -> NDArray[np.float64]:
    values = reader.column(name)
    if values.dtype.kind not in "fiu" or not np.isfinite(values).all():
        raise ExchangeError(f"{name} has values that are not numbers.")
    return values.astype(np.float64)


def _tracks(paths: list[str], *, skip_unknown: bool) -> dict[str, int]:
    """The library's tracks at these paths."""
    wanted = set(paths)
    found = {path: pk for path, pk in Track.objects.values_list("path", "pk") if path in wanted}
    unknown = [path for path in paths if path not in found]
    if not found or (unknown and not skip_unknown):
        examples = ", ".join(unknown[:SHOWN]) + (" …" if len(unknown) > SHOWN else "")
        raise ExchangeError(
            f"{len(unknown)} of {len(paths)} paths are not in the library: {examples}. Paths are "
            "relative to AUDIO_DIR; run index_all_audio for new files"
            + (", or use --skip-unknown." if found else ".")
        )
    return found


def _by_track(reader: Reader, spans: list[_Span]) -> Iterator[tuple[_Span, NDArray[Any]]]:
    """Each track with its vectors (segments, size), reading the file once."""
    blocks = reader.vectors()
    held = next(blocks, np.empty((0, 0)))
    begin = 0  # row of the file that `held` begins with
    for span in spans:
        parts = []
        missing = span.end - span.start
        while True:
            part = held[span.end - missing - begin :][:missing]
            parts.append(part)
            missing -= len(part)
            if not missing:
                break
            begin += len(held)
            block = next(blocks, None)
            if block is None:
                raise ExchangeError(f"{span.path} has more rows than vectors.")
            if block.shape[1] != held.shape[1]:
                raise ExchangeError(
                    f"vector has lists of {held.shape[1]} and of {block.shape[1]} numbers."
                )
            held = block
        yield span, np.concatenate(parts)


def _record(model: EmbeddingModel, tracks: dict[str, int], spans: list[_Span]) -> None:
    """Status rows, as an extraction leaves them: the maps know by them that vectors are new."""
    Extraction.objects.bulk_create(
        [
            Extraction(
                track_id=tracks[span.path],
                model=model,
                state=Extraction.State.DONE,
                segments=span.end - span.start,
                backend="import",
                finished_at=timezone.now(),
            )
            for span in spans
            if span.path in tracks
        ],
        update_conflicts=True,
        unique_fields=["track", "model"],
        update_fields=["state", "segments", "backend", "finished_at"],
        batch_size=2000,
    )
