"""M3U read back, as a player would: by a route of its own."""

import re
from dataclasses import dataclass, field


@dataclass
class Played:
    path: str
    seconds: int | None = None
    title: str = ""
    options: dict[str, float] = field(default_factory=dict)


def read_m3u(content: bytes) -> list[Played]:
    """The entries of an extended M3U in UTF-8."""
    lines = content.decode("utf-8").split("\n")
    assert lines[0] == "#EXTM3U" and lines[-1] == ""
    found, coming = [], Played("")
    for line in filter(None, (line.rstrip("\r") for line in lines[1:])):
        if told := re.fullmatch(r"#EXTINF:(-?\d+),(.*)", line):
            coming.seconds, coming.title = int(told[1]), told[2]
        elif option := re.fullmatch(r"#EXTVLCOPT:([a-z-]+)=([\d.]+)", line):
            coming.options[option[1]] = float(option[2])
        elif not line.startswith("#"):
            coming.path = line
            found.append(coming)
            coming = Played("")
    assert coming == Played("")
    return found
