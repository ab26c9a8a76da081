"""Settings of the tests: a home and an embedded database of their own, nothing of the person's.

DATABASE_URL alone is kept, so that the tests can be run against another server.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOREIGN = (
    "ALLOWED_HOSTS", "AUDIO_DIR", "DEBUG", "EXCLUDE", "LOGIN_REQUIRED", "LOG_LEVEL", "PCA_DIMS",
    "REDIS_URL", "SECRET_KEY",
)  # fmt: skip

# A command that a test starts as a process has the environment which the test gave it.
if "PYTEST_CURRENT_TEST" not in os.environ:
    os.environ |= dict.fromkeys(FOREIGN, "")  # empty is not set, and keeps .env from setting it
    os.environ["MUSICEXPLORE_HOME"] = str(ROOT / "var" / "test")
    os.environ.setdefault("DATABASE_URL", "")

from musicexplore.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, and of no account
