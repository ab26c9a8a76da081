"""Principal components of standardised vectors: each dimension counts the same."""

import numpy as np
from numpy.typing import NDArray

from embeddings.reduction.layout import Context, Layout
from embeddings.reduction.pca import linear_layout, moments, principal_axes


def std_pca(vectors: NDArray[np.float32], context: Context, *, pca_dims: int = 10) -> Layout:
    """Like `pca`, after division of each dimension by its standard deviation.

    A constant dimension is left alone: it has no deviation to divide by.
    """
    mean, covariance = moments(vectors)
    # Asked of the values: the variance of a constant may come out as a rounding error above 0.
    varies = vectors.max(axis=0) > vectors.min(axis=0)
    deviation = np.where(varies, np.sqrt(np.diag(covariance)), 1.0)
    variances, axes = principal_axes(covariance / np.outer(deviation, deviation))
    # (x - mean) / deviation @ axes, without a standardised copy of the vectors.
    axes = (axes / deviation[:, None])[:, :pca_dims]
    return linear_layout(vectors, mean, axes, variances, context)
