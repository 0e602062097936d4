"""What a clone is installed and shipped from: pyproject.toml, requirements.lock, Dockerfile, docker-compose.yml."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from workers.engine import LocalPostgres, LocalTemporal
from workers.engine.temporal_server import find_program
from workflows.shared.details import SEARCH_ATTRIBUTES

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PACKAGES = ["models", "activities", "workflows", "workers", "starter"]


def locked() -> Iterator[tuple[str, str, str | None, int]]:
    """Name, version, marker and number of hashes of each entry of the lock."""
    for entry in re.split(r"\n(?=\S)", LOCK.strip()):
        head, *hashes = entry.replace("\\\n", "\n").splitlines()
        pin, _, marker = head.partition(";")
        name, _, version = pin.strip().partition("==")
        found = sum(bool(re.fullmatch(r"\s*--hash=sha256:[0-9a-f]{64}\s*", line)) for line in hashes)
        assert found == len(hashes), f"{name}: a line that is no hash"
        yield canonicalize_name(name), version, marker.strip() or None, found


def wanted() -> Iterator[Requirement]:
    extras = PROJECT["project"]["optional-dependencies"]
    for text in [*PROJECT["project"]["dependencies"], *(line for lines in extras.values() for line in lines)]:
        requirement = Requirement(text)
        if requirement.name != "orderloom":
            yield requirement


def test_the_lock_pins_every_entry_with_hashes_and_names_no_address() -> None:
    entries = list(locked())
    assert [name for name, version, _, hashes in entries if not version or not hashes] == []
    assert len({(name, marker) for name, _, marker, _ in entries}) == len(entries)
    assert re.findall(r"https?://\S+|--(?!hash)\S+|^-\S+|^\s*#.*", LOCK, re.MULTILINE) == []
    for _, _, marker, _ in entries:
        if marker:
            Marker(marker)  # raises when it is none


def test_the_lock_holds_every_dependency_in_a_version_that_pyproject_allows() -> None:
    versions = {name: version for name, version, _, _ in locked()}
    missing = [str(line) for line in wanted() if canonicalize_name(line.name) not in versions]
    refused = [
        str(line)
        for line in wanted()
        if Version(versions[canonicalize_name(line.name)]) not in line.specifier
    ]
    assert (missing, refused) == ([], [])


def test_the_build_backend_is_locked_too() -> None:
    versions = {name for name, *_ in locked()}
    assert {
        canonicalize_name(Requirement(line).name) for line in PROJECT["build-system"]["requires"]
    } <= versions


def test_the_wheel_holds_the_five_packages_and_the_command() -> None:
    assert PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == PACKAGES
    assert PROJECT["tool"]["importlinter"]["root_packages"] == PACKAGES
    assert PROJECT["project"]["scripts"] == {"orderloom": "workers.main:main"}
    copied = re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert copied == PACKAGES


def test_make_help_lists_every_target_that_a_person_may_call() -> None:
    told = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony is not None
    assert sorted(line.split()[1] for line in told.splitlines()) == sorted(phony.group(1).split())


def test_the_compose_file_follows_the_compose_specification() -> None:
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_dockerfile_passes_hadolint() -> None:
    checked = subprocess.run(
        [str(BIN / "hadolint"), "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout) == (0, "")


def test_compose_binds_every_port_to_loopback_and_pins_every_image() -> None:
    services = COMPOSE["services"]
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert len(ports) == 4
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    assert [name for name, service in services.items() if not re.search(r":\d", service["image"])] == []


def test_compose_waits_for_health_where_there_is_a_check_and_for_success_of_what_ends() -> None:
    services = COMPOSE["services"]
    waits = [
        (name, to, how["condition"])
        for name, it in services.items()
        for to, how in it.get("depends_on", {}).items()
    ]
    expected = ("service_healthy", "service_completed_successfully")
    assert [wait for wait in waits if wait[2] != expected["healthcheck" not in services[wait[1]]]] == []
    ends = {to for _, to, condition in waits if condition == expected[1]}
    assert ends == {"temporal-schema", "temporal-namespace", "migrate"}
    assert [name for name in ends if not services[name]["restart"].startswith("on-failure:")] == []


def shell(text: str, folder: Path, **environment: str) -> None:
    """Run a script of the compose file as the container would, with our programs first on PATH."""
    command = ["/bin/sh", "-euc", text.replace("$$", "$")]
    path = {"PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(folder)}
    subprocess.run(command, env={**path, **environment}, capture_output=True, text=True, check=True)


@pytest.mark.engine
def test_the_namespace_job_registers_the_search_attributes_and_may_run_again(tmp_path: Path) -> None:
    (tmp_path / "temporal").symlink_to(find_program())
    script = COMPOSE["services"]["temporal-namespace"]["command"][0]
    with LocalTemporal(None, ui=False) as server:
        environment = {"TEMPORAL_ADDRESS": server.address, "TEMPORAL_NAMESPACE": "shop"}
        shell(script, tmp_path, **environment)
        shell(script, tmp_path, **environment)
        listed = subprocess.run(
            [find_program(), "operator", "search-attribute", "list", "--namespace", "shop", "--address", server.address],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    found = dict(line.split() for line in listed.splitlines() if len(line.split()) == 2)
    assert {name: found.get(name) for name, _ in SEARCH_ATTRIBUTES} == dict(SEARCH_ATTRIBUTES)


@pytest.mark.engine
def test_the_role_of_the_workflow_engine_cannot_enter_our_database(tmp_path: Path) -> None:
    script = COMPOSE["configs"]["temporal-role"]["content"]
    statements = re.search(r"<<'SQL'\n(.*)SQL\n", script, re.DOTALL)
    assert statements is not None
    with LocalPostgres(tmp_path) as server:
        with psycopg.connect(server.admin_dsn, autocommit=True) as admin:
            for statement in statements.group(1).replace(":'password'", "'secret'").split(";"):
                if statement.strip():
                    admin.execute(statement.encode())
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(server.dsn.replace("//orderloom@", "//temporal@"))
        with psycopg.connect(server.dsn) as ours:
            assert ours.execute("SELECT current_user").fetchone() == ("orderloom",)
