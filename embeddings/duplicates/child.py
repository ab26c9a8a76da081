"""Listens to a file in a process of its own: where a decoder crashes or hangs, the job goes on."""

from collections.abc import Callable
from multiprocessing.connection import Connection

from embeddings.children import Limits, confine, converse, heard_of_file, said_nothing
from embeddings.duplicates import sound
from tracks.media import MediaError

# Of twenty minutes at most, which take some seconds: see `sound.LONGEST`.
LIMITS = Limits(memory=1 << 30, cpu=180, wall=300.0)


def listen(path: bytes, pause: Callable[[], None]) -> sound.Sound:
    """`sound.listen` in a child. Calls `pause` several times a second; raises `MediaError`."""
    heard = None
    for message in heard_of_file(converse(send_sound, path, limits=LIMITS)):
        if message is None:
            pause()
        elif isinstance(message, MediaError):
            raise message
        else:
            heard = message
    if heard is None:
        raise said_nothing()
    return heard


def send_sound(pipe: Connection, limits: Limits, path: bytes) -> None:
    """Send the `Sound` of a file, or why there is none, as a `MediaError`."""
    confine(limits)
    try:
        pipe.send(sound.listen(path))
    except MediaError as error:
        pipe.send(error)
    except OSError as error:
        pipe.send(MediaError("missing", f"The file cannot be read: {error}."))
    except MemoryError:
        pipe.send(MediaError("memory", "The file asks for more memory than it may have."))
