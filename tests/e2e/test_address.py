"""The address holds what was chosen, and says what it does not understand."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.dots import wait_for_dots

Open = Callable[..., Page]


def test_what_an_address_means_nothing_by_is_told_and_left_out(site: str, open_page: Open) -> None:
    page = open_page(f"{site}/?by=pca&colour=artist&x=many&flavour=sweet")
    wait_for_dots(page)
    hint = page.get_by_role("status").filter(has_text="Parts of this address")
    expect(hint).to_contain_text("x, flavour")
    expect(page.get_by_label("Layout")).to_have_value("pca")
    assert page.url == f"{site}/?by=pca&colour=artist"
    hint.get_by_role("button", name="Fine").click()
    expect(hint).to_be_hidden()
