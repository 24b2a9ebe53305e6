"""Documents are compared with what they describe."""

import json
import re
from pathlib import Path

import pytest

from proctor.settings import PLAIN_VARIABLES, SECRET_NAMES, Limits, Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
SETTING = re.compile(r"^\| `([a-z0-9_]+)` \| `(.*?)` \| (.*) \|$", re.MULTILINE)
SECRET = re.compile(r"^\| `([A-Z0-9_]+)` \| .* \| (.*) \|$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
SETTINGS_PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def defaults() -> dict[str, tuple[object, str | None]]:
    plain = Settings.model_construct().model_dump(mode="json")
    fields = {name: field for name, field in Settings.model_fields.items() if name.upper() not in SECRET_NAMES}
    described = {name: (plain[name], field.description) for name, field in fields.items() if name != "limits"}
    limits = Limits().model_dump(mode="json")
    return described | {name: (limits[name], field.description) for name, field in Limits.model_fields.items()}


def test_the_page_of_settings_names_each_one_with_its_default_and_meaning() -> None:
    described = {name: (json.loads(default), meaning) for name, default, meaning in SETTING.findall(SETTINGS_PAGE)}

    assert described == defaults()


def test_the_page_of_settings_names_each_secret_with_its_meaning() -> None:
    meanings = {
        name: re.sub(r" \([A-Z0-9_]+\)$", "", Settings.model_fields[name.lower()].description or "")
        for name in SECRET_NAMES
    }

    assert dict(SECRET.findall(SETTINGS_PAGE)) == meanings


def test_the_page_of_settings_names_the_variables_with_short_names() -> None:
    assert all(f"`{variable}` for `{key}`" in SETTINGS_PAGE for variable, key in PLAIN_VARIABLES.items())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_documents_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
    own = [target.partition("#") for target in targets if "://" not in target]
    found = [((page.parent / path).resolve() if path else page, anchor) for path, _, anchor in own]

    assert [path for path, _ in found if not path.exists()] == []
    assert [(path.name, anchor) for path, anchor in found if anchor and anchor not in anchors(path)] == []


def test_every_picture_is_small_and_shown() -> None:
    pictures = sorted((ROOT / "docs" / "screenshots").glob("*"))
    shown = "".join(page.read_text(encoding="utf-8") for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])

    assert [picture.name for picture in pictures if picture.stat().st_size > 200_000] == []
    assert [picture.name for picture in pictures if f"screenshots/{picture.name})" not in shown] == []
    assert len(pictures) >= 8


@pytest.mark.parametrize("page", ["architecture.md", "trust-model.md"])
def test_files_that_are_named_exist(page: str) -> None:
    text = FENCED.sub("", (ROOT / "docs" / page).read_text(encoding="utf-8"))
    named = re.findall(r"`((?:[\w-]+/)*[\w-]+\.(?:py|html|md|json)|(?:[\w-]+/)+)`", text)
    places = [ROOT, ROOT / "docs", ROOT / "proctor", ROOT / "tests", ROOT / "proctor" / "templates" / "proctor"]

    assert [name for name in named if not any((place / name).exists() for place in places)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_that_are_named_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^|= ?|\d )make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE))

    assert named - targets == set()
