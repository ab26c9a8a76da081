"""Static files under a site that goes on while they change."""

from pathlib import Path

import pytest
from django.test import Client


@pytest.fixture
def bundle(settings, tmp_path: Path) -> Path:
    """A file that the site has served once."""
    settings.STATICFILES_DIRS = [tmp_path]
    file = tmp_path / "bundle.js"
    file.write_text("one")
    return file


def test_a_file_made_anew_is_served_whole(client: Client, bundle: Path) -> None:
    before = client.get("/static/bundle.js")
    assert before.getvalue() == b"one"
    aside = bundle.with_suffix(".new")
    aside.write_text("another, which is longer")
    aside.replace(bundle)
    after = client.get("/static/bundle.js", headers={"if-none-match": before["ETag"]})
    assert (after.status_code, after.getvalue()) == (200, b"another, which is longer")
    assert after["Content-Length"] == "24"
    same = client.get("/static/bundle.js", headers={"if-none-match": after["ETag"]})
    assert same.status_code == 304


def test_a_file_that_is_gone(client: Client, bundle: Path) -> None:
    assert client.get("/static/bundle.js").status_code == 200
    bundle.unlink()
    assert client.get("/static/bundle.js").status_code == 404
    assert client.get("/static/../pyproject.toml").status_code == 404
