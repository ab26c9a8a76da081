"""Reading settings: from the process's environment, the project's `.env`, the home's memory.

A value that cannot be read never stops a program with a traceback: its default holds, and the
system check in `checks.py` says what is wrong, so that `manage.py check` can be asked.
"""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
ADDRESS = "postgresql://user:password@host:5432/name"


class Environment(environ.Env):
    """`environ.Env` that collects impossible values, and takes an empty value as not set."""

    def __init__(self) -> None:
        super().__init__()
        self.impossible: dict[str, str] = {}

    def load(self, file: Path, *, fill: bool = False) -> None:
        """Take the values of a file, where there is one; those already set win.

        An empty value is set as well, unless `fill`.
        """
        if not file.is_file():
            return

        class Values(environ.Env):
            ENVIRON: dict[str, str] = {}  # what `read_env` fills

        Values.read_env(str(file))
        for name, value in Values.ENVIRON.items():
            if name not in self.ENVIRON or (fill and not self.ENVIRON[name].strip()):
                self.ENVIRON[name] = value

    def get_value(
        self, var: str, cast: Any = None, default: Any = None, parse_default: bool = False
    ) -> Any:
        if not self.ENVIRON.get(var, "").strip():
            return default
        try:
            return super().get_value(var, cast, default, parse_default)
        except (ValueError, ImproperlyConfigured):
            wanted = "a whole number" if cast is int else "valid"
            self.impossible[var] = f"{self.ENVIRON[var]!r} is not {wanted}"
            return default

    def bool(self, var: str, default: Any = False) -> bool:
        """Strict, unlike the original, for which every word it does not know means no."""
        value = self.get_value(var, default="").strip().lower()
        if value and value not in TRUE | FALSE:
            self.impossible[var] = f"{value!r} is neither true nor false"
        return value in TRUE if value in TRUE | FALSE else default

    def choice(self, var: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.get_value(var, default=default)
        if value not in allowed:
            self.impossible[var] = f"{value!r} is none of {', '.join(allowed)}"
            return default
        return value

    def postgresql(self, var: str, default: dict[str, Any]) -> dict[str, Any]:
        """Django's settings of the database at an address; its password is never repeated."""
        url = self.get_value(var, default="")
        if not url:
            return default
        if not url.startswith(("postgresql://", "postgres://")):
            self.impossible[var] = f"it is no address like {ADDRESS}"
            return default
        try:
            if "#" in url:  # what follows would be dropped without a word
                raise ValueError
            return self.db_url_config(url)
        except ValueError:  # whose text would repeat a part of the password
            self.impossible[var] = (
                f"it is no address like {ADDRESS} (write / # ? and @ in a password as "
                "%2F %23 %3F and %40)"
            )
            return default
