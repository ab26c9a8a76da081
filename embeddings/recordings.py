"""A long recording, a DJ set say, section by section."""

from dataclasses import dataclass
from itertools import pairwise

from embeddings.models import Layer, TrackAverage
from embeddings.passages import extremes
from embeddings.sections import cut_sections
from embeddings.storage import read_layer
from embeddings.taggrams import strongest_tags_of
from tracks.models import Track

TAGS = 3


@dataclass(frozen=True)
class Section:
    """So many segments of a recording from a position; times in seconds."""

    position: int
    segments: int
    start: float
    end: float
    typical: int  # position of the segment nearest to all others of the section
    tags: list[tuple[str, float]]  # names and mean activations, strongest first


@dataclass(frozen=True)
class Sections:
    shortest: float  # seconds, of any section
    sections: list[Section]


def sections_of(
    track: Track, layer: Layer, *, shortest: float | None = None, sensitivity: float = 1.0
) -> Sections:
    """A track cut where a layer's vectors turn for good, see `cut_sections`.

    Sections follow each other without gaps, and the last ends with the track. Raises
    `TrackAverage.DoesNotExist` where the layer has nothing of it.
    """
    vectors = read_layer(layer, [track.pk]).vectors
    if not len(vectors):
        raise TrackAverage.DoesNotExist
    cut = cut_sections(
        vectors, hop_seconds=layer.hop_seconds, shortest=shortest, sensitivity=sensitivity
    )
    bounds = [*cut.first.tolist(), len(vectors)]
    times = [layer.span(position)[0] for position in bounds]
    times[-1] = max(track.duration or 0.0, layer.span(len(vectors) - 1)[1])
    stretches = list(pairwise(times))
    tags = strongest_tags_of(track, layer.model, stretches, top=TAGS)
    sections = [
        Section(
            position=first,
            segments=last - first,
            start=start,
            end=end,
            typical=first + extremes(vectors[first:last]).typical,
            tags=own,
        )
        for (first, last), (start, end), own in zip(pairwise(bounds), stretches, tags, strict=True)
    ]
    return Sections(cut.shortest, sections)
