"""The files around the code: lock files, documents, containers. Containers are parsed here, not run."""

import json
import re
from pathlib import Path
from typing import Any

import crossplane  # type: ignore[import-untyped]
import pytest
import yaml

from proctor import settings

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def direct_dependencies(name: str) -> set[str]:
    lines = (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
    return {re.split(r"[\[=; ]", line)[0] for line in lines if line and line[0] not in "#-"}


def argued_for() -> set[str]:
    return set(re.findall(r"^\| ([@\w/.-]+) \| \S", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE))


def pictures() -> dict[str, dict[str, Any]]:
    """By package: what of it the detection's evaluation shows."""
    locked: dict[str, dict[str, Any]] = json.loads((ROOT / "requirements" / "pictures.json").read_text())
    return {package.rpartition("@")[0]: wanted for package, wanted in locked.items()}


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return loaded


@pytest.mark.parametrize("name", ["runtime", "embedded-mongo", "node", "models", "samples", "pictures", "dev"])
def test_every_direct_python_dependency_is_argued_for(name: str) -> None:
    assert direct_dependencies(name) - argued_for() == set()


def test_every_direct_browser_dependency_is_argued_for() -> None:
    package = json.loads((ROOT / "package.json").read_text())

    assert {*package["dependencies"], *package["devDependencies"]} - argued_for() == set()


def test_no_package_is_argued_for_that_is_not_there() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    present = {*package["dependencies"], *package["devDependencies"], "Package"}
    for lock in LOCKS:
        present |= direct_dependencies(lock.stem)

    assert argued_for() - present - pictures().keys() == set()


def test_every_package_of_pictures_is_argued_for_and_has_a_hash() -> None:
    assert pictures().keys() - argued_for() == set()
    assert [name for name, wanted in pictures().items() if not wanted["integrity"].startswith("sha512-")] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_a_hash_and_no_lock_names_a_host(lock: Path) -> None:
    text = lock.read_text()
    pinned = re.findall(r"^[a-z0-9][\w.-]*==[^\n]*\n[ ]+--hash=sha256:", text, re.MULTILINE)

    assert len(pinned) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)) > 0
    assert "://" not in text
    assert "--index" not in text


def test_the_browser_lock_records_hashes_and_no_download_addresses() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert all("integrity" in package for path, package in packages.items() if path)
    assert not any("resolved" in package for package in packages.values())


def test_tests_and_server_are_locked_to_the_same_versions() -> None:
    def versions(lock: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements" / lock).read_text(), re.MULTILINE))

    runtime, dev = versions("runtime.txt"), versions("dev.txt")

    assert {name for name in runtime.keys() & dev.keys() if runtime[name] != dev[name]} == set()


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    copied: set[str] = set()
    for line in re.findall(r"^COPY (?!--from)(.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE):
        copied |= set(line.split()[:-1])
    let_in = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))

    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)


def test_the_image_is_pinned_runs_without_privileges_and_reports_its_health() -> None:
    text = (ROOT / "Dockerfile").read_text()

    assert all(":" in image for image in re.findall(r"^FROM (\S+)", text, re.MULTILINE))
    assert re.search(r"^USER proctor$", text, re.MULTILINE)
    assert text.index("\nUSER ") > text.index("\nRUN useradd")
    assert '"proctor.runtime", "health"' in text[text.index("HEALTHCHECK") :]


def test_the_image_has_what_reports_as_pdf_need() -> None:
    assert {"libpangoft2-1.0-0", "libharfbuzz-subset0"} <= set((ROOT / "Dockerfile").read_text().split())


def test_compose_describes_the_four_services_and_what_prepares_the_database() -> None:
    assert compose()["services"].keys() == {"app", "prepare", "mongo", "coturn", "nginx"}


def test_compose_demands_every_secret_instead_of_having_one() -> None:
    text = (ROOT / "compose.yaml").read_text()

    for secret in ("MONGODB_PASSWORD", "SECRET_KEY", "TURN_SECRET"):
        assert f"${{{secret}:?" in text


