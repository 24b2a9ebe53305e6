"""Connections of the live channel at moments when the database is away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unittest.mock import Mock, call

import pytest

from proctor.errors import Unavailable
from proctor.records import Actor, Role, SessionId, ViewerId
from proctor.settings import Limits
from proctor.sockets import rooms
from proctor.sockets.announcer import CANDIDATE, PROCTOR
from proctor.sockets.guard import Connection, Fields, GuardedNamespace
from proctor.sockets.proctor import ProctorNamespace
from tests.support.factories import NOW, make_proctor


class Page(GuardedNamespace):
    """A namespace that greets with what it is given."""

    def __init__(self, greeting: Mock) -> None:
        super().__init__(CANDIDATE, Limits())
        self.server, self.greet = Mock(), greeting  # type: ignore[method-assign]

    def admit(self, environ: Mapping[str, Any], auth: Fields) -> Actor:  # noqa: ARG002 - everybody is let in
        return Actor(Role.CANDIDATE)

    def comes(self) -> None:
        self.trigger_event("connect", "sid", {}, None)
        later, *given = self.server.start_background_task.call_args.args
        later(*given)


@pytest.mark.parametrize(
    ("problem", "hung_up"), [(None, False), (Unavailable("away"), True), (ValueError("a mistake of ours"), False)]
)
def test_a_page_that_cannot_be_told_where_it_stands_is_hung_up_and_comes_again(
    problem: Exception | None, hung_up: bool
) -> None:
    page = Page(Mock(side_effect=problem, __name__="greet"))
    page.comes()

    assert page.server.disconnect.called is hung_up


def test_a_console_that_leaves_while_the_database_is_away_frees_every_upload() -> None:
    services = Mock()
    services.settings.limits = Limits()
    services.clock.return_value = NOW
    services.store.viewers.remove.side_effect = Unavailable("away")
    consoles = ProctorNamespace(Mock(), services)
    consoles.server = Mock()
    console = Connection.of("sid", Actor(Role.PROCTOR, make_proctor()), Limits())
    console.viewers = {ViewerId("one"): SessionId("a"), ViewerId("two"): SessionId("b")}
    consoles.connections["sid"] = console

    consoles.trigger_event("disconnect", "sid")

    assert consoles.server.emit.call_args_list == [
        call("unwatch", {"viewer_id": viewer_id}, to=rooms.candidate(session_id), namespace=CANDIDATE)
        for viewer_id, session_id in (("one", "a"), ("two", "b"))
    ]
    assert consoles.namespace == PROCTOR
