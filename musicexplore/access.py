"""Who may look: all on this machine; people with an account once a network is served."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase

from musicexplore.errors import error_response

View = Callable[..., HttpResponseBase]


class LoginMiddleware(LoginRequiredMiddleware):
    """Asks for a login wherever LOGIN_REQUIRED is set and the view is not marked as open.

    Whoever wants a page is led to the login form; programs get a 401 in the API's error shape.
    """

    def process_view(
        self, request: HttpRequest, view_func: View, view_args: tuple, view_kwargs: dict
    ) -> HttpResponseBase | None:
        if not settings.LOGIN_REQUIRED:
            return None
        # REST framework marks all of its views as open, expecting permissions to do this.
        if request.path.startswith("/api/") and not request.user.is_authenticated:
            return self.handle_no_permission(request, view_func)
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]  # which knows of redirects alone
        self, request: HttpRequest, view_func: View
    ) -> HttpResponseBase:
        if "text/html" in request.headers.get("Accept", ""):
            return super().handle_no_permission(request, view_func)
        message = "This library asks for a login. Log in, then repeat the request."
        return error_response(HTTPStatus.UNAUTHORIZED, "not_authenticated", message)


def login_required(request: HttpRequest) -> dict[str, bool]:
    """For templates: whether looking needs a login."""
    return {"login_required": settings.LOGIN_REQUIRED}
