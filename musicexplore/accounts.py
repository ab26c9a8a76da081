"""The first account of a library."""

import secrets

from django.contrib.auth import get_user_model
from django.db import transaction

ADMINISTRATOR = "admin"


def ensure_administrator() -> str | None:
    """Create the administrator where nobody can administer yet; return the password made for it.

    None where there is an administrator already: a password is never told twice.
    """
    users = get_user_model()._default_manager
    if users.filter(is_superuser=True, is_active=True).exists():
        return None
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        user, _ = users.get_or_create(username=ADMINISTRATOR)
        user.is_staff = user.is_superuser = user.is_active = True
        user.set_password(password)
        user.save()
    return password
