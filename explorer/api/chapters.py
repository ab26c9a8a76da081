"""Under which heading of the API's document an address stands."""

import re

# In the document's order: name, what it is about, and what its addresses below `/api/v1/` match.
# The first that matches counts, so that what is asked by sound stands apart from what is listed.
CHAPTERS = (
    (
        "Search by sound",
        "Moments and tracks that a network hears as similar; blends, journeys, sections.",
        r"(segments|tracks|artists|albums|tags)/.*(similar|blend)/$|paths/|.*(sections|previews)",
    ),
    (
        "Search by words",
        "Moments and tracks by what networks hear in them: “piano and not vocals”.",
        r".*by-words/|words/|.*/words/",
    ),
    (
        "Search by a file",
        "A file is sent, heard in the background, and found things by. It is gone an hour later.",
        r"queries/",
    ),
    ("Library", "Tracks, artists, albums and tags.", r"(library|tracks|artists|albums|tags)/"),
    (
        "Networks and maps",
        "Networks, the layers kept of them, their maps, and where two of them disagree.",
        r"(models|layers|projections|comparisons)/",
    ),
    ("Playlists", "Lists of tracks and stretches, kept or taken as files.", r"playlists/"),
    (
        "Listening test",
        "Which of three sounds most alike, and what people answered.",
        r"listening/",
    ),
    ("Duplicates", "Tracks that may be the same recording.", r"duplicates/"),
    ("Jobs", "Long work: begun, followed, stopped, tried again.", r"jobs/"),
)


def chapter_of(address: str) -> str:
    """The heading of an address below `/api/v1/`; raises LookupError where none fits."""
    for name, _, pattern in CHAPTERS:
        if re.match(pattern, address):
            return name
    raise LookupError(address)


def described() -> list[dict[str, str]]:
    """The headings as OpenAPI's `tags`."""
    return [{"name": name, "description": about} for name, about, _ in CHAPTERS]
