"""Static files: packed for those who can unpack, kept for good under an address that names their content."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from proctor.web import static_files

CONTENT = b"a model's weights " * 200


@pytest.fixture
def static_app(tmp_path: Path) -> Flask:
    app = Flask("static_test", static_folder=str(tmp_path), static_url_path="/static")
    (tmp_path / "model.tflite").write_bytes(CONTENT)
    (tmp_path / "model.tflite.gz").write_bytes(gzip.compress(CONTENT))
    (tmp_path / "plain.mjs").write_bytes(b"export {};")
    asset = static_files.install(app)
    app.add_url_rule("/address/<name>", view_func=asset, endpoint="address")
    return app


def get(app: Flask, path: str, **headers: str) -> TestResponse:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get(path, headers=sent, buffered=True)


def address(app: Flask, name: str) -> str:
    return get(app, f"/address/{name}").text


def test_a_packed_file_goes_out_packed_and_reads_the_same(static_app: Flask) -> None:
    answer = get(static_app, "/static/model.tflite", Accept_Encoding="gzip, br")

    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.mimetype == "application/octet-stream"
    assert gzip.decompress(answer.data) == CONTENT


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0"])
def test_a_browser_that_cannot_unpack_gets_the_file_itself(static_app: Flask, accepted: str) -> None:
    answer = get(static_app, "/static/model.tflite", Accept_Encoding=accepted)

    assert "Content-Encoding" not in answer.headers
    assert answer.data == CONTENT


def test_packed_and_plain_have_tags_of_their_own(static_app: Flask) -> None:
    packed = get(static_app, "/static/model.tflite", Accept_Encoding="gzip").headers["ETag"]
    plain = get(static_app, "/static/model.tflite").headers["ETag"]

    assert packed != plain
    assert get(static_app, "/static/model.tflite", Accept_Encoding="gzip", If_None_Match=packed).status_code == 304


def test_an_address_that_names_the_content_may_be_kept_for_good(static_app: Flask) -> None:
    kept = get(static_app, address(static_app, "model.tflite"), Accept_Encoding="gzip").headers["Cache-Control"]

    assert set(re.split(r", ", kept)) == {"public", "max-age=31536000", "immutable"}


@pytest.mark.parametrize("query", ["", "?v=", "?v=0", "?v=0123456789ab"])
def test_any_other_address_is_asked_again_each_time(static_app: Flask, query: str) -> None:
    assert get(static_app, f"/static/model.tflite{query}").headers["Cache-Control"] == "no-cache"


def test_modules_have_the_type_that_browsers_insist_on(static_app: Flask) -> None:
    assert get(static_app, "/static/plain.mjs").mimetype == "text/javascript"


@pytest.mark.parametrize("path", ["/static/absent", "/static/../secret", "/static/%2e%2e/%2e%2e/etc/passwd"])
def test_what_is_not_there_is_not_found(static_app: Flask, path: str) -> None:
    assert get(static_app, path, Accept_Encoding="gzip").status_code == 404
