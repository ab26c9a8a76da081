"""What a person sees of a measurement meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from musicexplore.progress import Progress


class Steps:
    """Tells a person which of the steps is done; `total` is the sum of their weights."""

    def __init__(self, progress: Progress, total: float, *, unit: str = "steps") -> None:
        self.progress = progress
        progress.start(total, unit)

    @contextmanager
    def __call__(self, name: str, weight: float = 1) -> Iterator[None]:
        self.progress.advance(0, message=name)
        yield
        self.progress.advance(weight)

    def within(self, name: str, weight: float, parts: float) -> Progress:
        """A listener to a step that tells of so many parts of itself."""
        self.progress.advance(0, message=name)
        return _Share(self.progress, weight / parts)

    def finish(self) -> None:
        self.progress.finish()


class _Share(Progress):
    def __init__(self, whole: Progress, weight: float) -> None:
        self._whole = whole
        self._weight = weight

    def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
        self._whole.advance(amount * self._weight, failed=failed, message=message)
