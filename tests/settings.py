"""Settings of the tests: a home and an embedded database of their own, nothing of the person's.

DATABASE_URL alone is kept, so that the tests can be run against another server.
"""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)

# A command that a test starts as a process has the environment which the test gave it.
if "PYTEST_CURRENT_TEST" not in os.environ:
    database = os.environ.get("DATABASE_URL", "")
    os.environ |= dict.fromkeys(SETTINGS, "")  # empty is not set, and keeps .env from setting it
    os.environ |= {"MUSICEXPLORE_HOME": str(ROOT / "var" / "test"), "DATABASE_URL": database}

from musicexplore.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, and of no account
