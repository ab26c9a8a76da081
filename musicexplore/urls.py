"""Addresses of the whole site; the explorer owns all but log-in and admin."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

admin.site.site_header = admin.site.site_title = "Music Explore"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", include("explorer.urls")),
]

handler400 = "musicexplore.errors.bad_request"
handler404 = "musicexplore.errors.not_found"
handler500 = "musicexplore.errors.server_error"
