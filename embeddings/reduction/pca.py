"""Principal components, by the covariance matrix.

The covariance is summed over chunks of rows, so that memory does not grow with the number of
segments, and it is exact to float64: see docs/reduction.md for how it compares.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from embeddings.reduction.layout import Context, Layout

CHUNK_ROWS = 16384  # rows turned into float64 at once: 32 MB of 256 dimensions


def pca(vectors: NDArray[np.float32], context: Context, *, pca_dims: int = 10) -> Layout:
    """Coordinates of (n, size) vectors along their first `pca_dims` principal components."""
    mean, covariance = moments(vectors)
    variances, axes = principal_axes(covariance)
    return linear_layout(vectors, mean, axes[:, :pca_dims], variances, context)


def first_components(vectors: NDArray[np.float32], pca_dims: int) -> NDArray[np.float32]:
    """What t-SNE and UMAP begin with: (n, pca_dims) coordinates; 0 for the vectors themselves."""
    return pca(vectors, Context(), pca_dims=pca_dims).coordinates if pca_dims else vectors


def linear_layout(
    vectors: NDArray[np.float32],
    mean: NDArray[np.float64],
    axes: NDArray[np.float64],
    variances: NDArray[np.float64],
    context: Context,
) -> Layout:
    """The layout of vectors along axes (size, dimensions), each facing as it did before."""
    coordinates = project(vectors, mean, axes)
    signs = facing(coordinates, context.previous)
    coordinates *= signs
    facing_axes = axes * signs[: axes.shape[1]]
    return Layout(
        coordinates=coordinates,
        explained_variance=shares(variances),
        place=lambda others: project(others, mean, facing_axes),
    )


def moments(
    vectors: NDArray[np.float32],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean (size,) and covariance (size, size) of (n, size) vectors."""
    mean = vectors.mean(axis=0, dtype=np.float64)
    covariance = np.zeros((len(mean), len(mean)))
    for rows in chunks(vectors):
        centred = rows - mean
        covariance += centred.T @ centred
    return mean, covariance / max(len(vectors) - 1, 1)


def principal_axes(
    covariance: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Variances (size,), largest first, and their unit axes as columns of (size, size).

    An axis may point either way; here its largest component is positive, so that the same
    vectors always give the same map.
    """
    variances, axes = np.linalg.eigh(covariance)
    variances, axes = variances[::-1].clip(min=0), axes[:, ::-1]
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(len(axes))]
    return variances, axes * np.where(largest < 0, -1, 1)


def project(
    vectors: NDArray[np.float32], mean: NDArray[np.float64], axes: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Coordinates (n, axes) of vectors along axes; a second one of zeros where there is one."""
    coordinates = np.zeros((len(vectors), max(axes.shape[1], 2)), np.float32)
    start = 0
    for rows in chunks(vectors):
        coordinates[start : start + len(rows), : axes.shape[1]] = (rows - mean) @ axes
        start += len(rows)
    return coordinates


def shares(variances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each variance's share of the total; zeros where nothing varies."""
    total = variances.sum()
    return variances / total if total > 0 else np.zeros_like(variances)


def facing(
    coordinates: NDArray[np.float32], previous: NDArray[np.float32] | None
) -> NDArray[np.float32]:
    """-1 for each dimension that points the other way than in the previous version, else 1."""
    signs = np.ones(coordinates.shape[1], np.float32)
    if previous is None:
        return signs
    known = np.isfinite(previous[:, 0])
    axes = min(coordinates.shape[1], previous.shape[1])
    agreement = (coordinates[known, :axes] * previous[known, :axes]).sum(axis=0, dtype=np.float64)
    signs[:axes][agreement < 0] = -1
    return signs


def chunks(vectors: NDArray[np.float32]) -> Iterator[NDArray[np.float64]]:
    for start in range(0, len(vectors), CHUNK_ROWS):
        yield vectors[start : start + CHUNK_ROWS].astype(np.float64)
