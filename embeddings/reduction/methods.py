"""The methods of reduction: one table, one file each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from embeddings.reduction.layout import Layout
from embeddings.reduction.pca import pca
from embeddings.reduction.std_pca import std_pca
from embeddings.reduction.tsne import tsne
from embeddings.reduction.umap import umap


@dataclass(frozen=True)
class Method:
    """`run(vectors, context, **parameters)`, the parameters it takes, and whether it draws lots."""

    run: Callable[..., Layout]
    defaults: Mapping[str, float]
    least: Mapping[str, float]  # smallest sensible value of each parameter
    seeded: bool


# In the order in which they are made: the quick ones first, so that a map appears early.
METHODS: dict[str, Method] = {
    "pca": Method(pca, {"pca_dims": 10}, {"pca_dims": 2}, seeded=False),
    "std-pca": Method(std_pca, {"pca_dims": 10}, {"pca_dims": 2}, seeded=False),
    "tsne": Method(
        tsne, {"pca_dims": 10, "perplexity": 30}, {"pca_dims": 0, "perplexity": 1}, seeded=True
    ),
    "umap": Method(
        umap,
        {"pca_dims": 10, "n_neighbors": 15, "min_dist": 0.1},
        {"pca_dims": 0, "n_neighbors": 2, "min_dist": 0},
        seeded=True,
    ),
}


def complete(method: str, parameters: Mapping[str, float]) -> dict[str, float]:
    """A method's parameters with its defaults for those not given.

    Raises `ValueError` for an unknown method or parameter, or a value out of range.
    """
    if method not in METHODS:
        raise ValueError(f"There is no method {method!r}; there are {', '.join(METHODS)}.")
    known = METHODS[method]
    for name, value in parameters.items():
        if name not in known.defaults:
            raise ValueError(
                f"{method} has no parameter {name!r}; it has {', '.join(known.defaults)}."
            )
        if not known.least[name] <= value:
            raise ValueError(f"{name} of {method} is at least {known.least[name]:g}, not {value}.")
    return {**known.defaults, **parameters}
