"""The examples in services/deploy are what the programs that read them take."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from cypn_services.variables import BY_NAME, FILE

DEPLOY = Path(__file__).parents[1] / "deploy"
FILES = sorted(
    path for path in DEPLOY.rglob("*") if path.is_file() and "wordpress" not in path.parts
)


def _name(unit: Path) -> str:
    return unit.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_variable_that_an_example_sets_is_declared(path: Path) -> None:
    """An example that sets what nobody reads would mislead."""
    known = {*BY_NAME, *(f"{each.name}{FILE}" for each in BY_NAME.values() if each.secret)}
    assert set(re.findall(r"CYPN_[A-Z_]+", path.read_text(encoding="utf-8"))) <= known


def test_no_secret_stands_in_an_example() -> None:
    """Secrets come as files: no example gives one by its value."""
    for path in FILES:
        for name in (each.name for each in BY_NAME.values() if each.secret):
            assert not re.search(rf"{name}\s*[=:]", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").glob("*")), ids=lambda unit: unit.name)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    """systemd-analyze finds nothing wrong, but for the program that is not installed here."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not on this machine")
    for each in (DEPLOY / "systemd").iterdir():
        text = each.read_text(encoding="utf-8").replace("/opt/cypn/bin/cypn", "/bin/true")
        (tmp_path / each.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert unit.name not in done.stderr
    assert done.returncode == 0


def test_the_hub_is_confined() -> None:
    """The unit runs as nobody in particular, and may write to its own folder alone."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "systemd" / "cypn.service")
    service = unit["Service"]
    assert service["DynamicUser"] == service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").glob("*.service")), ids=_name)
def test_each_credential_of_a_unit_is_read_and_there(unit: Path) -> None:
    """What systemd hands over is what the settings name, one for one."""
    text = unit.read_text(encoding="utf-8")
    handed = re.findall(r"^LoadCredential=(\w+):/etc/cypn/secrets/\1$", text, re.MULTILINE)
    named = re.findall(r"^Environment=CYPN_(\w+)_FILE=%d/(\w+)$", text, re.MULTILINE)
    assert sorted(handed) == sorted(path for _, path in named)
    assert all(name.lower() == path for name, path in named)


def test_the_hub_can_send_mail() -> None:
    """Without the mail server's address nobody could sign in by the link that is mailed."""
    text = (DEPLOY / "systemd" / "cypn.service").read_text(encoding="utf-8")
    assert "CYPN_SMTP_URL_FILE=" in text


def test_nginx_takes_its_example(tmp_path: Path) -> None:
    """What ``nginx -t`` says, with a certificate that was made for the test."""
    if shutil.which("nginx") is None or shutil.which("openssl") is None:
        pytest.skip("nginx is not on this machine")
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=hub.example.org",
         "-keyout", str(key), "-out", str(certificate)],
        capture_output=True, check=True,
    )  # fmt: skip
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    (tmp_path / "site").write_text(site.replace("/etc/ssl/cypn", str(tmp_path)), encoding="utf-8")
    whole = tmp_path / "whole.conf"
    whole.write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ include {tmp_path}/site; }}\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        ["nginx", "-t", "-c", str(whole)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr


def test_compose_hangs_together() -> None:
    """Each secret, volume and service that is named is there; only this machine reaches the hub."""
    whole: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    for service in whole["services"].values():
        assert set(service.get("secrets", ())) <= set(whole["secrets"])
        assert set(service.get("depends_on", ())) <= set(whole["services"])
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:")
    hub = whole["services"]["hub"]
    assert hub["read_only"]
    assert hub["cap_drop"] == ["ALL"]
    for name, value in hub["environment"].items():
        if name.endswith(FILE):
            assert value.removeprefix("/run/secrets/") in hub["secrets"]


def test_the_image_runs_as_nobody_in_particular() -> None:
    """Its last user is not root, and it ends by the signal that lets requests end."""
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER")][-1] == "USER 10001"
    assert "STOPSIGNAL SIGTERM" in lines
