"""Every setting of the server, read once at start from defaults, ``config.json`` and the environment.

The environment wins over the file. Secrets never stand in ``config.json``, which exam apps read as well: they come
from the environment or from ``secrets.json`` in the data folder, a file only its owner may read.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from proctor.domain.score import DEFAULT_WEIGHTS
from proctor.storage.config import default_backend
from proctor.store.client import is_address

SECRET_NAMES = (
    "SECRET_KEY",
    "AGENT_SECRET",
    "TURN_SECRET",
    "EXAM_APP_KEYS",
    "EXAM_APP_PREFIXES",
    "S3_ACCESS_KEY_ID",
    "S3_SECRET_ACCESS_KEY",
    "DETA_PROJECT_KEY",
)
SEVERAL = ("EXAM_APP_KEYS", "EXAM_APP_PREFIXES")
MIN_SECRET_CHARS = 32
A_BETTER_ONE = "replace it where it stands, as by what 'openssl rand -hex 32' prints"
SAMPLE_WORDS = ("change", "example", "sample", "secret-key", "placeholder", "password", "default", "dev-")
PASSWORD_IN_URL = re.compile(r"[^:/?#]+://[^/@]*:[^/]+@")
URLS_WITH_LOGINS = {"mongodb_url": "MONGODB_URL", "message_queue": "PROCTOR_MESSAGE_QUEUE"}
PLAIN_VARIABLES = {"MONGODB_URL": "mongodb_url", "STORAGE_BACKEND": "storage_backend"}


PLAIN_WORDS = {
    "tuple_type": "must be a list",
    "model_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
    "string_type": "must be a text",
    "path_type": "must be a text",
}


class SettingsError(Exception):
    """The settings cannot be used; ``faults`` has one plain sentence for each reason."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("The settings cannot be used:\n" + "\n".join(f"  - {fault}" for fault in faults))
        self.faults = faults


