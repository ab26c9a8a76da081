"""Who may change something: people with an account, or everybody on one's own machine."""

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from embeddings.jobs import START_WORK

if TYPE_CHECKING:  # REST framework's views import this module, as a setting of theirs
    from rest_framework.views import APIView


def may_work(request: Request) -> bool:
    """Whether whoever asks may start and stop work, and keep what they made."""
    return settings.WORK_WITHOUT_LOGIN or _works(request)


def _works(request: Request) -> bool:
    """Whether it is an account for more than looking: unless its groups give it no work to do."""
    user = request.user
    if not user.is_authenticated:
        return False
    return user.has_perm(START_WORK) or not user.groups.exists()


class MayWork(BasePermission):
    """Everybody who may look reads; writing needs an account unless WORK_WITHOUT_LOGIN is set.

    An account in groups alone of those who look is not enough (see `explorer/groups.py`).
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if request.method in SAFE_METHODS:
            return True
        if not may_work(request):
            return False
        # JSON is the only parser of the API, and a POST says that it is JSON even where it has no
        # body: see `_media_type`.
        if not request.user.is_authenticated and request.method == "POST":
            media_type = _media_type(request)
            if media_type != "application/json":
                raise UnsupportedMediaType(media_type or "none")
        return True


class Holds(BasePermission):
    """What stands for everybody takes the permission that the admin asks for, whoever may work."""

    def __init__(self, permission: str) -> None:
        self._permission = permission

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return request.user.has_perm(self._permission)


class MayAsk(BasePermission):
    """Whoever may look may ask, with a body that no form of another site sends.

    For what makes nothing that others see: what it makes is known to whoever made it alone.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user.is_authenticated and request.method == "POST":
            media_type = _media_type(request)
            if media_type in FORMS:
                raise UnsupportedMediaType(media_type or "none")
        return True


# What a browser sends to other sites without asking them first (Fetch, "CORS-safelisted
# request-header"); a body without a type is one as well.
FORMS = {"", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}


def _media_type(request: Request) -> str:
    """What a request says that its body is.

    Without a session there is no CSRF token to ask for. What keeps other sites from writing
    through a visitor's browser is that it asks us first (a CORS preflight, which we never answer)
    before it sends anything but `FORMS`, or any method but GET, HEAD and POST.
    """
    return (request.content_type or "").partition(";")[0].strip().lower()


class OnlyWorkers(MayWork):
    """Reading as well needs what writing does: what raters answered is not for raters."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return may_work(request) and super().has_permission(request, view)
