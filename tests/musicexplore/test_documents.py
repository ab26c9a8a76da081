"""Documents that name things of the code: they name all of them, and nothing else."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands

from embeddings.registry import MODELS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
OURS = {"musicexplore", "tracks", "embeddings", "explorer"}


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_the_readme_lists_every_command_and_no_other() -> None:
    listed = re.findall(r"^\| `(\w+)", section("Commands"), re.MULTILINE)
    real = {name for name, app in get_commands().items() if app in OURS}
    assert set(listed) - {"migrate"} == real
    assert len(listed) == len(set(listed))


def test_the_readme_lists_every_layer_as_the_registry_has_it() -> None:
    documented, models = set(), []
    for row in re.findall(r"^\|(.*)\|$", section("Networks and layers"), re.MULTILINE)[2:]:
        names, layer, node, size, seconds = (cell.strip() for cell in row.split("|"))
        models = re.findall(r"`([\w-]+)`", names) or models
        total, duration = int(size.split()[-1]), float(seconds.removesuffix(" s"))
        documented |= {(m, layer.strip("`"), node.strip("`"), total, duration) for m in models}
    declared = {
        (name, layer.key, layer.node, layer.size, model.segment_seconds)
        for name, model in MODELS.items()
        for layer in model.layers
    }
    assert documented == declared


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / name).read_text()):
        assert (ROOT / target).exists(), target


def test_every_direct_dependency_is_explained() -> None:
    explained = (ROOT / "docs" / "dependencies.md").read_text()
    asked = [
        re.split(r"[\[=~<>]", line)[0]
        for name in ("requirements.in", "requirements-dev.in")
        for line in (ROOT / name).read_text().splitlines()
        if line and not line.startswith(("#", "-"))
    ]
    package = json.loads((ROOT / "package.json").read_text())
    asked += [*package["dependencies"], "esbuild", "typescript"]
    assert [name for name in asked if name not in explained] == []


def test_no_lock_file_names_a_host() -> None:
    names = ("requirements.txt", "requirements-dev.txt", "requirements-reference.txt")
    for name in (*names, "package-lock.json"):
        text = (ROOT / name).read_text()
        assert "://" not in "\n".join(line for line in text.splitlines() if '"url"' not in line), (
            name
        )  # of a package's funding


def test_python_version_is_said_alike() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11,<3.12"
    assert "Python 3.11" in README
