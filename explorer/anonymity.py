"""Anonymous mode: networks, layers and maps under names that tell nothing, for experiments.

Where `ANONYMOUS_MODELS` is set, the API says "network-k" and takes nothing else, and so do the
pages, which know what the API tells them. This module owns the names; the admin has the true ones.

A name's letter or number is drawn with the library's secret key: it stays as it is when networks
are added, and neither the alphabet nor the order in which they were made says whose it is.
"""

import re
import threading
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Literal

from django.conf import settings
from django.core.signals import request_started
from django.db.models import Case, CharField, Expression, F, Value, When
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from embeddings.models import EmbeddingModel, Layer, Projection
from embeddings.registry import ARCHITECTURE_NAMES, DATASET_NAMES

Kind = Literal["dataset", "architecture", "model", "key", "layer", "method"]

_LETTERS, _DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "123456789"
# What a drawn name consists of; names of models and layers are made of those of their parts.
_DRAWN: dict[Kind, tuple[str, str]] = {
    "dataset": ("dataset", _DIGITS),
    "architecture": ("network", _LETTERS),
    "key": ("layer", _LETTERS),
    "method": ("layout", _LETTERS),
}
# What the fields of answers and requests name.
_FIELDS: dict[str, Kind] = {
    "dataset": "dataset",
    "architecture": "architecture",
    "model": "model",
    "models": "model",
    "key": "key",
    "layer": "layer",
    "layers": "layer",
    "other_layer": "layer",
    "taggrams": "layer",
    "method": "method",
    "methods": "method",
}
_TELLING = ("description", "licence")  # fields that say whose names they are
# Fields by which methods could be told apart, and what they say instead.
_NEUTRAL: dict[str, Any] = {
    "parameters": {},
    "seed": None,
    "repeatable": True,
    "explained_variance": [],
    "dimensions": 2,
    "exact": None,
}
HIDDEN = "(hidden)"


class TrueNames:
    """Everything by its own name."""

    tag = ""  # what changes when names do, for caches

    def shown(self, kind: Kind, name: str) -> str:
        """What something is called in answers and addresses."""
        return name

    def true(self, kind: Kind, shown: str) -> str | None:
        """Whose name this is; None where there is nothing of this name."""
        return shown

    def title(self, kind: Kind, name: str) -> str:
        """What a person calls a dataset, an architecture or a method."""
        return _TITLES.get(kind, {}).get(name, name)

    def row(self, values: Mapping[str, Any], *, of: Kind | None = None) -> dict[str, Any]:
        """An answer's fields, by their names; `of` is what its `name` is the name of."""
        return dict(values)

    def without_method(self, values: dict[str, Any]) -> dict[str, Any]:
        """An answer's fields without those that give away by which method a map is made."""
        return values

    def told(self, text: str) -> str:
        """A sentence of the program's own, of a job for example, with names as they are shown."""
        return text

    def withheld(self, text: str) -> str:
        """A sentence that may repeat what somebody asked for, without true names.

        Those are not told by their shown names: else one could ask for the one by the other.
        """
        return text

    def order(self, kind: Kind, field: str) -> Expression | F:
        """What a query is ordered by, to be in the order of the names as they are shown."""
        return F(field)


