"""Every answer says what it may load; what browsers make of it is tested in `e2e`."""

import re

import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/admin/login/", "/api/docs/", "/api/v1/library/", "/static/css/site.css", "/no"]
)
def test_every_answer_has_the_policy(client: Client, path: str) -> None:
    response = client.get(path)
    directives = dict(
        part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";")
    )
    assert directives["default-src"] == "'self'"
    assert "script-src" not in directives  # the default holds
    if response["Content-Type"].startswith("text/html"):
        scripts = re.findall(r"<script\b([^>]*)>", response.content.decode())
        assert all("src=" in script or "application/json" in script for script in scripts)
