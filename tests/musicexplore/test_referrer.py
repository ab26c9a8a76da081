"""Addresses hold choices and selections: requests tell no more of them than the site."""

import pytest
from django.test import Client
from django.urls import reverse


@pytest.mark.django_db
def test_requests_tell_only_the_site_that_they_come_from(client: Client) -> None:
    assert client.get(reverse("login"))["Referrer-Policy"] == "strict-origin"


@pytest.mark.django_db
def test_that_is_enough_against_forged_requests() -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get(reverse("login"), secure=True)
    form = {"csrfmiddlewaretoken": str(page.context["csrf_token"])}

    def status(referer: str) -> int:
        return client.post(
            reverse("login"), form, secure=True, headers={"referer": referer}
        ).status_code

    assert status("https://testserver/") == 200  # not logged in, but not refused
    assert status("https://elsewhere.example/") == 403
