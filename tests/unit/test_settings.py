"""Settings: one object from defaults, config.json and the environment, or every fault at once."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from proctor.settings import A_BETTER_ONE, SECRET_NAMES, Limits, Settings, SettingsError, load, origin_of

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "config.example.json"
SECRET = "0123456789abcdef" * 4
OTHER_SECRET = "fedcba9876543210" * 4


@dataclass
class Folder:
    """A checkout with only what the server reads from it."""

    path: Path

    def config(self, values: object) -> None:
        (self.path / "config.json").write_text(json.dumps(values))

    def secrets(self, values: object, mode: int = 0o600) -> None:
        file = self.path / "data" / "secrets.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(values))
        file.chmod(mode)

    def load(self, **environ: str) -> Settings:
        return load(self.path, {"SECRET_KEY": SECRET, **environ})

    def faults(self, **environ: str) -> list[str]:
        with pytest.raises(SettingsError) as raised:
            self.load(**environ)
        return raised.value.faults


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_defaults_and_a_secret_key_are_enough_to_start(folder: Folder) -> None:
    settings = folder.load()

    assert settings.mode == "production"
    assert settings.api_access == "protected"
    assert settings.data_dir == folder.path / "data"


def test_settings_cannot_be_changed_once_loaded(folder: Folder) -> None:
    settings = folder.load()

    with pytest.raises(ValidationError):
        settings.mode = "demo"  # type: ignore[misc] # mypy refuses it too


def test_the_example_loads_once_there_is_a_secret_key(folder: Folder) -> None:
    folder.config(json.loads(EXAMPLE.read_text()))

    assert folder.load().exam_app_origins == ("http://localhost:3000",)


def test_the_example_alone_does_not_start_a_server(folder: Folder) -> None:
    folder.config(json.loads(EXAMPLE.read_text()))

    assert folder.faults(SECRET_KEY="") == ["SECRET_KEY is missing: set it in the environment, or run 'make secrets'"]


def test_the_example_holds_every_setting_but_the_secrets_and_begins_with_what_exam_apps_read() -> None:
    example = json.loads(EXAMPLE.read_text())

    assert list(example)[:5] == ["enabled", "name", "backend_url", "frontend_url", "exam_code"]
    assert example.keys() == Settings.model_fields.keys() - {name.lower() for name in SECRET_NAMES}
    assert example["limits"].keys() == Limits.model_fields.keys()


def test_the_example_shows_the_defaults_and_an_exam_app_on_this_machine() -> None:
    example = json.loads(EXAMPLE.read_text())
    defaults = Settings(secret_key=SECRET).model_dump(mode="json")

    changed = {key for key, value in example.items() if value != defaults[key]}

    assert changed == {"exam_app_origins"}


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(folder: Folder) -> None:
    folder.config({"institution": "From the file", "database": "from_the_file"})

    settings = folder.load(PROCTOR_INSTITUTION="From the environment")

    assert settings.institution == "From the environment"
    assert settings.database == "from_the_file"
    assert settings.name == "Proctor"


@pytest.mark.parametrize(
    ("variable", "text", "key", "value"),
    [
        ("PROCTOR_NAME", "123", "name", "123"),
        ("PROCTOR_NAME", "[a, b]", "name", "[a, b]"),
        ("PROCTOR_EXAM_CODE", "true", "exam_code", "true"),
        ("PROCTOR_ENABLED", "false", "enabled", False),
        ("PROCTOR_ENABLED", "0", "enabled", False),
        ("PROCTOR_ENABLED", "True", "enabled", True),
        ("PROCTOR_PROXY_HOPS", "1", "proxy_hops", 1),
        ("PROCTOR_EXAM_APP_PORT", "9100", "exam_app_port", 9100),
        ("PROCTOR_EXAM_APP_NETWORKS", "10.0.0.0/8", "exam_app_networks", ("10.0.0.0/8",)),
        ("PROCTOR_EXAM_APP_NETWORKS", "10.0.0.0/8, ::1/128", "exam_app_networks", ("10.0.0.0/8", "::1/128")),
        ("PROCTOR_EXAM_APP_NETWORKS", '["10.0.0.0/8"]', "exam_app_networks", ("10.0.0.0/8",)),
        ("PROCTOR_PUBLIC_URLS", "https://a.example", "public_urls", ("https://a.example",)),
        ("PROCTOR_PUBLIC_URLS", "http://a.example,http://b.example:81", "public_urls", ("http://a.example", "http://b.example:81")),
        ("PROCTOR_PUBLIC_URLS", '["https://a.example"]', "public_urls", ("https://a.example",)),
        ("PROCTOR_PUBLIC_URLS", " , ", "public_urls", ()),
        ("PROCTOR_ICE_SERVERS", '[{"urls": "stun:a.example"}]', "ice_servers", ({"urls": "stun:a.example"},)),
        ("PROCTOR_LIMITS", '{"page_size": 7}', "limits", Limits(page_size=7)),
        ("PROCTOR_SCORE_WEIGHTS", '{"copy": 3}', "score_weights", {"copy": 3}),
        ("PROCTOR_IMPORT_DIR", "/srv/videos", "import_dir", Path("/srv/videos")),
        ("PROCTOR_DATA_DIR", "/srv/proctor", "data_dir", Path("/srv/proctor")),
        ("PROCTOR_LOG_LEVEL", "DEBUG", "log_level", "DEBUG"),
        ("MONGODB_URL", "mongodb://u:p@db.example/?replicaSet=a,b", "mongodb_url", "mongodb://u:p@db.example/?replicaSet=a,b"),
        ("STORAGE_BACKEND", "gridfs", "storage_backend", "gridfs"),
    ],
)  # fmt: skip
def test_a_variable_is_read_in_the_form_its_setting_has(
    folder: Folder, variable: str, text: str, key: str, value: object
) -> None:
    assert getattr(folder.load(**{variable: text}), key) == value


@pytest.mark.parametrize("key", sorted(Settings.model_fields.keys() - {name.lower() for name in SECRET_NAMES}))
def test_an_empty_variable_counts_as_not_set(folder: Folder, key: str) -> None:
    assert folder.load(**{f"PROCTOR_{key.upper()}": ""}) == folder.load()


@pytest.mark.parametrize("key", ["data_dir", "import_dir"])
def test_a_relative_folder_lies_in_the_checkout(folder: Folder, key: str) -> None:
    assert getattr(folder.load(**{f"PROCTOR_{key.upper()}": "elsewhere"}), key) == folder.path / "elsewhere"


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"colour": "red"}, "colour is not a setting; see docs/settings.md"),
        ({"limits": {"colour": 1}}, "limits.colour is not a setting; see docs/settings.md"),
        ({"SECRET_KEY": SECRET}, "SECRET_KEY is not a setting; see docs/settings.md"),
        ({"mode": "live"}, "mode: Input should be 'production' or 'demo'"),
        ({"name": 5}, "name: must be a text"),
        ({"data_dir": 5}, "data_dir: must be a text"),
        ({"data_dir": None}, "data_dir: must be a text"),
        ({"public_urls": "https://a.example"}, "public_urls: must be a list"),
        ({"limits": []}, "limits: must be a JSON object"),
        ({"limits": {"page_size": 0}}, "limits.page_size: Input should be greater than or equal to 1"),
        ({"limits": {"page_size": 201}}, "limits.page_size: Input should be less than or equal to 200"),
        ({"turn_minutes": 61}, "turn_minutes: Input should be less than or equal to 60"),
        ({"exam_app_port": 65_536}, "exam_app_port: Input should be less than or equal to 65535"),
        ({"database": "a/b"}, "database: String should match pattern '^[A-Za-z0-9_-]{1,38}$'"),
        ({"exam_app_networks": ["10.0.0.1/8"]}, "exam_app_networks: 10.0.0.1/8 has host bits set"),
        ({"backend_url": "proctor.example.org"}, "backend_url: must be an address like https://proctor.example.org"),
        ({"backend_url": "https://u:p@a.example"}, "backend_url: must be an address like https://proctor.example.org"),
        ({"frontend_url": "http://a.example:99999"}, "frontend_url: must be an address like https://proctor.example.org"),
        ({"frontend_url": "http://a.example/?x=1"}, "frontend_url: must be an address like https://proctor.example.org"),
        (
            {"exam_app_origins": ["https://a.example/"]},
            "exam_app_origins: 'https://a.example/' must be an origin like https://exams.example.org, without a path",
        ),
        (
            {"mongodb_url": "mongodb://proctor:pw@db.example"},
            "config.json: mongodb_url holds a password; use MONGODB_URL in the environment",
        ),
        (
            {"message_queue": "redis://:pw@redis.example/0"},
            "config.json: message_queue holds a password; use PROCTOR_MESSAGE_QUEUE in the environment",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_plain_words(folder: Folder, values: object, fault: str) -> None:
    folder.config(values)

    assert folder.faults() == [fault]


@pytest.mark.parametrize("text", ["nonsense", "[", "5", '"text"'])
def test_a_variable_that_should_hold_an_object_and_does_not_is_refused(folder: Folder, text: str) -> None:
    assert folder.faults(PROCTOR_LIMITS=text) == ["limits: must be a JSON object"]


def test_a_variable_that_should_hold_a_number_and_does_not_is_refused(folder: Folder) -> None:
    [fault] = folder.faults(PROCTOR_EXAM_APP_PORT="http")

    assert fault.startswith("exam_app_port: Input should be a valid integer")


@pytest.mark.parametrize("content", ["{", "[]", '"text"', "\ufeff{}"])
def test_a_config_file_that_holds_no_object_is_refused(folder: Folder, content: str) -> None:
    (folder.path / "config.json").write_text(content, encoding="utf-8")

    [fault] = folder.faults()

    assert fault.startswith("config.json ")


def test_every_fault_is_named_at_once_those_of_secrets_and_of_combinations_included(folder: Folder) -> None:
    folder.config({"colour": "red", "mode": "live", "secret_key": SECRET, "turn_urls": ["turn:a.example"]})

    faults = folder.faults(
        SECRET_KEY="short", EXAM_APP_PREFIXES=SECRET, AGENT_SECRET="change-me" * 8, PROCTOR_API_ACCESS="open"
    )

    assert sorted(faults) == sorted(
        [
            "config.json: secret_key is a secret and does not belong there; use SECRET_KEY in the environment",
            "colour is not a setting; see docs/settings.md",
            "mode: Input should be 'production' or 'demo'",
            f"SECRET_KEY is shorter than 32 characters: {A_BETTER_ONE}",
            f"AGENT_SECRET is a sample value: {A_BETTER_ONE}",
            "api_access 'open' is only for mode 'demo'; set exam_app_networks or EXAM_APP_KEYS instead",
            "EXAM_APP_PREFIXES are no proof alone: set exam_app_networks as well",
            "turn_urls needs TURN_SECRET",
        ]
    )
    assert all(fault in str(SettingsError(faults)) for fault in faults)


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_no_secret_may_stand_in_the_file_that_exam_apps_read(folder: Folder, name: str) -> None:
    folder.config({name.lower(): SECRET})

    assert folder.faults() == [
        f"config.json: {name.lower()} is a secret and does not belong there; use {name} in the environment"
    ]


@pytest.mark.parametrize(
    "secret", ["", "tooweak", "x" * 64, "change-this-" + SECRET, "PASSWORD" + SECRET, "dev-" + SECRET]
)
def test_a_missing_short_or_sample_secret_key_does_not_start_a_server(folder: Folder, secret: str) -> None:
    [fault] = folder.faults(SECRET_KEY=secret)

    assert fault.startswith("SECRET_KEY is ")
    assert not secret or secret not in fault


@pytest.mark.parametrize(
    "url", ["mongodb://proctor:pa/ss@db/", "mongodb://proctor:p@ss@db/", "mongodb://", "postgres://db", "db:port"]
)
def test_an_address_that_is_none_of_a_database_is_refused_without_its_password(folder: Folder, url: str) -> None:
    [fault] = folder.faults(MONGODB_URL=url)

    assert fault.startswith("mongodb_url: must look like mongodb://")
    assert "ss@" not in fault


@pytest.mark.parametrize(
    "url",
    ["db:27018", "mongodb://a:p%40ss@db/?authSource=admin", "mongodb+srv://cluster.example.org/", "mongodb://a,b"],
)
def test_every_address_that_the_driver_takes_is_taken(folder: Folder, url: str) -> None:
    assert folder.load(MONGODB_URL=url).mongodb_url == url


def test_a_time_that_no_calendar_holds_is_refused(folder: Folder) -> None:
    faults = folder.faults(PROCTOR_LOGIN_HOURS="9" * 12, PROCTOR_RETENTION_DAYS="9" * 7)

    assert [fault.split(":")[0] for fault in faults] == ["retention_days", "login_hours"]


def test_every_one_of_several_keys_must_be_strong(folder: Folder) -> None:
    assert folder.faults(EXAM_APP_KEYS=f"{SECRET},short") == [
        f"EXAM_APP_KEYS is shorter than 32 characters: {A_BETTER_ONE}"
    ]


def test_several_keys_hold_at_once_while_they_are_changed_over(folder: Folder) -> None:
    assert folder.load(EXAM_APP_KEYS=f"{SECRET}, {OTHER_SECRET},").exam_app_keys == (SECRET, OTHER_SECRET)


def test_secrets_come_from_the_file_of_secrets_and_the_environment_wins(folder: Folder) -> None:
    folder.secrets({"SECRET_KEY": OTHER_SECRET, "TURN_SECRET": OTHER_SECRET, "EXAM_APP_KEYS": [OTHER_SECRET]})

    from_file = load(folder.path, {})
    from_both = load(folder.path, {"TURN_SECRET": SECRET})

    assert (from_file.secret_key, from_file.turn_secret) == (OTHER_SECRET, OTHER_SECRET)
    assert from_file.exam_app_keys == (OTHER_SECRET,)
    assert (from_both.secret_key, from_both.turn_secret) == (OTHER_SECRET, SECRET)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_of_secrets_that_others_can_read_is_refused(folder: Folder, mode: int) -> None:
    folder.secrets({"SECRET_KEY": OTHER_SECRET}, mode)

    assert folder.faults() == ["secrets.json can be read by others: chmod 600 it and change the secrets in it"]


def test_an_unknown_name_in_the_file_of_secrets_is_refused(folder: Folder) -> None:
    folder.secrets({"SECRET_KEY": SECRET, "SECRET": SECRET})

    assert folder.faults() == ["secrets.json: unknown key SECRET"]


@pytest.mark.parametrize("value", [5, True, {"a": "b"}])
def test_keys_of_exam_apps_that_are_no_list_are_refused(folder: Folder, value: object) -> None:
    folder.secrets({"EXAM_APP_KEYS": value})

    assert folder.faults() == ["EXAM_APP_KEYS: must be a list"]


def test_open_access_is_for_the_demo_only(folder: Folder) -> None:
    assert folder.load(PROCTOR_MODE="demo", PROCTOR_API_ACCESS="open").api_access == "open"
    assert folder.faults(PROCTOR_API_ACCESS="open") == [
        "api_access 'open' is only for mode 'demo'; set exam_app_networks or EXAM_APP_KEYS instead"
    ]


def test_a_prefix_is_accepted_only_beside_the_networks_it_is_used_from(folder: Folder) -> None:
    networks = {"PROCTOR_EXAM_APP_NETWORKS": "10.1.0.0/16"}

    assert folder.load(EXAM_APP_PREFIXES=SECRET, **networks).exam_app_prefixes == (SECRET,)
    assert folder.faults(EXAM_APP_PREFIXES=SECRET) == [
        "EXAM_APP_PREFIXES are no proof alone: set exam_app_networks as well"
    ]


def test_no_secret_shows_when_settings_are_printed(folder: Folder) -> None:
    folder.secrets(dict.fromkeys(SECRET_NAMES, SECRET))
    settings = folder.load(PROCTOR_EXAM_APP_NETWORKS="10.1.0.0/16")

    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


def test_our_origins_are_the_public_ones_or_those_of_both_addresses(folder: Folder) -> None:
    urls = {"PROCTOR_BACKEND_URL": "https://a.example/x/y", "PROCTOR_FRONTEND_URL": "https://A.example:443"}

    assert folder.load(**urls).origins == ("https://a.example",)
    assert folder.load(PROCTOR_PUBLIC_URLS="https://b.example", **urls).origins == ("https://b.example",)


def test_cookies_are_secure_where_every_origin_is(folder: Folder) -> None:
    assert folder.load(PROCTOR_PUBLIC_URLS="https://a.example").secure_cookies
    assert not folder.load(PROCTOR_PUBLIC_URLS="https://a.example,http://localhost:8000").secure_cookies


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://a.example", "https://a.example"),
        ("https://a.example/exam?x=1#y", "https://a.example"),
        ("https://A.Example:443/", "https://a.example"),
        ("HTTP://a.example:80", "http://a.example"),
        ("http://a.example:443", "http://a.example:443"),
        ("http://[::1]:3000/exam", "http://[::1]:3000"),
    ],
)
def test_an_origin_has_the_form_that_browsers_send(url: str, origin: str) -> None:
    assert origin_of(url) == origin


ODD_URLS = [
    "", "a.example", "//a.example", "/\\a.example", "https:a.example", "https:/a.example", "https:///a.example",
    "https://", "javascript:alert(1)", "data:text/html,x", "ftp://a.example", "https://u@a.example",
    "https://u:p@a.example", "https://a.example\\@b.example", "https://a.example\t", "\nhttps://a.example",
    "https://a.exa\tmple", "https://a.example/\x7f", "https://a.example/ü", "https://bücher.example",
    "https://a.example:99999", "https://a.example:x", "https://[::1", "blob:https://a.example/x",
]  # fmt: skip


@pytest.mark.parametrize("url", ODD_URLS)
def test_what_browsers_and_libraries_could_read_differently_has_no_origin(url: str) -> None:
    assert origin_of(url) is None


@given(st.text(max_size=60), st.sampled_from(["", "https://", "http://a.example", "https://a.example@"]))
def test_an_origin_is_its_own_origin_whatever_the_address(text: str, start: str) -> None:
    origin = origin_of(start + text)

    assert origin is None or origin_of(origin) == origin


def loaded_or_refused(call: Callable[[], Any]) -> bool:
    try:
        return isinstance(call(), Settings)
    except SettingsError as error:
        return bool(error.faults)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(Settings.model_fields)), JSON_VALUES)
def test_any_value_of_any_setting_is_used_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: object
) -> None:
    folder = Folder(tmp_path_factory.mktemp("folder"))
    folder.config({key: value})

    assert loaded_or_refused(folder.load)


@given(st.sampled_from(sorted(Settings.model_fields)), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_in_any_variable_is_used_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, key: str, text: str
) -> None:
    folder = Folder(tmp_path_factory.getbasetemp())

    assert loaded_or_refused(lambda: folder.load(**{f"PROCTOR_{key.upper()}": text}))


@given(st.sampled_from(SECRET_NAMES), JSON_VALUES)
def test_any_value_of_any_secret_is_used_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: object
) -> None:
    folder = Folder(tmp_path_factory.mktemp("folder"))
    folder.secrets({name: value})

    assert loaded_or_refused(folder.load)
