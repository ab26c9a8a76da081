"""The content policy forbids nothing that the site's own pages do."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]


def test_documentation_of_the_api(empty_site: str, open_page: Open) -> None:
    page = open_page(f"{empty_site}/api/docs/")
    expect(page.get_by_text("/api/v1/library/")).to_be_visible()
    page.get_by_text("/api/v1/library/").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table")).to_contain_text('"playable": 0')


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/tracks/track/", "/login/", "/"])
def test_pages(empty_site: str, open_page: Open, path: str) -> None:
    # The admin has no favicon of its own. What the policy refuses, the console says in other words.
    page = open_page(empty_site + path, expected="404 (Not Found)")
    expect(page.locator("body")).to_be_visible()


def test_scripts_written_into_a_page_do_not_run(empty_site: str, open_page: Open) -> None:
    page = open_page(empty_site, expected="Content Security Policy")
    page.evaluate(
        "document.body.append(document.createRange().createContextualFragment("
        "'<script>window.written = true</script>'))"
    )
    assert page.evaluate("window.written") is None
