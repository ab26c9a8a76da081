"""How true a query is of each segment: graded, for no segment is quite without piano.

A tag is as true as the share of the library that the segment stands above with it. "not" is what
is short of 1, "or" the best part (Zadeh, Fuzzy sets, 1965); a part with less weight than the
heaviest counts that much less. "and" is the geometric mean with the weights as exponents (Dyckhoff
and Pedrycz, Generalized means as model of compensative connectives, 1984), so that both are needed:
what stands lowest with one is low, whatever the other. A minimum would look at one tag alone.
"""

import numpy as np
from numpy.typing import NDArray

from embeddings.similarity.words.language import Node, Not, Term, counts
from embeddings.similarity.words.ranks import FULL

LEAST = 1e-6  # of a truth in a mean, whose logarithm has to exist


def truths(query: Node, shares: NDArray[np.uint16]) -> NDArray[np.float32]:
    """(n,), 0 to 1, from shares (meanings, n). The query has some weight."""
    if isinstance(query, Term):
        return word_truths(query, shares)
    if isinstance(query, Not):
        return 1 - truths(query.part, shares)
    parts = [part for part in query.parts if counts(part)]
    return _all(parts, shares) if query.kind == "and" else _any(parts, shares)


def word_truths(term: Term, shares: NDArray[np.uint16]) -> NDArray[np.float32]:
    """The same of a tag in a query."""
    share = shares[term.word.meaning] / np.float32(FULL)
    return share if term.word.present != term.negated else 1 - share


def _all(parts: list[Node], shares: NDArray[np.uint16]) -> NDArray[np.float32]:
    total = sum(part.weight for part in parts)
    logarithms = np.zeros(shares.shape[1], np.float32)
    for part in parts:
        truth = np.maximum(truths(part, shares), np.float32(LEAST))
        logarithms += np.float32(part.weight / total) * np.log(truth)
    return np.exp(logarithms)


def _any(parts: list[Node], shares: NDArray[np.uint16]) -> NDArray[np.float32]:
    heaviest = max(part.weight for part in parts)
    best = np.zeros(shares.shape[1], np.float32)
    for part in parts:
        np.maximum(best, np.float32(part.weight / heaviest) * truths(part, shares), out=best)
    return best
