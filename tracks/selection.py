"""Which tracks: any combination of tags, artists, albums and words, and the first or some of them.

A combination of tags is a conjunctive normal form: `12|15,!3` is (12 or 15) and not 3. One rule
for lists, maps, maps on demand and playlists; its text is what addresses and rows hold.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import (
    BinaryField,
    Exists,
    F,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat

from tracks.models import Album, Artist, Tag, Track, TrackArtist
from tracks.queries import folded_words, search_tracks

PARAMETERS = ("tags", "artists", "albums", "text", "first", "random", "seed")
LARGEST_NUMBER = 2**31 - 1  # of a column of numbers or ids
MOST_IDS = 1000  # of one parameter

Names = dict[str, dict[int, str]]


class SelectionError(ValueError):
    """A parameter that cannot be understood; the message is one sentence for a person."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


@dataclass(frozen=True)
class TrackSelection:
    """Conditions that a track has to meet, all of them. Equal selections are written alike.

    Ids that do not exist are ignored: `unknown` tells them.
    """

    # Each clause is met by any of its literals: the id of a tag, negative for "not this tag".
    tags: tuple[tuple[int, ...], ...] = ()
    artists: tuple[int, ...] = ()
    albums: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    first: int | None = None  # in order of paths
    random: int | None = None
    seed: int = 0  # of `random`

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> "TrackSelection":
        """What a query's parameters, or the items of `as_dict`, ask for; others are left alone.

        Raises `SelectionError` for what is malformed.
        """
        texts = {name: _text(name, query[name]) for name in PARAMETERS if name in query}
        given = {name: text for name, text in texts.items() if text}
        first = _number("first", given["first"], 1) if "first" in given else None
        random = _number("random", given["random"], 1) if "random" in given else None
        if first and random:
            raise SelectionError("random", "Either the first tracks or random ones, not both.")
        seed = _number("seed", given.get("seed", "0"), 0)
        return cls(
            tags=_clauses(given.get("tags", "")),
            artists=_ids("artists", given.get("artists", "")),
            albums=_ids("albums", given.get("albums", "")),
            words=tuple(dict.fromkeys(folded_words(given.get("text", "")))),
            first=first,
            random=random,
            seed=seed if random else 0,
        )

    def as_dict(self) -> dict[str, str | int]:
        """The same as parameters, in one way of writing; empty for all tracks."""
        written: dict[str, str | int | None] = {
            "tags": ",".join("|".join(map(_literal_text, clause)) for clause in self.tags),
            "artists": ",".join(map(str, self.artists)),
            "albums": ",".join(map(str, self.albums)),
            "text": " ".join(self.words),
            "first": self.first,
            "random": self.random,
        }
        given = {name: value for name, value in written.items() if value}
        return {**given, "seed": self.seed} if self.random else given

    @cached_property
    def names(self) -> Names:
        """What the ids stand for, of those that exist: {"tags": {12: "calm"}, …}."""
        tags = {abs(literal) for clause in self.tags for literal in clause}
        return {
            "tags": _names(Tag, "name", tags),
            "artists": _names(Artist, "name", self.artists),
            "albums": _names(Album, "title", self.albums),
        }

    @property
    def unknown(self) -> dict[str, list[int]]:
        """The ids that do not exist, ascending: {"tags": [12]}; empty where all do."""
        tags = {abs(literal) for clause in self.tags for literal in clause}
        asked = {"tags": tags, "artists": set(self.artists), "albums": set(self.albums)}
        missing = {name: sorted(ids - self.names[name].keys()) for name, ids in asked.items()}
        return {name: ids for name, ids in missing.items() if ids}

    def apply(self, tracks: QuerySet[Track]) -> QuerySet[Track]:
        """Those of the tracks that are selected."""
        for clause in self.tags:
            known = [literal for literal in clause if abs(literal) in self.names["tags"]]
            if known:
                tracks = tracks.filter(_tagged(known))
        if artists := self.names["artists"]:
            credits = TrackArtist.objects.filter(track=OuterRef("pk"), artist__in=artists)
            tracks = tracks.filter(Exists(credits))
        if albums := self.names["albums"]:
            tracks = tracks.filter(album__in=albums)
        if self.words:
            tracks = search_tracks(tracks, " ".join(self.words))
        if self.first:
            tracks = tracks.filter(pk__in=tracks.order_by("path", "pk").values("pk")[: self.first])
        if self.random:
            tracks = tracks.filter(pk__in=drawn(tracks, self.random, self.seed).values("pk"))
        return tracks


def drawn(tracks: QuerySet[Track], number: int, seed: int) -> QuerySet[Track]:
    """So many of the tracks, by the digest of `seed:track`.

    A draw from more tracks keeps most of an earlier one, and each draw begins with the smaller.
    """
    text = Concat(Value(f"{seed}:"), Cast("pk", TextField()))
    lot = Func(
        text, template="sha256(convert_to(%(expressions)s, 'UTF8'))", output_field=BinaryField()
    )
    return tracks.order_by(lot, F("pk"))[:number]


def _tagged(literals: Iterable[int]) -> Q:
    """Any of the literals. By "exists", which stays quick however many tracks a tag has."""
    links = Track.tags.through.objects.filter(track=OuterRef("pk"))
    wanted = [literal for literal in literals if literal > 0]
    condition = Q(Exists(links.filter(tag__in=wanted))) if wanted else Q()
    for literal in literals:
        if literal < 0:
            condition |= ~Q(Exists(links.filter(tag=-literal)))
    return condition


def _names(model: type[Model], field: str, ids: Iterable[int]) -> dict[int, str]:
    if not ids:
        return {}
    return dict(model._default_manager.filter(pk__in=ids).values_list("pk", field))


def _clauses(text: str) -> tuple[tuple[int, ...], ...]:
    """Clauses in one order, without those that every track meets (`3|!3`)."""
    clauses = set()
    literals = 0
    for part in text.split(",") if text else []:
        clause = {_literal(word) for word in part.split("|")}
        literals += len(clause)
        if not any(-literal in clause for literal in clause):
            clauses.add(tuple(sorted(clause, key=lambda literal: (abs(literal), literal < 0))))
    _limit("tags", literals)
    return tuple(sorted(clauses))


def _literal(word: str) -> int:
    name = word.strip()
    number = _number("tags", name.removeprefix("!"), 1)
    return -number if name.startswith("!") else number


def _literal_text(literal: int) -> str:
    return f"!{-literal}" if literal < 0 else str(literal)


def _ids(name: str, text: str) -> tuple[int, ...]:
    ids = {_number(name, word, 1) for word in text.split(",")} if text else set()
    _limit(name, len(ids))
    return tuple(sorted(ids))


def _limit(name: str, ids: int) -> None:
    if ids > MOST_IDS:
        raise SelectionError(name, f"There are {ids} ids; at most {MOST_IDS} are taken.")


def _number(name: str, text: str, least: int) -> int:
    word = text.strip()
    if not (word.isascii() and word.isdecimal() and len(word) <= 10):
        raise SelectionError(name, f"“{word}” is not a whole number from {least}.")
    number = int(word)
    if not least <= number <= LARGEST_NUMBER:
        raise SelectionError(name, f"The number is {least} to {LARGEST_NUMBER}, not {word}.")
    return number


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise SelectionError(name, "This has to be text, as in an address.")
    return str(value).strip()
