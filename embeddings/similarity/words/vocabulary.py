"""The words that a query may use: a layer's tags, their synonyms and contraries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from embeddings.similarity.meanings import meanings_of

MOST_LETTERS = 40  # of a mistake that is compared with the words


@dataclass(frozen=True)
class Word:
    """A tag as it is written, and what it speaks of: a meaning by its index, or its absence."""

    name: str
    meaning: int
    present: bool
    own: bool  # a tag of the layer; else a synonym or a contrary of one


class Vocabulary:
    """What a layer's tags (`tag_lists.py`) can be asked for with."""

    def __init__(self, tags: Sequence[str]) -> None:
        self.meanings = [meaning.name for meaning, _ in meanings_of(tags)]
        self._words: dict[str, Word] = {}
        for index, (meaning, indices) in enumerate(meanings_of(tags)):
            for tag, present in indices:
                self._add(Word(tags[tag], index, present, own=True))
            for name in (meaning.name, *meaning.present):
                self._add(Word(name, index, present=True, own=False))
            for name in filter(None, (meaning.contrary, *meaning.absent)):
                self._add(Word(name, index, present=False, own=False))
        self.longest = max((len(name.split()) for name in self._words), default=1)

    def __iter__(self) -> Iterator[Word]:
        return iter(self._words.values())

    def find(self, written: str) -> Word | None:
        """The word that is written so, whatever its case and spaces."""
        return self._words.get(_key(written))

    def nearest(self, written: str, likeness: float = 0.6) -> str | None:
        """The word that was probably meant, at least so alike of 1."""
        if len(written) > MOST_LETTERS:
            return None
        near = get_close_matches(_key(written), self._words, n=1, cutoff=likeness)
        return self._words[near[0]].name if near else None

    def _add(self, word: Word) -> None:
        self._words.setdefault(_key(word.name), word)


def _key(written: str) -> str:
    return " ".join(written.casefold().split())
