"""How long work tells a person how far it is.

Services take a `Progress` and call it; who listens (a terminal, a job's row, both, nobody)
is decided by the caller.
"""

from typing import Any

from tqdm import tqdm


class Cancelled(Exception):
    """The person who waited for the work asked for it to stop."""


class Progress:
    """The contract, and the listener that ignores everything."""

    def start(self, total: float, unit: str) -> None:
        """`total` units of work begin (`unit` in the plural: "tracks", "audio seconds")."""

    def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
        """`amount` more units are done, `failed` items failed; may raise `Cancelled`."""

    def finish(self, message: str = "") -> None:
        """The work is over; `message` sums it up in a sentence."""


class _Bar(tqdm):
    """Counts whole things, or hundredths of one."""

    @property
    def format_dict(self) -> dict[str, Any]:
        shown = super().format_dict
        return {**shown, "n": round(shown["n"], 2)}


class ConsoleProgress(Progress):
    """A bar with speed and time left on standard error; plain when that is no terminal."""

    def __init__(self, description: str) -> None:
        self.description = description
        self.failed = 0
        self._bar: _Bar | None = None

    def start(self, total: float, unit: str) -> None:
        self._bar = _Bar(
            total=total, unit=f" {unit}", desc=self.description, dynamic_ncols=True, mininterval=0.5
        )

    def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
        if self._bar is None:
            return
        self.failed += failed
        if message or self.failed:
            note = f"{self.failed} failed" if self.failed else ""
            self._bar.set_postfix_str(" · ".join(filter(None, [note, message])), refresh=False)
        self._bar.update(amount)
        if message and not amount:
            self._bar.refresh()  # a long step may begin: its name is not to wait for its end

    def finish(self, message: str = "") -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class SeveralProgress(Progress):
    """Passes everything on to several listeners."""

    def __init__(self, *listeners: Progress) -> None:
        self.listeners = listeners

    def start(self, total: float, unit: str) -> None:
        for listener in self.listeners:
            listener.start(total, unit)

    def advance(self, amount: float = 1, *, failed: int = 0, message: str = "") -> None:
        for listener in self.listeners:
            listener.advance(amount, failed=failed, message=message)

    def finish(self, message: str = "") -> None:
        for listener in self.listeners:
            listener.finish(message)
