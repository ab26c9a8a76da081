"""The language of queries by tags: its words in, a tree out, or an error that points at its place.

    query  = choice , { "," , choice } ;
    choice = all , { "or" , all } ;
    all    = term , { "and" , term } ;
    term   = { "not" } , ( "(" , query , ")" | tag ) , [ ( "^" | "*" ) , number ] ;
    tag    = '"' , name , '"' | word , { word } ;

So "not" binds closest, then "and", then "or", and the comma, which is an "and" as well, least: in
"guitar or harp, slow" the music is slow in any case. Of several words, as many as make a known tag
belong together. Quotes are needed around a tag that is itself "and", "or" or "not", or has signs of
the language in it; a quote within is written twice. Case and the number of spaces mean nothing.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Literal

from embeddings.similarity.words.vocabulary import Vocabulary, Word

LONGEST = 1000  # letters of a query
DEEPEST = 20  # parentheses within each other, and "not" after "not"
HEAVIEST = 100.0  # weight
SHOWN = 60  # letters of what is wrong, in a sentence
CLEARLY = 0.8  # of 1, as several words are like a tag
EXAMPLE = "piano and not vocals, fast"

_TOKEN = re.compile(
    r'(?P<quoted>"(?:[^"]|"")*")|(?P<open>"[\s\S]*)|(?P<sign>[(),^*])|(?P<word>[^\s"(),^*]+)'
)
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{0,9})?|\.[0-9]{1,9}")
_OPERATORS = ("and", "or", "not")
_AFTER_A_TAG = 'Write "and", "or" or a comma between tags.'


class QueryError(ValueError):
    """What is wrong with a query, in a sentence; and where, in letters from 0."""

    def __init__(self, message: str, position: int, length: int, suggestion: str | None = None):
        super().__init__(message)
        self.position = position
        self.length = length
        self.suggestion = suggestion  # to stand there instead


@dataclass(frozen=True)
class Term:
    """A tag in a query, with all that says how it counts, from `start` to `end` of the text."""

    word: Word
    negated: bool = False
    weight: float = 1.0
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Not:
    """The contrary of a group; that of a tag is the term's own."""

    part: "Node"
    weight: float = 1.0


@dataclass(frozen=True)
class Group:
    """Several that count together: all of them, or any of them."""

    kind: Literal["and", "or"]
    parts: tuple["Node", ...]
    weight: float = 1.0


Node = Term | Not | Group


@dataclass(frozen=True)
class _Token:
    kind: Literal["quoted", "sign", "word"]
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def says(self, *texts: str) -> bool:
        return self.kind != "quoted" and self.text.casefold() in texts


def parse(text: str, vocabulary: Vocabulary) -> Node:
    """The tree of a query. Raises `QueryError`."""
    if len(text) > LONGEST:
        message = f"A query has at most {LONGEST} letters; this one goes on after them."
        raise QueryError(message, LONGEST, len(text) - LONGEST)
    if not text.strip():
        raise QueryError(f"Which tags? For example: {EXAMPLE}.", 0, len(text))
    return _Parser(text, vocabulary).whole()


def write(node: Node) -> str:
    """The text of a tree, with no more parentheses and quotes than it needs."""
    return _write(node, 0)


def terms(node: Node) -> Iterator[Term]:
    """The tags of a tree, from left to right."""
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Not):
        yield from terms(node.part)
    else:
        for part in node.parts:
            yield from terms(part)


def counts(node: Node) -> bool:
    """Whether a part of a query has any weight."""
    if isinstance(node, Term) or not node.weight:
        return node.weight > 0
    return any(map(counts, [node.part] if isinstance(node, Not) else node.parts))


def grouped(kind: Literal["and", "or"], parts: Sequence[Node]) -> Group:
    """Parts that count together; a group of the same kind among them gives them its own.

    Else "a, b and c" would be another question than "a, b, c".
    """
    flat: list[Node] = []
    for part in parts:
        same = isinstance(part, Group) and part.kind == kind and part.weight == 1
        flat += part.parts if same else [part]  # type: ignore[union-attr]
    return Group(kind, tuple(flat))


