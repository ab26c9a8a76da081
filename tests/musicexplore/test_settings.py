"""Settings: documented ones are read, read ones are documented, and impossible ones are said."""

import ast
import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from musicexplore.environment import Environment
from musicexplore.home import remember, secret_key

ROOT = Path(__file__).resolve().parents[2]


def settings_read() -> set[str]:
    """First arguments of every `env.something("NAME", ...)` in the settings."""
    tree = ast.parse((ROOT / "musicexplore" / "settings.py").read_text())
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    documented = re.findall(r"^#([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(documented) == sorted(settings_read())


def test_every_setting_of_settings_is_used_by_some_code() -> None:
    """Those of our own: Django reads the others."""
    code = "".join(
        path.read_text()
        for room in ("musicexplore", "tracks", "embeddings", "explorer")
        for path in (ROOT / room).rglob("*.py")
        if path.name != "settings.py"
    )
    used_within_settings = {
        *("DATABASE_URL", "REDIS_URL", "LOG_LEVEL", "TRUSTED_PROXIES", "HTTPS", "HSTS_SECONDS")
    }
    of_django = {"SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "STATIC_ROOT"}
    for name in settings_read() - used_within_settings - of_django:
        assert f"settings.{name}" in code, name


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_impossible_values_are_named_with_a_remedy_and_without_a_traceback(tmp_path: Path) -> None:
    result = manage(
        "check",
        MUSICEXPLORE_HOME=str(tmp_path),
        PCA_DIMS="ten",
        DEBUG="perhaps",
        LOG_LEVEL="loud",
        DATABASE_URL="mysql://user:sesame@host/name",
    )
    assert result.returncode == 1
    for message in (
        "PCA_DIMS cannot be used: 'ten' is not a whole number.",
        "DEBUG cannot be used: 'perhaps' is neither true nor false.",
        "LOG_LEVEL cannot be used: 'loud' is none of DEBUG, INFO, WARNING, ERROR.",
        "DATABASE_URL cannot be used: it is no address like postgresql://",
        "HINT: Correct PCA_DIMS in the environment or in .env",
    ):
        assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert "sesame" not in result.stderr


@pytest.mark.parametrize(
    "url", ["postgresql://u:sesame/1@host/db", "postgresql://u:ses#ame@host/db"]
)
def test_a_password_that_breaks_the_address_is_a_named_error(tmp_path: Path, url: str) -> None:
    result = manage("check", MUSICEXPLORE_HOME=str(tmp_path), DATABASE_URL=url)
    assert result.returncode == 1
    assert "DATABASE_URL cannot be used: it is no address like" in result.stderr
    assert "Traceback" not in result.stderr
    assert "ses" not in result.stderr


def test_nothing_is_missing_behind_a_proxy_with_https(tmp_path: Path) -> None:
    home = {"MUSICEXPLORE_HOME": str(tmp_path / "home"), "ALLOWED_HOSTS": "music.example.org"}
    done = manage("check", "--deploy", "--fail-level", "WARNING", HTTPS="true", **home)
    assert done.returncode == 0, done.stderr
    done = manage("check", "--deploy", "--fail-level", "WARNING", **home)
    assert "security.W012" in done.stderr  # the check can fail


def test_https_is_kept_to_but_for_supervisors(tmp_path: Path) -> None:
    code = """
import django
django.setup()
from django.test import Client
client = Client(headers={"host": "music.example.org"})
print(client.get("/login/").status_code, client.get("/login/")["Location"])
told = client.get("/login/", headers={"X-Forwarded-Proto": "https"})
print(told.status_code, told["Strict-Transport-Security"], told.cookies["csrftoken"]["secure"])
print(Client(headers={"host": "127.0.0.1"}).get("/healthz").status_code)
"""
    environment = {"HTTPS": "true", "ALLOWED_HOSTS": "music.example.org"}
    environment |= {"MUSICEXPLORE_HOME": str(tmp_path), "HSTS_SECONDS": "60"}
    environment["DJANGO_SETTINGS_MODULE"] = "musicexplore.settings"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines() == [
        "301 https://music.example.org/login/",
        "200 max-age=60; includeSubDomains True",
        "200",
    ], done.stderr


def test_a_command_without_need_of_a_library_makes_no_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    result = manage("benchmark", "--help", MUSICEXPLORE_HOME=str(home), DATABASE_URL="")
    assert result.returncode == 0, result.stderr
    assert not home.exists()


def test_a_command_without_need_of_the_database_starts_none(tmp_path: Path) -> None:
    result = manage("check", MUSICEXPLORE_HOME=str(tmp_path), DATABASE_URL="")
    assert result.returncode == 0, result.stderr
    assert not (tmp_path / "postgres").exists()


def test_values_come_from_environment_then_file_then_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Environment, "ENVIRON", {"FIRST": "environment", "EMPTY": ""})
    (tmp_path / ".env").write_text("FIRST=file\nSECOND=file\nEMPTY=file\n")
    (tmp_path / "settings.env").write_text("SECOND=home\nTHIRD=home\nEMPTY=home\n")
    env = Environment()

    env.load(tmp_path / ".env")
    assert env.str("EMPTY", "default") == "default", "empty means not set, also for .env"
    env.load(tmp_path / "settings.env", fill=True)

    assert [env.str(name) for name in ("FIRST", "SECOND", "THIRD", "EMPTY")] == [
        "environment", "file", "home", "home",
    ]  # fmt: skip


@pytest.mark.parametrize("folder", ["/music/Rock 'n' Roll", '/a "b" #c $d', "/Ünï/ö"])
def test_what_is_remembered_is_read_back(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(tmp_path, "AUDIO_DIR", "/first")
    remember(tmp_path, "OTHER", "kept")
    remember(tmp_path, "AUDIO_DIR", folder)

    monkeypatch.setattr(Environment, "ENVIRON", {})
    env = Environment()
    env.load(tmp_path / "settings.env")
    assert env.str("AUDIO_DIR") == folder
    assert env.str("OTHER") == "kept"


def test_the_secret_key_is_made_once_for_all_processes_and_for_the_owner(tmp_path: Path) -> None:
    home = tmp_path / "new"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(secret_key, [home] * 8))
    assert len(keys) == 1
    assert len(keys.pop()) > 50
    assert stat.S_IMODE((home / "secret-key").stat().st_mode) == 0o600
