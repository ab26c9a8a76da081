"""What the tags of the networks' lists mean: synonyms, negations and opposites, in one table."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Meaning:
    """One thing that several tags speak of, some by saying the contrary."""

    name: str
    contrary: str = ""  # what its absence is called, where a tag says so
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


# Tags as in `tag_lists.py`, without case. A tag that is not here means itself.
MEANINGS = (
    Meaning(
        "vocals",
        "no vocals",
        ("vocal", "vocals", "voice", "singing"),
        ("no vocal", "no vocals", "no voice", "instrumental"),
    ),
    Meaning(
        "female voice",
        present=(
            "female", "woman", "female vocal", "female voice",
            "female vocalist", "female vocalists",
        ),
    ),
    Meaning("male voice", present=("male", "man", "male vocal", "male voice", "male vocalists")),
    Meaning("fast", "slow", ("fast",), ("slow",)),
    Meaning("loud", "quiet", ("loud",), ("quiet", "soft")),
    Meaning("beat", present=("beat", "beats")),
    Meaning("choir", present=("choir", "choral")),
    Meaning("classical", present=("classical", "classic")),
    Meaning("chillout", present=("chill", "chillout")),
    Meaning("electronic", present=("electronic", "electronica")),
)  # fmt: skip


def meanings_of(tags: Sequence[str]) -> list[tuple[Meaning, list[tuple[int, bool]]]]:
    """What a list of tags speaks of: each thing with the tags' indices, and whether it is present.

    In the order of the list.
    """
    found: dict[Meaning, list[tuple[int, bool]]] = {}
    for index, tag in enumerate(tags):
        meaning, present = _BY_TAG.get(tag.casefold(), (Meaning(tag), True))
        found.setdefault(meaning, []).append((index, present))
    return list(found.items())


_BY_TAG = {
    tag: (meaning, present)
    for meaning in MEANINGS
    for present, tags in ((True, meaning.present), (False, meaning.absent))
    for tag in tags
}