class _Parser:
    """Recursive descent: one method for each line of the grammar."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.tokens = list(_tokens(text))
        self.place = 0
        self.depth = 0

    def whole(self) -> Node:
        node = self._query()
        if token := self._next:
            raise self._unexpected(token)
        if not counts(node):
            message = "Every tag has the weight 0, so that nothing is asked for."
            raise QueryError(message, 0, len(self.text))
        return node

    def _query(self) -> Node:
        return self._series("and", ",", self._choice)

    def _choice(self) -> Node:
        return self._series("or", "or", self._all)

    def _all(self) -> Node:
        return self._series("and", "and", self._term)

    def _series(self, kind: Literal["and", "or"], sign: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self._take(sign):
            parts.append(part())
        return parts[0] if len(parts) == 1 else grouped(kind, parts)

    def _term(self) -> Node:
        start = self._next.start if self._next else len(self.text)
        negated = False
        nots = 0
        while token := self._take("not"):
            negated = not negated
            nots += 1
            if nots > DEEPEST:
                raise QueryError('Too many "not" in a row.', token.start, len(token.text))
        bracket = self._take("(")
        node = self._within(bracket) if bracket else Term(self._tag())
        weight = min(node.weight * self._weight(), HEAVIEST)
        if isinstance(node, Term):
            sign = node.negated != negated
            return Term(node.word, sign, weight, start, self.tokens[self.place - 1].end)
        if negated:  # what a group weighs, its contrary weighs as well
            return Not(replace(node, weight=1.0), weight)
        return replace(node, weight=weight)

    def _within(self, bracket: _Token) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            message = f"At most {DEEPEST} parentheses can be within each other."
            raise QueryError(message, bracket.start, 1)
        part = self._query()
        if not self._take(")"):
            if token := self._next:
                raise self._unexpected(token)
            raise QueryError("This parenthesis is never closed.", bracket.start, 1)
        self.depth -= 1
        return part

    def _weight(self) -> float:
        sign = self._take("^", "*")
        if not sign:
            return 1.0
        token = self._next
        if token is None or not _NUMBER.fullmatch(token.text):
            where = token or sign
            message = f'After "{sign.text}" comes a weight, such as 2 or 0.5.'
            raise QueryError(message, where.start, len(where.text))
        self.place += 1
        weight = float(token.text)
        if weight > HEAVIEST:
            message = f"A weight is at most {HEAVIEST:g}."
            raise QueryError(message, token.start, len(token.text))
        return weight

    def _tag(self) -> Word:
        token = self._next
        if token is None or token.kind == "sign" or token.says(*_OPERATORS):
            raise self._missing(token)
        if token.kind == "quoted":
            self.place += 1
            name = token.text[1:-1].replace('""', '"')
            word = self.vocabulary.find(name)
            if word is None:
                raise self._unknown(name, token.start, len(token.text))
            return word
        return self._words()

    def _words(self) -> Word:
        """As many words as make a known tag."""
        run: list[_Token] = []
        for token in self.tokens[self.place : self.place + self.vocabulary.longest]:
            if token.kind != "word":
                break
            run.append(token)
        for length in range(len(run), 0, -1):
            word = self.vocabulary.find(" ".join(token.text for token in run[:length]))
            if word:
                self.place += length
                return word
        raise self._unknown_words(list(takewhile(lambda each: not each.says(*_OPERATORS), run)))

    def _unknown_words(self, run: Sequence[_Token]) -> QueryError:
        """Of as many words as are nearly a tag: "femal voice" is one mistake, not two."""
        start = run[0].start
        for token in reversed(run[1:]):
            if self.vocabulary.nearest(self.text[start : token.end], CLEARLY):
                return self._unknown(self.text[start : token.end], start, token.end - start)
        return self._unknown(run[0].text, start, len(run[0].text))

    def _unknown(self, name: str, start: int, length: int) -> QueryError:
        near = self.vocabulary.nearest(name)
        hint = f": did you mean {near}?" if near else ". The list of tags says which there are."
        message = f"Unknown tag “{name[:SHOWN]}” at character {start + 1}{hint}"
        return QueryError(message, start, length, near and _quoted(near))

    def _missing(self, token: _Token | None) -> QueryError:
        before = self.tokens[self.place - 1] if self.place else None
        if token is None:
            assert before  # an empty text does not come here
            message = (
                f"A tag is missing after “{before.text[:SHOWN]}” at character {before.start + 1}."
            )
            return QueryError(message, before.start, len(before.text))
        message = f"There should be a tag before “{token.text}” at character {token.start + 1}."
        return QueryError(message, token.start, len(token.text))

    def _unexpected(self, token: _Token) -> QueryError:
        place = f"“{token.text[:SHOWN]}” at character {token.start + 1}"
        if token.text == ")":
            return QueryError(f"No parenthesis is open that {place} could close.", token.start, 1)
        if token.says("^", "*"):
            return QueryError(f"There is a second weight: {place}.", token.start, 1)
        message = f"{place} follows a tag. {_AFTER_A_TAG}"
        return QueryError(message, token.start, len(token.text))

    def _take(self, *texts: str) -> _Token | None:
        token = self._next
        if token is None or not token.says(*texts):
            return None
        self.place += 1
        return token

    @property
    def _next(self) -> _Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        if match["open"]:
            raise QueryError("This quote is never closed.", match.start(), 1)
        kind: Literal["quoted", "sign", "word"] = (
            "quoted" if match["quoted"] else "sign" if match["sign"] else "word"
        )
        yield _Token(kind, match[0], match.start())


_BINDS = {"and": 2, "or": 1}


def _write(node: Node, closest: int) -> str:
    """`closest`: what binds less is put in parentheses."""
    if isinstance(node, Term):
        sign = "not " if node.negated else ""
        return f"{sign}{_quoted(node.word.name)}{_weight_text(node.weight)}"
    if isinstance(node, Not):
        return f"not ({_write(node.part, 0)}){_weight_text(node.weight)}"
    own = _BINDS[node.kind]
    text = f" {node.kind} ".join(_write(part, own) for part in node.parts)
    if own < closest or node.weight != 1:
        return f"({text}){_weight_text(node.weight)}"
    return text


def _weight_text(weight: float) -> str:
    return "" if weight == 1 else f"^{weight:.9f}".rstrip("0").rstrip(".")


def _quoted(name: str) -> str:
    """A tag as a query has it: quoted where it would be read as something else."""
    words = name.split()
    plain = all(
        (match := _TOKEN.fullmatch(word)) and match["word"] and word.casefold() not in _OPERATORS
        for word in words
    )
    if plain and words:
        return name
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
