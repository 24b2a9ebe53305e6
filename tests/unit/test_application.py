"""What our Flask leaves out or remembers changes no answer."""

from __future__ import annotations

import pytest
from flask import request
from flask.testing import FlaskClient

from proctor.web import application
from proctor.web.application import Application, Asked


@pytest.fixture
def client() -> FlaskClient:
    app = Application("tests", root_path=".")
    app.config["TRUSTED_HOSTS"] = ["localhost", "exam.example.org"]

    @app.get("/things/<name>")
    def show(name: str) -> str:
        assert request.view_args
        request.view_args["name"] = "changed"
        return f"{name} {request.host}"

    @app.post("/things/<name>")
    def keep(name: str) -> str:
        asked = request
        asked.max_content_length = 5
        assert isinstance(asked, Asked)
        return f"{name}: {asked.body().decode()}"

    return app.test_client()


def test_an_address_means_the_same_each_time(client: FlaskClient) -> None:
    told = [client.get("/things/one"), client.get("/things/one"), client.get("/things/two"), client.get("/things/one")]
    assert [one.text for one in told] == ["one localhost", "one localhost", "two localhost", "one localhost"]


def test_an_address_is_remembered_by_method(client: FlaskClient) -> None:
    assert client.get("/things/one").text == "one localhost"
    assert client.post("/things/one", data="hello").text == "one: hello"
    assert client.put("/things/one").status_code == 405
    assert client.get("/nothing").status_code == client.get("/nothing").status_code == 404


def test_only_so_many_addresses_are_remembered(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "MAX_KNOWN_ADDRESSES", 2)
    names = ["one", "two", "three", "one", "four", "two"]
    assert [client.get(f"/things/{name}").text.split()[0] for name in names] == names


@pytest.mark.parametrize("host", ["localhost", "exam.example.org", "localhost:8000"])
def test_our_own_names_are_answered_again_and_again(client: FlaskClient, host: str) -> None:
    assert [client.get("/things/one", headers={"Host": host}).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("host", ["other.example.org", "localhost.evil.example", "a b"])
def test_other_names_are_refused_again_and_again(client: FlaskClient, host: str) -> None:
    assert [client.get("/things/one", headers={"Host": host}).status_code for _ in range(2)] == [400, 400]


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    assert client.post("/things/one", data="12345").status_code == 200
    assert client.post("/things/one", data="123456").status_code == 413