Count = Annotated[int, Field(ge=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(_Frozen):
    """How much of everything one caller may send or hold."""

    json_body_bytes: Count = Field(65_536, description="largest JSON body")
    note_chars: Count = Field(8_000, description="longest note")
    event_payload_bytes: Count = Field(4_096, description="largest payload of one event")
    event_batch: Count = Field(100, description="events in one message or request")
    event_batch_bytes: Count = Field(262_144, description="largest JSON list of events")
    socket_message_bytes: Count = Field(65_536, description="largest Socket.IO message")
    signals_per_minute: Count = Field(200, description="WebRTC signals per connection")
    events_per_second: Count = Field(20, description="events per candidate; three times as many in a burst")
    events_per_session: Count = Field(50_000, description="events of one session in all; the server's own still pass")
    messages_per_second: Count = Field(10, description="other messages per connection; four times as many in a burst")
    candidate_connections: Count = Field(2, description="connections a candidate may hold at a time")
    viewers_per_candidate: Count = Field(5, description="proctors' live views of one candidate")
    login_failures_per_account: Count = Field(5, description="failed logins a minute for one account from one address")
    login_failures_per_address: Count = Field(30, description="failed logins a minute from one address")
    unknown_ids_per_address: Count = Field(60, description="look-ups of unknown sessions a minute from one address")
    page_size: Count = Field(200, le=200, description="most rows in one page of a list")
    video_bytes: Count = Field(2_147_483_648, description="largest video file")
    chunk_bytes: Count = Field(8_388_608, description="largest chunk of a recording")
    session_video_bytes: Count = Field(4_294_967_296, description="all recordings of one session together")
    snapshot_bytes: Annotated[int, Field(ge=12_288)] = Field(12_288, description="largest picture for the wall")
    snapshots_per_minute: Annotated[int, Field(ge=24)] = Field(60, description="pictures for the wall per connection")
    photo_bytes: Count = Field(1_048_576, description="largest photo that a proctor asks a candidate for")
    room_scan_bytes: Count = Field(31_457_280, description="largest clip of the room that a proctor asks for")


class Settings(_Frozen):
    """The settings of one server. Each field is documented by its description, in ``docs/settings.md`` too."""

    enabled: bool = Field(True, description="whether exam apps should send their candidates here")
    name: str = Field("Proctor", description="the service's name, shown to candidates and proctors")
    backend_url: str = Field("http://localhost:8000", description="where exam apps call the API")
    frontend_url: str = Field("http://localhost:8000", description="where exam apps send candidates")
    exam_code: str = Field("DEMO", description="the exam that exam apps join")

    mode: Literal["production", "demo"] = Field(
        "production", description="demo: sample data, made-up secrets, loopback"
    )
    institution: str = Field("your institution", description="who records, as the consent text names it")
    retention_days: int = Field(30, ge=1, le=36_500, description="how long recordings and events are kept")
    audit_days: int = Field(365, ge=1, le=36_500, description="how long the audit log is kept")
    default_locale: str = Field("en", description="language of the pages where the browser asks for none we have")

    mongodb_url: str = Field("mongodb://localhost:27017", description="the MongoDB server or replica set")
    database: str = Field("proctoring", pattern=r"^[A-Za-z0-9_-]{1,38}$", description="its database")
    data_dir: Path = Field(Path("data"), description="folder of the secrets, the embedded database and local media")
    storage_backend: Literal["local", "gridfs", "s3", "deta"] = Field("local", description="where media is kept")
    import_dir: Path = Field(Path("frontend/data"), description="the one folder that videos may be imported from")
    s3_bucket: str = Field("proctor", description="bucket for storage_backend s3")
    s3_endpoint_url: str = Field("", description="S3-compatible server; empty: Amazon's")
    s3_region: str = Field("us-east-1", description="its region")
    s3_prefix: str = Field("", description="folder in the bucket that all names begin with")
    deta_drive_url: str = Field("https://drive.deta.sh", description="service that speaks Deta Drive's HTTP API")

    public_urls: tuple[str, ...] = Field(
        (), description="origins the pages are served from; empty: those of backend_url and frontend_url"
    )
    proxy_hops: int = Field(0, ge=0, le=5, description="trusted reverse proxies in front, whose headers count")
    async_mode: Literal["eventlet", "threading"] = Field("eventlet", description="how Socket.IO runs")
    message_queue: str = Field("", description="Redis URL that carries live messages between several workers")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="what is logged")

    api_access: Literal["protected", "open"] = Field(
        "protected", description="open: loopback callers of the exam app's API need no credentials"
    )
    exam_app_networks: tuple[str, ...] = Field((), description="address ranges from which exam apps may call (CIDR)")
    exam_app_port: int | None = Field(
        None, ge=1, le=65_535, description="the one port on which those addresses may call; none: any"
    )
    exam_app_origins: tuple[str, ...] = Field((), description="origins that return_url may lead to")

    ice_servers: tuple[dict[str, Any], ...] = Field((), description="STUN and TURN servers, as RTCIceServer objects")
    turn_urls: tuple[str, ...] = Field((), description="TURN servers for which credentials are made with TURN_SECRET")
    turn_minutes: int = Field(60, ge=1, le=60, description="how long TURN credentials are valid")

    login_idle_minutes: int = Field(
        30, ge=1, le=525_600, description="a proctor's login ends after so long without a sign of life"
    )
    login_hours: int = Field(12, ge=1, le=8_760, description="and after so long in any case")
    token_minutes: int = Field(15, ge=1, le=525_600, description="how long a bearer token is valid")
    warning_templates: tuple[str, ...] = Field(
        (), description="warnings that a proctor can send ready-made; empty: a list of our own"
    )
    tell_end_reason: bool = Field(
        True, description="whether candidates read why a proctor ended their exam on its last page"
    )
    detection: bool = Field(
        True, description="whether candidates' browsers watch picture and sound (docs/detection.md)"
    )
    join_expiry_hours: int = Field(24, ge=1, le=8_760, description="a session nobody sits by then expires")
    offline_after_s: int = Field(15, ge=1, le=86_400, description="silence after which a candidate counts as lost")
    score_weights: dict[str, Annotated[int, Field(ge=0, le=100)]] = Field(
        dict(DEFAULT_WEIGHTS), description="points that one event of a type costs, where the exam has no weights"
    )
    limits: Limits = Field(Limits(), description="see the table of limits")

    secret_key: str = Field("", repr=False, description="signs cookies and tokens (SECRET_KEY)")
    agent_secret: str = Field("", repr=False, description="what agents send as X-Agent-Secret (AGENT_SECRET)")
    turn_secret: str = Field("", repr=False, description="shared with coturn (TURN_SECRET)")
    exam_app_keys: tuple[str, ...] = Field((), repr=False, description="bearer keys of exam apps (EXAM_APP_KEYS)")
    exam_app_prefixes: tuple[str, ...] = Field(
        (), repr=False, description="secret path prefixes, used with exam_app_networks (EXAM_APP_PREFIXES)"
    )

    s3_access_key_id: str = Field("", repr=False, description="key of the S3 server (S3_ACCESS_KEY_ID)")
    s3_secret_access_key: str = Field("", repr=False, description="and its secret (S3_SECRET_ACCESS_KEY)")
    deta_project_key: str = Field("", repr=False, description="key of the Deta project (DETA_PROJECT_KEY)")

    @field_validator("backend_url", "frontend_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if origin_of(value) is None or "?" in value or "#" in value:
            raise ValueError("must be an address like https://proctor.example.org")
        return value.rstrip("/")

    @field_validator("mongodb_url")
    @classmethod
    def _is_database_address(cls, value: str) -> str:
        if not is_address(value):
            # Without what the driver says: it may be a part of the password.
            raise ValueError(
                "must look like mongodb://user:password@host:27017/, with %2F for each / of a password, %40 for each @"
            )
        return value

    @field_validator("public_urls", "exam_app_origins")
    @classmethod
    def _are_origins(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if origin_of(value) != value:
                raise ValueError(f"{value!r} must be an origin like https://exams.example.org, without a path")
        return values

    @field_validator("exam_app_networks")
    @classmethod
    def _are_networks(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            ipaddress.ip_network(value)
        return values

    @model_validator(mode="after")
    def _is_safe(self) -> Settings:
        faults = _faults_between(self.__dict__)
        if faults:
            raise ValueError("\n".join(faults))
        return self

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins that our own pages have, for Origin checks and Socket.IO."""
        return self.public_urls or tuple(dict.fromkeys((_origin(self.backend_url), _origin(self.frontend_url))))

    @property
    def hosts(self) -> list[str]:
        """Names under which this server may be called: those of its pages, and those that exam apps are given."""
        urls = (*self.origins, self.backend_url, self.frontend_url)
        return list(dict.fromkeys(urlsplit(url).netloc for url in urls))

    @property
    def secure_cookies(self) -> bool:
        """True when every page is served over https, so that cookies can be ``Secure``."""
        return all(origin.startswith("https://") for origin in self.origins)

    @property
    def is_demo(self) -> bool:
        """True in the mode for trying things out on one machine."""
        return self.mode == "demo"


def load(root: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of ``config.json`` in ``root`` (may be absent) and of the environment.

    A variable that is set and empty counts as not set, which is how compose files pass on what nobody gave.

    Raises:
        SettingsError: with one sentence for every fault found.
    """
    values: dict[str, Any] = {}
    faults: list[str] = []
    values.update(_read_object(root / "config.json", faults))
    faults += _secrets_in_the_open(values)
    given = {name: text for name, text in environ.items() if text}
    values.update(_from_environment(given))
    values.setdefault("storage_backend", default_backend(given))
    values.update(_folders(values, root))
    values.update(_secrets(root / str(values["data_dir"]) / "secrets.json", given, faults))
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        between = [] if any(not fault["loc"] for fault in error.errors()) else _faults_between(values)
        raise SettingsError(faults + _sentences(error) + between) from error
    if faults:
        raise SettingsError(faults)
    return settings


def origin_of(url: str) -> str | None:
    """Return the origin of ``url`` in the form browsers send (RFC 6454), or None where it is not plain http(s).

    Strict on purpose: backslashes, control characters, user names and other oddities, which browsers and libraries
    read differently, give None.
    """
    if any(ord(char) <= 32 or char in "\\\x7f" for char in url) or not url.isascii():
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not url.lower().startswith(f"{parts.scheme}://"):
        return None
    if not parts.hostname or "@" in parts.netloc:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, default} else "")


def _origin(url: str) -> str:
    origin = origin_of(url)
    if origin is None:
        raise ValueError(f"{url!r} has no origin")
    return origin


def _read_object(path: Path, faults: list[str]) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        faults.append(f"{path.name} cannot be read: {error}")
        return {}
    if not isinstance(found, dict):
        faults.append(f"{path.name} must hold one JSON object")
        return {}
    return found


def _secrets_in_the_open(values: dict[str, Any]) -> list[str]:
    """Take the secrets out of what ``config.json`` holds, and return a fault for each."""
    found = [name for name in SECRET_NAMES if values.pop(name.lower(), None) is not None]
    faults = [
        f"config.json: {name.lower()} is a secret and does not belong there; use {name} in the environment"
        for name in found
    ]
    for key, variable in URLS_WITH_LOGINS.items():
        if PASSWORD_IN_URL.match(str(values.get(key, ""))):
            faults.append(f"config.json: {key} holds a password; use {variable} in the environment")
    return faults


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, field in Settings.model_fields.items():
        text = environ.get(f"PROCTOR_{key.upper()}")
        if text is not None and key.upper() not in SECRET_NAMES:
            values[key] = _parse(text, field.annotation)
    values.update({key: environ[name] for name, key in PLAIN_VARIABLES.items() if name in environ})
    return values


def _parse(text: str, annotation: object) -> Any:
    """Return a variable's text in the form that its field takes: lists as JSON or comma-separated, objects as JSON.

    Numbers and truth values stay texts, which pydantic reads; so does what is wrong, for pydantic to name.
    """
    is_list = get_origin(annotation) is tuple
    if is_list and str in get_args(annotation) and not text.lstrip().startswith("["):
        return _listed(text)
    if not is_list and annotation is not Limits and get_origin(annotation) is not dict:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _folders(values: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """Return the folders, relative ones in the checkout; what is no text stays, for pydantic to name."""
    given = {name: values.get(name, str(Settings.model_fields[name].default)) for name in ("data_dir", "import_dir")}
    return {name: root / folder if isinstance(folder, str) else folder for name, folder in given.items()}


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _secrets(path: Path, environ: Mapping[str, str], faults: list[str]) -> dict[str, Any]:
    stored = _read_object(path, faults)
    if stored and stat.S_IMODE(path.stat().st_mode) & 0o077:
        faults.append(f"{path.name} can be read by others: chmod 600 it and change the secrets in it")
    faults += [f"{path.name}: unknown key {key}" for key in stored if key not in SECRET_NAMES]
    found = {name: environ.get(name, stored.get(name)) for name in SECRET_NAMES}
    return {
        name.lower(): _listed(value) if name in SEVERAL and isinstance(value, str) else value
        for name, value in found.items()
        if value is not None
    }


def _faults_between(values: Mapping[str, Any]) -> list[str]:
    """What is wrong with the secrets, and with values that do not fit each other."""
    faults = _secret_faults(values)
    if values.get("mode") != "demo" and values.get("api_access") == "open":
        faults.append("api_access 'open' is only for mode 'demo'; set exam_app_networks or EXAM_APP_KEYS instead")
    if values.get("exam_app_prefixes") and not values.get("exam_app_networks"):
        faults.append("EXAM_APP_PREFIXES are no proof alone: set exam_app_networks as well")
    if values.get("storage_backend") == "deta" and not values.get("deta_project_key"):
        faults.append("storage_backend 'deta' needs DETA_PROJECT_KEY")
    if values.get("turn_urls") and not values.get("turn_secret"):
        faults.append("turn_urls needs TURN_SECRET")
    return faults


def _secret_faults(values: Mapping[str, Any]) -> list[str]:
    named = [("SECRET_KEY", values.get("secret_key") or "")]
    named += [(name, values[name.lower()]) for name in ("AGENT_SECRET", "TURN_SECRET") if values.get(name.lower())]
    named += [(name, key) for name in SEVERAL for key in _list_or_nothing(values.get(name.lower()))]
    return [f"{name} {fault}" for name, value in named if (fault := _weakness(str(value)))]


def _list_or_nothing(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _weakness(secret: str) -> str | None:
    if not secret:
        return "is missing: set it in the environment, or run 'make secrets'"
    if len(secret) < MIN_SECRET_CHARS:
        return f"is shorter than {MIN_SECRET_CHARS} characters: {A_BETTER_ONE}"
    if any(word in secret.lower() for word in SAMPLE_WORDS) or len(set(secret)) < 8:
        return f"is a sample value: {A_BETTER_ONE}"
    return None


def _sentences(error: ValidationError) -> list[str]:
    sentences = []
    for fault in error.errors():
        where = ".".join(str(part) for part in fault["loc"])
        name = where.upper() if where.upper() in SECRET_NAMES else where
        if fault["type"] == "extra_forbidden":
            sentences.append(f"{where} is not a setting; see docs/settings.md")
        elif where:
            words = PLAIN_WORDS.get(fault["type"], fault["msg"].removeprefix("Value error, "))
            sentences.append(f"{name}: {words}")
        else:
            sentences += fault["msg"].removeprefix("Value error, ").split("\n")
    return sentences
