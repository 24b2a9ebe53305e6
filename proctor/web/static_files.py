"""Static files: kept for good where their address names their content, sent packed where they lie packed beside.

The detection's models and runtimes are large and never change under one address, so a browser loads them once.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Callable
from functools import cache
from pathlib import Path

from flask import Flask, request, send_file
from werkzeug.security import safe_join
from werkzeug.wrappers import Response

ONE_YEAR_S = 31_536_000
FINGERPRINT_CHARS = 12
OTHER_TYPES = {".mjs": "text/javascript", ".wasm": "application/wasm"}
"""What browsers insist on, whatever the machine's own tables say."""

Asset = Callable[[str], str]


def install(app: Flask) -> Asset:
    """Answer ``/static/…`` with the rules of this module; return the function that gives a file's address."""
    folder = Path(app.static_folder or "")

    @cache
    def fingerprint(name: str) -> str:
        path = folder / name
        return hashlib.sha256(path.read_bytes()).hexdigest()[:FINGERPRINT_CHARS] if path.is_file() else "0"

    def static(filename: str) -> Response:
        response = _packed(folder, filename) or app.send_static_file(filename)
        if (suffix := Path(filename).suffix) in OTHER_TYPES:
            response.mimetype = OTHER_TYPES[suffix]
        # Only the address that our pages gave out: a version made up elsewhere must not stick.
        if (version := request.args.get("v")) and version == fingerprint(filename):
            response.cache_control.no_cache = None
            response.cache_control.public = True
            response.cache_control.max_age = ONE_YEAR_S
            response.cache_control.immutable = True
        return response

    app.view_functions["static"] = static
    # Not by `url_for`, which fails in the page that says that a request was for a name which is not ours.
    return lambda name: f"{app.static_url_path}/{name}?v={fingerprint(name)}"


def _packed(folder: Path, filename: str) -> Response | None:
    """Return the file's ``.gz`` neighbour as an answer; None where there is none, or the browser cannot unpack it."""
    path = safe_join(str(folder), f"{filename}.gz")
    if path is None or not Path(path).is_file():
        return None
    if not request.accept_encodings["gzip"]:
        return None
    mimetype = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    response = send_file(path, mimetype=mimetype, conditional=True)
    response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    return response