class DrawnNames(TrueNames):
    """Everything by a name that tells nothing."""

    def __init__(self) -> None:
        models = list(
            EmbeddingModel.objects.order_by("pk").values_list(
                "name", "dataset", "architecture", "display_name"
            )
        )
        layers = list(Layer.objects.order_by("pk").values_list("name", "key", "model__name"))
        self._titles: dict[tuple[Kind, str], str] = {}
        self._shown: dict[Kind, dict[str, str]] = {
            "dataset": self._draw("dataset", (model[1] for model in models)),
            "architecture": self._draw("architecture", (model[2] for model in models)),
            "key": self._draw("key", (layer[1] for layer in layers)),
            "method": self._draw("method", Projection.Method.values),
        }
        self._shown["model"] = {
            name: f"{self._shown['dataset'][dataset]}-{self._shown['architecture'][architecture]}"
            for name, dataset, architecture, _ in models
        }
        self._shown["layer"] = {
            name: f"{self._shown['model'][model]}-{self._shown['key'][key]}"
            for name, key, model in layers
        }
        for name, dataset, architecture, _ in models:
            parts = self.title("architecture", architecture), self.title("dataset", dataset)
            self._titles["model", name] = " · ".join(parts)
        self._display_names = {display_name: name for name, _, _, display_name in models}
        self._true = {
            kind: {shown: name for name, shown in names.items()}
            for kind, names in self._shown.items()
        }

    def _draw(self, kind: Kind, names: Iterable[str]) -> dict[str, str]:
        """A letter or number each: drawn, and the next that is free where it is taken."""
        word, codes = _DRAWN[kind]
        drawn: dict[str, str] = {}
        taken: set[str] = set()
        for name in dict.fromkeys(names):
            first = salted_hmac("explorer.anonymity", f"{kind}:{name}").digest()[0] % len(codes)
            beyond = f"{codes[first]}{len(taken)}"
            code = next((c for c in codes[first:] + codes[:first] if c not in taken), beyond)
            taken.add(code)
            drawn[name] = f"{word}-{code.lower()}"
            self._titles[kind, name] = f"{word.capitalize()} {code}"
        return drawn

    @cached_property
    def tag(self) -> str:  # type: ignore[override]
        return salted_hmac("explorer.anonymity", repr(self._shown)).hexdigest()[:8]

    def shown(self, kind: Kind, name: str) -> str:
        return self._shown[kind].get(name, HIDDEN)

    def true(self, kind: Kind, shown: str) -> str | None:
        return self._true[kind].get(shown)

    def title(self, kind: Kind, name: str) -> str:
        return self._titles.get((kind, name), HIDDEN)

    def row(self, values: Mapping[str, Any], *, of: Kind | None = None) -> dict[str, Any]:
        row = {field: self._value(field, value) for field, value in values.items()}
        if of and "name" in values:
            row["name"] = self.shown(of, values["name"])
        if of == "model":
            row["display_name"] = self.title("model", values["name"])
        elif of == "layer":
            row["display_name"] = self.title("key", values["key"])
        return row

    def _value(self, field: str, value: Any) -> Any:
        if field in _TELLING:
            return ""
        kind = _FIELDS.get(field)
        if kind is None or not value:
            return value
        if isinstance(value, list):
            return [self.shown(kind, each) if isinstance(each, str) else each for each in value]
        return self.shown(kind, value) if isinstance(value, str) else value

    def without_method(self, values: dict[str, Any]) -> dict[str, Any]:
        return {**values, **{field: _NEUTRAL[field] for field in _NEUTRAL if field in values}}

    def told(self, text: str) -> str:
        return self._pattern.sub(lambda found: self._words[found[0].casefold()], text)

    def withheld(self, text: str) -> str:
        return self._pattern.sub(HIDDEN, text)

    @cached_property
    def _words(self) -> dict[str, str]:
        """What is said for each true name, and for what people call it."""
        words = {
            title.casefold(): self.title(kind, name)
            for kind, titles in _TITLES.items()
            for name, title in titles.items()
            if name in self._shown[kind]
        }
        words |= {
            title.casefold(): self.title("model", name)
            for title, name in self._display_names.items()
        }
        for kind in ("method", "architecture", "dataset", "model", "layer"):
            words |= {name.casefold(): shown for name, shown in self._shown[kind].items()}
        return words

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = sorted(filter(None, self._words), key=len, reverse=True)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, words))})(?![\w-])", re.I)

    def order(self, kind: Kind, field: str) -> Expression | F:
        cases = [When(**{field: name}, then=Value(s)) for name, s in self._shown[kind].items()]
        return Case(*cases, default=Value(""), output_field=CharField())


_TITLES: dict[Kind, dict[str, str]] = {
    "dataset": DATASET_NAMES,
    "architecture": ARCHITECTURE_NAMES,
    "method": {name: str(label) for name, label in Projection.Method.choices},
}
_TRUE = TrueNames()
_request = threading.local()


def names() -> TrueNames:
    """The names of this request: drawn ones cost two queries, once."""
    if not settings.ANONYMOUS_MODELS:
        return _TRUE
    if not hasattr(_request, "names"):
        _request.names = DrawnNames()
    return _request.names  # type: ignore[no-any-return]


def context(_request: HttpRequest) -> dict[str, bool]:
    """For templates: whether names tell nothing."""
    return {"anonymous_models": settings.ANONYMOUS_MODELS}


def _forget(**_: Any) -> None:
    _request.__dict__.clear()


request_started.connect(_forget, dispatch_uid="explorer.anonymity")
