"""The methods of reduction: one table, one file each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from embeddings.reduction.layout import Layout
from embeddings.reduction.pca import pca
from embeddings.reduction.std_pca import std_pca
from embeddings.reduction.tsne import tsne
from embeddings.reduction.umap import umap


@dataclass(frozen=True)
class Parameter:
    """A number that a method takes, and the range in which it makes sense."""

    default: float
    least: float
    most: float
    whole: bool = True


@dataclass(frozen=True)
class Method:
    """`run(vectors, context, **parameters)`, and what it takes."""

    run: Callable[..., Layout]
    parameters: Mapping[str, Parameter]
    seeded: bool = False  # it draws lots
    linear: bool = False  # its layouts `place` any vector

    @property
    def defaults(self) -> dict[str, float]:
        return {name: parameter.default for name, parameter in self.parameters.items()}


MOST_COMPONENTS = 500
KEPT = {"pca_dims": Parameter(10, 2, MOST_COMPONENTS)}
FIRST = {"pca_dims": Parameter(10, 0, MOST_COMPONENTS)}  # 0: the vectors themselves

# In the order in which they are made: the quick ones first, so that a map appears early.
METHODS: dict[str, Method] = {
    "pca": Method(pca, KEPT, linear=True),
    "std-pca": Method(std_pca, KEPT, linear=True),
    "tsne": Method(tsne, FIRST | {"perplexity": Parameter(30, 1, 200, whole=False)}, seeded=True),
    "umap": Method(
        umap,
        FIRST
        | {
            "n_neighbors": Parameter(15, 2, 200),
            "min_dist": Parameter(0.1, 0, 0.99, whole=False),
        },
        seeded=True,
    ),
}


def complete(method: str, parameters: Mapping[str, float]) -> dict[str, float]:
    """A method's parameters with its defaults for those not given, equal ones written alike.

    Raises `ValueError` for an unknown method or parameter, or a value out of range.
    """
    if method not in METHODS:
        raise ValueError(f"There is no method {method!r}; there are {', '.join(METHODS)}.")
    known = METHODS[method].parameters
    values = METHODS[method].defaults
    for name, value in parameters.items():
        if name not in known:
            raise ValueError(f"{method} has no parameter {name!r}; it has {', '.join(known)}.")
        wanted = known[name]
        if not wanted.least <= value <= wanted.most:
            raise ValueError(
                f"{name} of {method} is {wanted.least:g} to {wanted.most:g}, not {value}."
            )
        if wanted.whole and value != int(value):
            raise ValueError(f"{name} of {method} is a whole number, not {value}.")
        values[name] = int(value) if value == int(value) else value
    return values
