"""What the files for a container promise, as far as it can be seen without building one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def kaizen() -> dict[str, Any]:
    """Return the one service."""
    services: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    assert list(services) == ["kaizen"]
    return services["kaizen"]


def copied() -> list[str]:
    """Return what is copied from here into the image."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    return [source for line in lines for source in line.split()[:-1]]


def test_everything_that_is_copied_exists() -> None:
    assert [source for source in copied() if not (ROOT / source).exists()] == []


def test_every_package_and_what_packaging_reads_is_copied() -> None:
    needed = {"pyproject.toml", "README.md", "LICENSE", "hatch_build.py", "requirements.lock"}
    needed |= {"director/", "agents/", "ledger/", "knowledge_graph/", "dashboard/server/", "dashboard/build.py"}

    assert needed - set(copied()) == set()


def test_the_last_stage_has_no_sources_of_the_page() -> None:
    """With them packaging would build the page again, where there is no Node."""
    last = DOCKERFILE.rpartition("\nFROM ")[2]

    assert not re.search(r"^COPY dashboard/ |^COPY dashboard/web", last, re.MULTILINE)


def test_the_service_is_not_root() -> None:
    assert re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)[-1] not in ("0", "root")


def test_the_port_is_published_on_loopback_alone() -> None:
    """That is what `KAIZEN_BEHIND_LOOPBACK` says, and why all addresses are bound inside."""
    service = kaizen()

    assert service["environment"]["KAIZEN_BEHIND_LOOPBACK"] == "true"
    assert service["ports"] == ["127.0.0.1:8000:8000"]


def test_the_sandbox_gets_the_three_exceptions_it_needs() -> None:
    assert set(kaizen()["security_opt"]) == {"seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"}


def test_the_data_home_is_a_volume() -> None:
    service = kaizen()

    assert f"kaizen-home:{service['environment']['KAIZEN_HOME']}" in service["volumes"]
