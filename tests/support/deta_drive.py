"""A server that behaves as Deta's public description of Drive's HTTP API says, for tests.

It is strict where the description sets limits (10 MB a request, 5 MB a part but the last) and keeps files on
disk, so that a test's memory is the client's. Where the description is silent, switches cover both answers.
"""

from __future__ import annotations

import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

MB = 1024 * 1024
MAX_BODY_BYTES = 10 * MB
MIN_PART_BYTES = 5 * MB

Query = dict[str, str]


class DetaDrive:
    """Drives under ``root``, served on a free loopback port while the context is open."""

    def __init__(self, root: Path, *, answers_ranges: bool = True, page_size: int = 1000) -> None:
        self.root = root
        self.answers_ranges = answers_ranges
        self.page_size = page_size
        self.lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.drive = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def unfinished_uploads(self) -> list[Path]:
        """Return the uploads that were neither ended nor aborted."""
        return [path for path in self.root.glob("*/*/uploads/*") if path.is_dir()]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    drive: DetaDrive
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that break off are part of the tests."""


class _Refused(Exception):
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, *args: object) -> None:
        """Keep the tests' output clean."""

    def _serve(self) -> None:
        try:
            self._route()
        except _Refused as refusal:
            self.close_connection = True
            self._answer(refusal.status, {"errors": [refusal.reason]})

    def _route(self) -> None:
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        version, project, drive, *rest = [unquote(piece) for piece in url.path.strip("/").split("/")]
        if version != "v1" or self.headers["X-API-Key"] != f"{project}_secret":
            raise _Refused(401, "Unauthorized")
        folder = self.server.drive.root / project / drive
        if rest and rest[0] == "files":
            self._route_files((self.command, *rest[1:]), folder, query)
        elif rest and rest[0] == "uploads":
            self._route_uploads((self.command, *rest[1:]), folder, query)
        else:
            raise _Refused(404, "no such endpoint")

    def _route_files(self, call: tuple[str, ...], folder: Path, query: Query) -> None:
        match call:
            case ("POST",):
                self._put_file(folder, query)
            case ("GET",):
                self._list_files(folder, query)
            case ("DELETE",):
                self._delete_files(folder)
            case ("GET", "download"):
                self._download(folder, query)
            case _:
                raise _Refused(404, "no such endpoint")

    def _route_uploads(self, call: tuple[str, ...], folder: Path, query: Query) -> None:
        match call:
            case ("POST",):
                self._begin_upload(folder, query)
            case ("POST", upload_id, "parts"):
                self._put_part(folder / "uploads" / upload_id, query)
            case ("PATCH", upload_id):
                self._end_upload(folder, upload_id, query)
            case ("DELETE", upload_id):
                self._abort_upload(folder / "uploads" / upload_id, query)
            case _:
                raise _Refused(404, "no such endpoint")

    def _put_file(self, folder: Path, query: Query) -> None:
        name = _required(query, "name")
        incoming = folder / "incoming" / uuid4().hex
        self._receive(incoming)
        self._show(folder, name, incoming)
        self._answer(201, {"name": name})

    def _begin_upload(self, folder: Path, query: Query) -> None:
        upload_id = uuid4().hex
        upload = folder / "uploads" / upload_id
        upload.mkdir(parents=True)
        (upload / "name").write_text(_required(query, "name"))
        self._answer(202, {"name": query["name"], "upload_id": upload_id})

    def _put_part(self, upload: Path, query: Query) -> None:
        self._check_upload(upload, query)
        number = int(_required(query, "part"))
        self._receive(upload / f"part-{number:06}")
        self._answer(200, {"name": query["name"], "upload_id": upload.name, "part": number})

    def _end_upload(self, folder: Path, upload_id: str, query: Query) -> None:
        upload = folder / "uploads" / upload_id
        self._check_upload(upload, query)
        parts = sorted(upload.glob("part-*"))
        if any(part.stat().st_size < MIN_PART_BYTES for part in parts[:-1]):
            raise _Refused(400, "a part is smaller than 5 MB")
        whole = folder / "incoming" / uuid4().hex
        whole.parent.mkdir(parents=True, exist_ok=True)
        with whole.open("wb") as target:
            for part in parts:
                with part.open("rb") as source:
                    shutil.copyfileobj(source, target, MB)
        self._show(folder, query["name"], whole)
        shutil.rmtree(upload)
        self._answer(200, {"name": query["name"], "upload_id": upload_id})

    def _abort_upload(self, upload: Path, query: Query) -> None:
        self._check_upload(upload, query)
        shutil.rmtree(upload)
        self._answer(200, {"name": query["name"], "upload_id": upload.name})

    def _check_upload(self, upload: Path, query: Query) -> None:
        if not upload.is_dir() or (upload / "name").read_text() != _required(query, "name"):
            raise _Refused(404, "no such upload")

    def _download(self, folder: Path, query: Query) -> None:
        path = folder / "files" / _required(query, "name")
        if not path.is_file():
            raise _Refused(404, "no such file")
        with path.open("rb") as file:
            size = path.stat().st_size
            start, end, status = self._wanted_range(size)
            self.send_response(status)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Content-Length", str(end - start))
            if status == 206:
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
            self.end_headers()
            file.seek(start)
            left = end - start
            while left:
                chunk = file.read(min(MB, left))
                self.wfile.write(chunk)
                left -= len(chunk)

    def _wanted_range(self, size: int) -> tuple[int, int, int]:
        asked = self.headers.get("Range", "")
        if not asked or not self.server.drive.answers_ranges:
            return 0, size, 200
        first, _, last = asked.removeprefix("bytes=").partition("-")
        if int(first) >= size:
            raise _Refused(416, "no such range")
        return int(first), min(int(last) + 1, size) if last else size, 206

    def _list_files(self, folder: Path, query: Query) -> None:
        if not folder.is_dir():
            raise _Refused(404, "no such drive")
        limit = min(int(query.get("limit", "1000")), self.server.drive.page_size)
        prefix, last = query.get("prefix", ""), query.get("last", "")
        found = sorted(path.name for path in (folder / "files").glob("*"))
        rest = [name for name in found if name > last and name.startswith(prefix)]
        answer: dict[str, object] = {"names": rest[:limit]}
        if len(rest) > limit:
            answer["paging"] = {"size": limit, "last": rest[limit - 1]}
        self._answer(200, answer)

    def _delete_files(self, folder: Path) -> None:
        names = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["names"]
        for name in names:
            (folder / "files" / name).unlink(missing_ok=True)
        self._answer(200, {"deleted": names, "failed": {}})

    def _receive(self, path: Path) -> None:
        left = int(self.headers.get("Content-Length", "0"))
        if left > MAX_BODY_BYTES:
            raise _Refused(413, "413 Request Entity Too Large")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            while left:
                chunk = self.rfile.read(min(MB, left))
                if not chunk:
                    raise _Refused(400, "the body broke off")
                file.write(chunk)
                left -= len(chunk)

    def _show(self, folder: Path, name: str, whole: Path) -> None:
        with self.server.drive.lock:
            (folder / "files").mkdir(parents=True, exist_ok=True)
            whole.replace(folder / "files" / name)

    def _answer(self, status: int, body: dict[str, object]) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def _required(query: Query, key: str) -> str:
    if not query.get(key):
        raise _Refused(400, f"{key} is missing")
    return query[key]
