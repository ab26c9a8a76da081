"""Who may look: all without LOGIN_REQUIRED, people with an account with it."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from musicexplore.accounts import ADMINISTRATOR, ensure_administrator

pytestmark = pytest.mark.django_db
PAGES = ["/", "/api/v1/library/", "/api/v1/tracks/", "/api/docs/", "/tracks/1/audio"]


@pytest.fixture
def network(settings) -> None:
    settings.LOGIN_REQUIRED = True


def test_reading_is_open_on_the_machine_itself(client: Client) -> None:
    assert client.get("/").status_code == 200
    assert client.get("/api/v1/library/").status_code == 200


@pytest.mark.usefixtures("network")
@pytest.mark.parametrize("path", PAGES)
def test_a_network_gets_nothing_without_login(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 401
    assert response.json()["code"] == "not_authenticated"


@pytest.mark.usefixtures("network")
def test_a_browser_is_led_to_the_login_and_back(client: Client) -> None:
    response = client.get("/", headers={"accept": "text/html"})
    assert response.status_code == 302
    assert response["Location"] == "/login/?next=/"
    assert client.get(response["Location"]).status_code == 200

    password = ensure_administrator()
    account = {"username": ADMINISTRATOR, "password": password}
    response = client.post(response["Location"], account)
    assert response["Location"] == "/"
    for path in ("/", "/api/v1/library/"):
        assert client.get(path).status_code == 200


@pytest.mark.usefixtures("network")
@pytest.mark.parametrize("path", PAGES)
def test_whatever_a_browser_opens_leads_to_the_login(client: Client, path: str) -> None:
    response = client.get(path, headers={"accept": "text/html,*/*;q=0.8"})
    assert response["Location"] == f"/login/?next={path}"


@pytest.mark.usefixtures("network")
def test_the_api_is_linked_for_those_who_may_look(client: Client, settings) -> None:
    link = 'href="/api/docs/"'
    assert link not in client.get("/login/").content.decode()
    client.force_login(get_user_model().objects.create_user("someone"))
    assert link in client.get("/").content.decode()
    client.logout()
    settings.LOGIN_REQUIRED = False
    assert link in client.get("/login/").content.decode()


@pytest.mark.usefixtures("network")
def test_health_and_static_files_stay_open(client: Client) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/static/css/site.css").status_code == 200


def test_the_administrator_is_made_once() -> None:
    password = ensure_administrator()
    user = get_user_model().objects.get()
    assert user.check_password(password)
    assert user.is_superuser
    assert user.is_staff
    assert ensure_administrator() is None


def test_an_account_of_that_name_without_rights_becomes_the_administrator() -> None:
    get_user_model().objects.create_user(ADMINISTRATOR, password="x")
    assert ensure_administrator() is not None
    assert get_user_model().objects.get().is_superuser
