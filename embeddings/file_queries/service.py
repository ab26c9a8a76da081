"""The way of somebody's file: it is checked, heard in a job, kept or forgotten."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from embeddings import jobs
from embeddings.children import Limits, converse, heard_of_file, said_nothing
from embeddings.file_queries import child, place
from embeddings.file_queries.models import new_token
from embeddings.file_queries.queries import living
from embeddings.file_queries.room import check_room
from embeddings.file_queries.sweeping import LIFETIME, remove, sweep
from embeddings.models import EmbeddingModel, FileQuery, FileQueryVectors, Job, Layer
from embeddings.storage import as_halves
from embeddings.weights.store import weights_path
from musicexplore.progress import Progress
from tracks.media import MediaError
from tracks.sniffing import audio_format

HEAD_BYTES = 1 << 20  # looked at for a format: tags with pictures lie before it
SHORTEST = 0.5  # seconds: less is no music
MOST_WAITING = 20  # files that wait to be heard

LOOK_LIMITS = Limits(memory=512 << 20, cpu=10, wall=20.0)
LISTEN_MEMORY = 2 << 30
LISTEN_SECONDS = 60.0  # of a short file, with the time to load the network
LISTEN_PER_SECOND = 1.0  # of audio, on a slow or busy machine

NOT_AUDIO = (
    "This is not an audio file of a known format: MP3, FLAC, Ogg, Opus, M4A, AAC, WAV, AIFF, WMA."
)


class Busy(Exception):
    """Too many files wait to be heard: this one is not taken."""


def arriving(length: int) -> Path:
    """Where to write a file of so many bytes, before any of it is read.

    The caller gives it to `take`, or removes it. Raises `Busy` and `NoRoom`.
    """
    sweep()
    _check_queue()
    check_room(length)
    return place.folder() / f"{new_token()}{place.PART}"


def longest() -> float:
    """Seconds that a file may last."""
    return settings.FILE_QUERY_MINUTES * 60.0


def take(path: Path, name: str, model: EmbeddingModel) -> tuple[FileQuery, Job]:
    """Check a file that has arrived, and queue the job that hears it by a network.

    The file is ours from then on. Raises `MediaError` ("not-audio", "too-long", "too-short",
    "damaged", …), and `Busy`; then it is still the caller's.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise MediaError("empty", "The file is empty.")
    found = audio_format(head)
    if found is None:
        raise MediaError("not-audio", NOT_AUDIO)
    duration = _look(path, found)
    query = FileQuery(name=clean(name), format=found, duration=duration)
    path.replace(place.original(query))
    try:
        with transaction.atomic():
            query.expires_at = timezone.now() + LIFETIME
            query.save()
            return query, ask(query, model)
    except BaseException:
        place.original(query).unlink(missing_ok=True)
        raise


def ask(query: FileQuery, model: EmbeddingModel) -> Job:
    """The job in which a network hears the file, under way or new. Its weights are here.

    Raises `Busy`.
    """
    _check_queue()
    return jobs.enqueue_once(Job.Kind.FILE_QUERY, {"query": query.pk, "model": model.name})


def listen(query_id: int, model: str, progress: Progress) -> None:
    """The work of the job. Raises `MediaError`, `ChildDied`, and where the file is gone."""
    query = living().filter(pk=query_id).first()
    if query is None:
        raise RuntimeError("The file has expired; send it again.")
    copy = place.copy(query)
    aside = copy.with_suffix(f".flac{place.PART}")
    task = child.Task(
        path=place.original(query),
        format=query.format,
        model=model,
        weights=weights_path(model),
        copy=None if copy.exists() else aside,
        longest=longest(),
    )
    progress.start(query.duration or longest(), "seconds of audio")
    try:
        _store(query, model, _listened(task, query, progress), aside, copy)
    finally:
        aside.unlink(missing_ok=True)
        # It may have been forgotten meanwhile, and its files with it.
        if not FileQuery.objects.filter(pk=query_id).exists():
            copy.unlink(missing_ok=True)


def keep(query: FileQuery) -> None:
    """Let it stay until it is deleted."""
    query.expires_at = None
    query.save(update_fields=["expires_at"])


def forget(query: FileQuery) -> None:
    """Remove it with all that was heard in it, and stop whoever still listens to it."""
    remove(query)


def clean(name: str) -> str:
    """A file's name to show: its last part, without what no name has."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(letter for letter in last if letter.isprintable()).strip()
    return shown[: FileQuery._meta.get_field("name").max_length] or "Your file"


def _check_queue() -> None:
    waiting = Job.objects.filter(kind=Job.Kind.FILE_QUERY, state=Job.State.QUEUED)
    if waiting.count() >= MOST_WAITING:
        raise Busy


def _look(path: Path, format_: str) -> float | None:
    """How long a file says it lasts, in seconds, once a child has found audio in it."""
    info = None
    for message in _asked(converse(child.look, path, format_, limits=LOOK_LIMITS)):
        if isinstance(message, child.Looked):
            info = message.info
    if info is None:
        raise said_nothing()
    if info.duration is not None and info.duration > longest():
        raise child.too_long(longest())
    if info.duration is not None and info.duration < SHORTEST:
        raise _too_short()
    return info.duration


def _listened(task: child.Task, query: FileQuery, progress: Progress) -> child.Heard:
    seconds = LISTEN_SECONDS + LISTEN_PER_SECOND * longest()
    limits = Limits(memory=LISTEN_MEMORY, cpu=int(seconds), wall=seconds)
    told = 0.0
    heard = None
    for message in _asked(converse(child.listen, task, limits=limits)):
        match message:
            case child.Progressed(seconds=now):
                progress.advance(now - told)
                told = now
            case child.Heard():
                heard = message
            case None:
                progress.advance(0)  # so that it can be cancelled
    if heard is None:
        raise said_nothing()
    if heard.duration < SHORTEST:
        raise _too_short()
    return heard


def _asked(messages: Iterator[object]) -> Iterator[object]:
    """What a child says, with its refusal and its end raised as `MediaError`."""
    for message in heard_of_file(messages):
        if isinstance(message, child.Refused):
            raise MediaError(message.code, message.reason)
        yield message


def _too_short() -> MediaError:
    return MediaError("too-short", f"The file lasts less than {SHORTEST:g} s: there is no music.")


def _store(query: FileQuery, model: str, heard: child.Heard, aside: Path, copy: Path) -> None:
    layers = {layer.name: layer for layer in Layer.objects.filter(model__name=model)}
    rows = [
        FileQueryVectors(
            query=query,
            layer=layers[name],
            offset=hearing.offset,
            vectors=as_halves(vectors, size=layers[name].size, name=name).astype("<f2").tobytes(),
        )
        for hearing in heard.hearings
        for name, vectors in hearing.vectors.items()
        if name in layers
    ]
    with transaction.atomic():
        # Locked, so that nobody removes it between the question and the rows.
        if not FileQuery.objects.select_for_update().filter(pk=query.pk).exists():
            raise RuntimeError("The file was deleted meanwhile.")
        with suppress(FileNotFoundError):  # written by an earlier job
            aside.replace(copy)
        FileQuery.objects.filter(pk=query.pk).update(
            duration=heard.duration,
            loudness=heard.loudness,
            levels=heard.levels.astype("<f4").tobytes(),
        )
        FileQueryVectors.objects.filter(query=query, layer__in=layers.values()).delete()
        FileQueryVectors.objects.bulk_create(rows)
