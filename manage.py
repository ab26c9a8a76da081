#!/usr/bin/env python
"""Command line of Music Explore: `python manage.py help` lists the commands."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

MISSING = ("42P01", "42703")  # PostgreSQL's codes: no such table, no such column


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "musicexplore.settings")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) is not None:
            raise  # the server answered: this is about a query, not about reaching it
        from musicexplore.checks import unreachable

        sys.exit(unreachable(error))
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", None) not in MISSING:
            raise
        sys.exit(
            "The database does not have this version's tables: run manage.py migrate first "
            f"({str(error).splitlines()[0]})."
        )
    except KeyboardInterrupt:
        sys.exit("Interrupted. What is finished is kept; the same command continues.")


if __name__ == "__main__":
    main()
