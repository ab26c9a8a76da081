"""Types of command-line arguments."""

from argparse import ArgumentTypeError


def positive_int(text: str) -> int:
    """A whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text} is not a whole number from 1.")
    return int(text)
