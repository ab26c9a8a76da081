"""Who may change something: people with an account, or everybody on one's own machine."""

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:  # REST framework's views import this module, as a setting of theirs
    from rest_framework.views import APIView


def may_work(request: Request) -> bool:
    """Whether whoever asks may start and stop work, and keep what they made."""
    return bool(request.user.is_authenticated or settings.WORK_WITHOUT_LOGIN)


class MayWork(BasePermission):
    """Everybody who may look reads; writing needs an account unless WORK_WITHOUT_LOGIN is set."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if request.method in SAFE_METHODS:
            return True
        if not may_work(request):
            return False
        # Without a session there is no CSRF token to ask for. What keeps other sites from writing
        # through a visitor's browser is that it asks us first (a CORS preflight, which we never
        # answer) before it sends JSON, or any method but GET, HEAD and POST. A form needs no such
        # leave: so JSON is the only parser of the API, and a POST says that it is JSON even where
        # it has no body.
        if not request.user.is_authenticated and request.method == "POST":
            media_type = (request.content_type or "").partition(";")[0].strip().lower()
            if media_type != "application/json":
                raise UnsupportedMediaType(media_type or "none")
        return True