def test_the_application_accepts_the_settings_that_compose_gives_it(tmp_path: Path) -> None:
    values = {"PROCTOR_HOST": "proctor.example.org", "PROCTOR_INSTITUTION": "Example University"}
    secret = "0123456789abcdef" * 4

    def filled_in(match: re.Match[str]) -> str:
        return match["default"] if match["default"] is not None else values.get(match["name"], secret)

    variable = re.compile(r"\$\{(?P<name>\w+)(?::-(?P<default>[^}]*)|:\?[^}]*)?\}")
    given = compose()["services"]["app"]["environment"]
    loaded = settings.load(tmp_path, {name: variable.sub(filled_in, value) for name, value in given.items()})

    assert loaded.origins == ("https://proctor.example.org",)
    assert loaded.secure_cookies
    assert loaded.proxy_hops == 1
    assert given.keys() >= {"AGENT_SECRET", "EXAM_APP_KEYS"}
    assert loaded.turn_urls[0] == "turn:proctor.example.org:3478?transport=udp"
    assert not loaded.is_demo


def test_only_nginx_and_coturn_can_be_reached_from_outside() -> None:
    services = compose()["services"]

    assert {name for name, service in services.items() if "ports" in service} == {"nginx"}
    assert {name for name, service in services.items() if "network_mode" in service} == {"coturn"}
    assert services["mongo"]["networks"] == ["inside"]
    assert compose()["networks"]["inside"] == {"internal": True}


def test_compose_mounts_only_files_of_this_repository_and_certificates() -> None:
    mounts = [mount for service in compose()["services"].values() for mount in service.get("volumes", [])]
    files = {mount.split(":")[0] for mount in mounts if mount.startswith("./")}

    assert files == {"./deploy/nginx.conf", "./deploy/turnserver.conf", "./deploy/certs"}
    assert all((ROOT / file).is_file() for file in files - {"./deploy/certs"})


def nginx_blocks(*, strict: bool = False) -> dict[str, Any]:
    # crossplane takes the entries of a map for directives, which it would not know: the maps are left out for it.
    parsed: dict[str, Any] = crossplane.parse(
        str(ROOT / "deploy" / "nginx.conf"), strict=strict, single=True, ignore=("map",) if strict else ()
    )
    return parsed


def nginx_directives(block: list[dict[str, Any]] | None = None) -> list[tuple[str, list[str]]]:
    found = []
    for directive in nginx_blocks()["config"][0]["parsed"] if block is None else block:
        found.append((directive["directive"], directive["args"]))
        found += nginx_directives(directive.get("block", []))
    return found


def test_nginx_would_read_its_configuration() -> None:
    assert nginx_blocks(strict=True)["errors"] == []


def test_nginx_keeps_a_candidate_on_one_server_and_passes_websockets_on() -> None:
    assert ("hash", ["$seat", "consistent"]) in nginx_directives()
    assert ("proxy_set_header", ["Upgrade", "$http_upgrade"]) in nginx_directives()


def test_nginx_lets_through_what_the_application_takes() -> None:
    limits, units = settings.Limits(), {"m": 1024**2, "g": 1024**3}
    let_through = {
        directive["args"][-1]: int(inner["args"][0][:-1]) * units[inner["args"][0][-1]]
        for server in nginx_blocks()["config"][0]["parsed"][-1]["block"]
        for directive in server.get("block", [])
        for inner in directive.get("block", [])
        if inner["directive"] == "client_max_body_size"
    }

    assert let_through == {
        "^/sessions/[^/]+/video": limits.video_bytes,
        "^/exam/[^/]+/recordings": limits.chunk_bytes,
        "^/exam/[^/]+/evidence": max(limits.room_scan_bytes, limits.photo_bytes),
    }


def test_nginx_does_not_believe_forwarded_addresses_nor_log_session_ids() -> None:
    assert ("proxy_set_header", ["X-Forwarded-For", "$remote_addr"]) in nginx_directives()
    assert ("access_log", ["off"]) in nginx_directives()


def test_coturn_relays_into_no_private_network() -> None:
    text = (ROOT / "deploy" / "turnserver.conf").read_text()

    for network in ("10.0.0.0-", "127.0.0.0-", "169.254.0.0-", "172.16.0.0-", "192.168.0.0-", "::1", "fc00::-"):
        assert f"\ndenied-peer-ip={network}" in text
    assert "\nuse-auth-secret\n" in text
