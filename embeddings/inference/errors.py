"""Errors shared by the backends."""


class InferenceUnavailable(Exception):
    """A network cannot be run here; `str()` is one line that says why and what to do."""
