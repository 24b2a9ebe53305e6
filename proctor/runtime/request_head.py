"""The head of a request: read once, strictly, into what WSGI wants of it.

What two servers could read differently is refused (RFC 9112, sections 2.2, 5 and 6.3), so that nobody can hide a
request from a proxy in front of us inside another one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus

MAX_FIELDS = 100
MAX_REQUEST_LINE_BYTES = 4096
# A method is a token (RFC 9110, section 9.1); an address may hold bytes that browsers should have encoded.
REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e\x80-\xff]+) HTTP/(\d)\.(\d)")
FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# A line ends with both characters or it does not end.
UNCLEAR = re.compile(r"\0|\r(?!\n)|(?<!\r)\n")
WITHOUT_PREFIX = {"CONTENT_TYPE": "CONTENT_TYPE", "CONTENT_LENGTH": "CONTENT_LENGTH"}
# These say where a request goes and where it ends: there is one of each, or the sender is up to something.
SINGLE = frozenset({"CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_HOST", "HTTP_TRANSFER_ENCODING"})
MAX_KNOWN_NAMES = 1_000

_known_names: dict[str, str] = {}


class Refusal(Exception):
    """This request is not answered by the application but with ``status``, and the connection ends."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


@dataclass(slots=True)
class RequestHead:
    """Method, address and fields of one request.

    ``fields`` are named as in a WSGI environment (PEP 3333). ``length`` is None where the body comes in chunks.
    """

    method: str
    target: str
    version: str
    fields: dict[str, str]
    length: int | None

    @property
    def wants_more(self) -> bool:
        """True where the sender means to use the connection again (RFC 9112, section 9.3)."""
        options = self.fields.get("HTTP_CONNECTION", "").lower()
        return "close" not in options if self.version == "HTTP/1.1" else "keep-alive" in options

    @property
    def waits_for_leave(self) -> bool:
        """True where the sender holds its body back until we ask for it (RFC 9110, section 10.1.1)."""
        return self.fields.get("HTTP_EXPECT", "").lower() == "100-continue"


def parse(head: bytes) -> RequestHead:
    """Return the request whose head is ``head``, blank line included; raise ``Refusal`` for one that is not clear."""
    text = head.decode("latin-1")
    if UNCLEAR.search(text) or not text.endswith("\r\n\r\n"):
        raise Refusal(HTTPStatus.BAD_REQUEST)
    first, *lines = text[:-4].split("\r\n")
    if len(first) >= MAX_REQUEST_LINE_BYTES:
        raise Refusal(HTTPStatus.REQUEST_URI_TOO_LONG)
    found = REQUEST_LINE.fullmatch(first)
    if found is None or len(lines) > MAX_FIELDS:
        raise Refusal(HTTPStatus.BAD_REQUEST)
    method, target, major, minor = found.groups()
    if major != "1":
        raise Refusal(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED if major > "1" else HTTPStatus.BAD_REQUEST)
    fields, version = _fields(lines), "HTTP/1.0" if minor == "0" else "HTTP/1.1"
    if version == "HTTP/1.0" and "HTTP_TRANSFER_ENCODING" in fields:
        raise Refusal(HTTPStatus.BAD_REQUEST)  # who speaks it knows no chunks (RFC 9112, section 6.1)
    return RequestHead(method, target, version, fields, _length(fields))


def _fields(lines: list[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        key = _known_names.get(name) or _key(name)
        if not colon:
            raise Refusal(HTTPStatus.BAD_REQUEST)
        value = value.strip(" \t")
        if key not in fields:
            fields[key] = value
        elif key in SINGLE:
            raise Refusal(HTTPStatus.BAD_REQUEST)
        else:
            fields[key] += f"{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
    # In the environment it could not be told from the one with a hyphen, which a proxy may have set or removed.
    return fields if "" not in fields else {key: value for key, value in fields.items() if key}


def _key(name: str) -> str:
    """Return the name of a field in a WSGI environment, ``""`` for one that has no place there.

    Folded lines and spaces around a name make it none, and refuse the request.
    """
    if not FIELD_NAME.fullmatch(name):
        raise Refusal(HTTPStatus.BAD_REQUEST)
    plain = name.upper().replace("-", "_")
    key = "" if "_" in name else WITHOUT_PREFIX.get(plain, f"HTTP_{plain}")
    if len(_known_names) < MAX_KNOWN_NAMES:
        _known_names[name] = key
    return key


def _length(fields: dict[str, str]) -> int | None:
    """Return how long the body is, None where it comes in chunks; raise ``Refusal`` where that is not clear."""
    length, coding = fields.get("CONTENT_LENGTH"), fields.get("HTTP_TRANSFER_ENCODING")
    if coding is not None:
        if length is not None:
            raise Refusal(HTTPStatus.BAD_REQUEST)
        if coding.lower() != "chunked":
            raise Refusal(HTTPStatus.NOT_IMPLEMENTED)
        return None
    if length is None:
        return 0
    if not (length.isascii() and length.isdigit()) or len(length) > 18:
        raise Refusal(HTTPStatus.BAD_REQUEST)
    return int(length)
