"""Which tracks may share a recording with one: a vote of its segments' nearest neighbours.

As in landmark fingerprinting (Wang 2003), each of a few probes votes for the pairs of track and
shift at which its neighbours lie; what is the same gets many votes for one shift, chance does not.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.neighbours import Neighbour

PROBES = 12  # segments of a track that are asked about, evenly spread
NEIGHBOURS = 20  # of each, that vote
LEAST_VOTES = 3  # for one shift, or for the track whatever the shift: see below
TOLERANCE = 1  # segments: a shift that is no multiple of a segment lies between two
MOST_CANDIDATES = 6  # tracks that are compared with one


@dataclass(frozen=True)
class Candidate:
    """A track, and how many probes agree that it runs alongside so many segments later."""

    track_id: int
    shift: int  # segments: position in the probed track less position in the candidate
    votes: int


def probe_positions(segments: int) -> list[int]:
    """Positions of a track of so many segments that vote."""
    return np.unique(np.linspace(0, segments - 1, PROBES).astype(int)).tolist()


def elect(neighbours: Sequence[tuple[int, Iterable[Neighbour]]]) -> list[Candidate]:
    """Candidates by the neighbours of each probe's position, most votes first.

    Every probe has one vote for a (track, shift), and the shifts within `TOLERANCE` share it. A
    track of few segments needs the votes of all its probes.
    """
    heard: dict[tuple[int, int], set[int]] = defaultdict(set)
    for position, found in neighbours:
        for near in found:
            heard[near.track_id, position - near.position].add(position)
    best: dict[int, Candidate] = {}
    for track, shift in heard:
        around = range(shift - TOLERANCE, shift + TOLERANCE + 1)
        voters = set().union(*(heard.get((track, each), ()) for each in around))
        if track not in best or len(voters) > best[track].votes:
            best[track] = Candidate(track, shift, len(voters))
    least = min(LEAST_VOTES, len(neighbours))
    elected = [each for each in best.values() if each.votes >= least]
    elected.sort(key=lambda each: (-each.votes, each.track_id))
    return elected[:MOST_CANDIDATES]
