"""What speaks for two tracks being the same recording, and whether it is enough to be proposed.

The thresholds are measured; docs/search.md, "Duplicates", has the figures and their margins.
"""

from dataclasses import dataclass

from embeddings.duplicates.alignment import Alignment
from embeddings.duplicates.models import DuplicatePair
from embeddings.duplicates.sound import Match

Kind = DuplicatePair.Kind

# Of the longer track that both must have: less is an excerpt, or a track within a mix.
LEAST_SHARE = 0.3
SAME_WAVEFORM = 0.87  # copies at 24 kbit/s and more: 0.95; the rounds of a loop: up to 0.78
# Where waveforms differ, as of another master or a tape: alike from beginning to end.
WHOLE_SHARE = 0.9
ALIKE = 0.85  # correlation of spectrograms; two halves of a loop: up to 0.79, other music 0.23
NEAR_RATIO = 0.5  # of the distance between neighbouring segments; other music: 0.9 and more
LEAST_SEGMENTS = 4  # whose distances are believed


@dataclass(frozen=True)
class Evidence:
    """What is kept with a proposal."""

    kind: DuplicatePair.Kind
    offset: float  # seconds into the first track at which the second begins
    overlap: float  # seconds that both have
    distance: float | None  # mean cosine distance of their segments beside each other
    correlation: float | None  # of the waveforms; None where they were not compared


def judged(
    heard: Match | None, seen: Alignment | None, *, longer: float, hop: float
) -> Evidence | None:
    """The evidence where it is enough, by what was heard and how the network's vectors align.

    `longer` is the length of the longer track, as far as it was compared, and `hop` that of a
    segment, in seconds. `heard` is None where there is no audio to listen to.
    """
    distance = seen.distance if seen else None
    if heard and heard.correlation >= SAME_WAVEFORM and heard.overlap >= LEAST_SHARE * longer:
        return Evidence(Kind.RECORDING, heard.offset, heard.overlap, distance, heard.correlation)
    if heard and heard.likeness >= ALIKE and heard.overlap >= WHOLE_SHARE * longer:
        return Evidence(Kind.NEAR, heard.offset, heard.overlap, distance, heard.correlation)
    if (
        seen
        and seen.segments >= LEAST_SEGMENTS
        and seen.ratio <= NEAR_RATIO
        and seen.segments * hop >= WHOLE_SHARE * longer - hop
    ):
        correlation = heard.correlation if heard else None
        return Evidence(
            Kind.NEAR, seen.shift * hop, seen.segments * hop, seen.distance, correlation
        )
    return None
