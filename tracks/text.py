"""Text as it comes from files, made fit for people and for PostgreSQL."""

import hashlib
import os
import re
import unicodedata

import ftfy

# Titles and names of the database; see `models.py`.
MAX_NAME = 500

# Not those from 0x80 on: in wrongly decoded text they are parts of letters.
_TO_SPACES = dict.fromkeys([*range(0x20), 0x7F, 0x2028, 0x2029], " ")
_CYRILLIC_WORD = re.compile(r"[À-ÿ¨¸]{3,}")
# "07. ", "12 - " and "03 ", but nothing of "99 Luftballons".
_TRACK_NUMBER = re.compile(r"^(?:\d{1,3}\s*[-.)]\s*|0\d{1,2}\s+)(?=\D)")
_REPAIRS = ftfy.TextFixerConfig(
    unescape_html=False, uncurl_quotes=False, fix_character_width=False, fix_latin_ligatures=False
)


def clean(text: str, limit: int = MAX_NAME) -> str:
    """`text` repaired where it was decoded wrongly, on one line, cut to `limit` characters.

    Control characters go, NUL among them, and surrogates: PostgreSQL takes neither.
    """
    text = text.encode("utf-8", errors="replace").decode().translate(_TO_SPACES)
    if not text.isascii():
        text = ftfy.fix_text(_windows_1251(text), _REPAIRS)
        text = "".join(char for char in text if unicodedata.category(char) != "Cc")
    return " ".join(text.split())[:limit].rstrip()


def _windows_1251(text: str) -> str:
    """Cyrillic text that was taken for Latin-1, as ID3 tags from Russia often are: "Ïðèâåò".

    Whole words of accented letters are in no language; single ones ("Sigur Rós") are kept.
    """
    letters = [char for char in text if char.isalpha() or char in "¨¸"]
    accented = [char for char in letters if char >= "¨"]
    if len(accented) < 0.6 * len(letters) or not _CYRILLIC_WORD.search(text):
        return text
    try:
        return text.encode("latin-1").decode("windows-1251")
    except UnicodeError:
        return text


def fold(text: str) -> str:
    """`text` for comparing names: without case, width and spacing."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def key(*parts: str, limit: int = 600) -> str:
    """The parts as one value for a unique column; a digest where that is over `limit` bytes.

    (An entry of PostgreSQL's B-tree holds about 2,700 bytes.)
    """
    joined = "\x1f".join(parts)
    if len(joined.encode()) <= limit:
        return joined
    return f"{parts[0]}\x1f{hashlib.sha256(joined.encode()).hexdigest()}"


def readable_title(path: bytes) -> str:
    """A title made of a file's name: `01 - some_song.low.mp3` is "some song"."""
    name = os.path.basename(path).decode("utf-8", errors="replace")  # noqa: PTH119 - bytes
    stem = re.sub(r"(\.low)?\.[^.]*$", "", name) or name
    words = clean(re.sub(r"_+", " ", stem))
    return _TRACK_NUMBER.sub("", words) or words
