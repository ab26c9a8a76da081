"""The images' files say what the program needs; `docker/rehearse` carries them out."""

import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def test_the_stages_are_read_as_docker_reads_them(tmp_path: Path) -> None:
    help_text = subprocess.run([ROOT / "docker" / "rehearse"], capture_output=True, text=True)
    assert "build FOLDER" in help_text.stderr


def test_what_is_copied_is_let_in(tmp_path: Path) -> None:
    let_in = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"
    }
    text = (ROOT / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    names = {name.split("/")[0] for line in copied for name in line.split()}
    assert names <= let_in
    assert all((ROOT / name).exists() for name in let_in)


def test_services_wait_for_what_they_need() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert services["worker"]["depends_on"] == {"web": {"condition": "service_healthy"}}
    assert services["web"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    targets = re.findall(r"^FROM \S+ AS (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert {services[name]["build"]["target"] for name in ("web", "worker")} <= set(targets)
    assert targets[-1] == "whole"  # what `docker build` makes by itself
    # An index build shares as much as maintenance_work_mem between its processes.
    assert services["database"]["shm_size"] == "2gb"
    assert "maintenance_work_mem=1GB" in services["database"]["command"]
    for name in ("web", "worker"):
        assert services[name]["volumes"] == ["data:/data", "${MUSIC:-audio}:/audio:ro"]
