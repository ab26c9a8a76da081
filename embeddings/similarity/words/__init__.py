"""Search by tags: a small language, what its words mean, and how well moments fit."""
