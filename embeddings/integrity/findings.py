"""What a check reports: one kind of damage, and what is done about it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

EXAMPLES = 5


@dataclass(frozen=True)
class Finding:
    """Damage of one kind. Without `repair`, `remedy` names the command that a person runs."""

    problem: str  # after a number: "tracks whose file is gone"
    count: int
    examples: tuple[str, ...]
    remedy: str  # a sentence
    repair: Callable[[], object] | None = None


def findings(
    problem: str,
    found: Sequence[object],
    remedy: str,
    repair: Callable[[], object] | None = None,
) -> Iterator[Finding]:
    """One finding, or none where nothing was found."""
    if found:
        examples = tuple(str(each) for each in found[:EXAMPLES])
        yield Finding(problem, len(found), examples, remedy, repair)
