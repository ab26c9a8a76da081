"""A file's tags as our fields, whatever its container calls them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tracks.metadata.containers import RawTags, read_raw
from tracks.text import clean, fold

# Where each field is found: names of ID3, Vorbis comments and APE, MP4, ASF, the best first.
NAMES: dict[str, tuple[str, ...]] = {
    "title": ("tit2", "title", "©nam", "tit1"),
    "artists": (
        "txxx:artists",
        "artists",
        "----:com.apple.itunes:artists",
        "wm/artists",
        "tpe1",
        "artist",
        "©art",
        "author",
    ),
    "artist_ids": (
        "txxx:musicbrainz artist id",
        "musicbrainz_artistid",
        "----:com.apple.itunes:musicbrainz artist id",
        "musicbrainz/artist id",
    ),
    "album_artist": (
        "tpe2",
        "txxx:albumartist",
        "txxx:album artist",
        "albumartist",
        "album artist",
        "album_artist",
        "aart",
        "wm/albumartist",
    ),
    "album_artist_id": (
        "txxx:musicbrainz album artist id",
        "musicbrainz_albumartistid",
        "----:com.apple.itunes:musicbrainz album artist id",
        "musicbrainz/album artist id",
    ),
    "album": ("talb", "album", "©alb", "wm/albumtitle"),
    "release_id": (
        "txxx:musicbrainz album id",
        "musicbrainz_albumid",
        "----:com.apple.itunes:musicbrainz album id",
        "musicbrainz/album id",
    ),
    "recording_id": (
        "ufid:http://musicbrainz.org",
        "musicbrainz_trackid",
        "----:com.apple.itunes:musicbrainz track id",
        "musicbrainz/track id",
    ),
    "disc": ("tpos", "discnumber", "disc", "disk", "wm/partofset"),
    "number": ("trck", "tracknumber", "track", "trkn", "wm/tracknumber"),
    "year": ("tdrc", "tdor", "date", "year", "originaldate", "©day", "wm/year"),
    "compilation": ("tcmp", "txxx:compilation", "compilation", "cpil", "wm/iscompilation"),
    "genres": ("tcon", "genre", "©gen", "gnre", "wm/genre"),
}

# What programs write where nobody knows the name.
UNKNOWN = {
    "",
    "<unknown>",
    "[unknown]",
    "n/a",
    "no artist",
    "unknown",
    "unknown artist",
    "unknown album",
    "artista desconocido",
    "artista sconosciuto",
    "artiste inconnu",
    "unbekannter interpret",
    "неизвестный исполнитель",
    "不明なアーティスト",
    "未知艺术家",
}
VARIOUS = {"various artists", "various", "various artist", "va", "v.a.", "v/a"}

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SEVERAL = re.compile(r"\s*;\s*|\s+(?:feat\.|ft\.)\s+", re.IGNORECASE)
_SMALL_INTEGER = 32767


@dataclass(frozen=True)
class FileTags:
    """A file's tags, cleaned; empty where it does not say. Ids are MusicBrainz's."""

    title: str = ""
    artists: list[str] = field(default_factory=list)
    artist_ids: list[str] = field(default_factory=list)
    album_artist: str = ""
    album_artist_id: str = ""
    album: str = ""
    release_id: str = ""
    recording_id: str = ""
    disc: int | None = None
    number: int | None = None
    year: int | None = None
    compilation: bool = False
    genres: list[str] = field(default_factory=list)


def read_tags(path: bytes) -> FileTags:
    """The tags of one file. Raises MetadataError and OSError."""
    return interpret(read_raw(path))


def interpret(raw: RawTags) -> FileTags:
    """Tags of any container (names in lower case) as our fields."""

    def values(name: str) -> list[str]:
        return next((raw[tag] for tag in NAMES[name] if raw.get(tag)), [])

    def first(name: str, parse: Callable[[str], str] = clean) -> str:
        return next((text for value in values(name) if (text := parse(value))), "")

    album_artist = _known(first("album_artist"))
    various = fold(album_artist) in VARIOUS
    album_artist_ids = _ids(values("album_artist_id"))
    return FileTags(
        title=first("title"),
        artists=_names(values("artists")),
        artist_ids=_ids(values("artist_ids")),
        album_artist=album_artist,
        album_artist_id=album_artist_ids[0] if album_artist_ids else "",
        album=_known(first("album")),
        release_id=next(iter(_ids(values("release_id"))), ""),
        recording_id=next(iter(_ids(values("recording_id"))), ""),
        disc=_number(first("disc")),
        number=_number(first("number")),
        year=_year(first("year")),
        compilation=various or first("compilation").lower() in ("1", "true", "yes"),
        genres=_genres(values("genres")),
    )


def _known(name: str) -> str:
    return "" if fold(name) in UNKNOWN else name


def _names(values: list[str]) -> list[str]:
    names = (clean(part) for value in values for part in _SEVERAL.split(value))
    known = {fold(name): name for name in names if fold(name) not in UNKNOWN | VARIOUS}
    return list(known.values())


def _genres(values: list[str]) -> list[str]:
    """Genres in lower case, as MTG-Jamendo writes them, so that "Rock" and "rock" are one tag."""
    names = (clean(part, 300).lower() for value in values for part in value.split(";"))
    return list(dict.fromkeys(name for name in names if name not in UNKNOWN))


def _ids(values: list[str]) -> list[str]:
    return [found.lower() for value in values for found in _UUID.findall(value)]


def _number(text: str) -> int | None:
    """The first number of "3", "03/12" or "3 of 12"; 0 says nothing."""
    match = re.match(r"\d{1,5}", text)
    number = int(match.group()) if match else 0
    return number if 0 < number <= _SMALL_INTEGER else None


def _year(text: str) -> int | None:
    match = re.search(r"(?<!\d)[12]\d{3}(?!\d)", text) or re.match(r"[12]\d{3}", text)
    return int(match.group()) if match else None
