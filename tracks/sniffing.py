"""Which format a file's first bytes claim, before anything that could be fooled opens it."""

_ID3_HEADER = 10  # bytes
_ASF = bytes.fromhex("3026b2758e66cf11")
# Bit rate and sample rate numbers that no MPEG frame has.
_NO_BITRATE, _NO_RATE = 15, 3


def audio_format(head: bytes) -> str | None:
    """One of `tracks.media.FORMATS` by the bytes that a file begins with; None for anything else.

    Playlists, pages, archives and pictures begin otherwise, whatever they are called.
    """
    if head.startswith(b"ID3"):
        return _after_tag(head)
    if head.startswith(b"fLaC"):
        return "flac"
    if head.startswith(b"OggS"):
        return "ogg"
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"FORM") and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if head[4:8] == b"ftyp":
        return "mov"
    if head.startswith(_ASF):
        return "asf"
    return _mpeg(head.lstrip(b"\0"))  # some encoders leave zeros before the first frame


def _after_tag(head: bytes) -> str:
    """What follows an ID3 tag, as far as it is to be seen: MP3, but for what says otherwise."""
    if len(head) < _ID3_HEADER:
        return "mp3"
    size = sum((byte & 0x7F) << (7 * place) for place, byte in enumerate(head[9:5:-1]))
    behind = head[_ID3_HEADER + size :].lstrip(b"\0")
    if behind.startswith(b"fLaC"):
        return "flac"
    return _mpeg(behind) or "mp3"


def _mpeg(head: bytes) -> str | None:
    """Of a frame of MPEG audio: layers II and III, or AAC in ADTS."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return "aac"
    layer, bitrate, rate = head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    usual = layer in (1, 2) and bitrate != _NO_BITRATE and rate != _NO_RATE
    return "mp3" if usual else None
