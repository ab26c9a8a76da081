"""Album covers: found in a file or beside it, kept as small thumbnails."""

import base64
import hashlib
import io
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from mutagen.apev2 import APEv2
from mutagen.asf import ASFTags
from mutagen.flac import FLAC, Picture
from mutagen.id3 import ID3, PictureType
from mutagen.mp4 import MP4Tags
from PIL import Image, ImageOps

from tracks.metadata.containers import open_tags

SIDE = 300  # pixels, of the longer side
MAX_BYTES = 30_000_000
MAX_PIXELS = 50_000_000  # an image of more is taken for a decompression bomb
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
FOLDER_NAMES = ("cover", "folder", "front")
FOLDER_EXTENSIONS = (".jpg", ".jpeg", ".png")

_Pictures = list[tuple[int, bytes]]  # ID3's picture type, and the image file


def covers_folder() -> Path:
    """Where thumbnails are kept; `Album.cover` is a file name in it."""
    return Path(settings.MUSICEXPLORE_HOME) / "covers"


def store_cover(audio: bytes) -> str:
    """Keeps a thumbnail of the cover of an audio file; returns its file name, or "".

    The picture inside the file comes before an image in its folder. A broken picture is as none.
    """
    for find in (_embedded, _beside):
        for data in find(audio):
            if thumbnail := make_thumbnail(data):
                return _keep(thumbnail)
    return ""


def make_thumbnail(data: bytes) -> bytes | None:
    """A WebP of at most 300 pixels a side; None where `data` is no image that is safe to open."""
    if len(data) > MAX_BYTES:
        return None
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                return None
            image.draft("RGB", (SIDE, SIDE))  # lets JPEG decode at a fraction of its size
            upright = ImageOps.exif_transpose(image)
            small = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            small.thumbnail((SIDE, SIDE))
            output = io.BytesIO()
            small.save(output, "WEBP", quality=80)
            return output.getvalue()
    except Exception:  # Pillow's decoders meet broken bytes with any exception
        return None


def _keep(thumbnail: bytes) -> str:
    folder = covers_folder()
    file = folder / f"{hashlib.sha256(thumbnail).hexdigest()[:40]}.webp"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        aside = file.with_suffix(f".{os.getpid()}.part")
        aside.write_bytes(thumbnail)
        aside.replace(file)
    return file.name


def _beside(audio: bytes) -> Iterator[bytes]:
    """Images named as covers are, in the file's folder."""
    folder = Path(os.fsdecode(audio)).parent
    try:
        images = {path.name.lower(): path for path in folder.iterdir()}
    except OSError:
        return
    for name in FOLDER_NAMES:
        for extension in FOLDER_EXTENSIONS:
            path = images.get(name + extension)
            if path is None:
                continue
            try:
                with path.open("rb") as file:
                    yield file.read(MAX_BYTES + 1)
            except OSError:
                continue


def _embedded(audio: bytes) -> Iterator[bytes]:
    """Pictures inside the file, the front cover first."""
    try:
        pictures = _pictures(open_tags(audio))
    except Exception:  # a broken picture is as none, whatever it provokes
        return
    pictures.sort(key=lambda picture: picture[0] != PictureType.COVER_FRONT)
    yield from (data for _, data in pictures)


def _pictures(opened: Any) -> _Pictures:
    tags = getattr(opened, "tags", opened)
    if tags is None:
        return []
    if isinstance(opened, FLAC):
        return [(picture.type, picture.data) for picture in opened.pictures]
    return next((read for kind, read in _READERS if isinstance(tags, kind)), _vorbis)(tags)


def _id3(tags: ID3) -> _Pictures:
    return [(int(frame.type), frame.data) for frame in tags.getall("APIC")]


def _mp4(tags: MP4Tags) -> _Pictures:
    return [(PictureType.COVER_FRONT, bytes(cover)) for cover in tags.get("covr", [])]


def _ape(tags: APEv2) -> _Pictures:
    return [
        (PictureType.COVER_FRONT, bytes(value.value).partition(b"\0")[2])
        for name, value in tags.items()
        if name.lower() == "cover art (front)" and value.kind == 1
    ]


def _asf(tags: ASFTags) -> _Pictures:
    """WM/Picture: type, length, two strings of UTF-16 that end with a zero, then the image."""
    pictures = []
    for attribute in tags.get("WM/Picture", []):
        data = bytes(attribute.value)
        if len(data) > 5:
            kind, length = struct.unpack_from("<BI", data)
            pictures.append((kind, data[-length:] if 0 < length < len(data) else b""))
    return pictures


def _vorbis(tags: Any) -> _Pictures:
    blocks = [value for name, value in tags if name.lower() == "metadata_block_picture"]
    pictures = [Picture(base64.b64decode(block)) for block in blocks]
    return [(picture.type, picture.data) for picture in pictures]


_READERS: tuple[tuple[type, Callable[[Any], _Pictures]], ...] = (
    (ID3, _id3),
    (MP4Tags, _mp4),
    (APEv2, _ape),
    (ASFTags, _asf),
)
