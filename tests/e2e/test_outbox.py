"""Nothing that a candidate's page has put into its outbox is lost, and nothing of it is stored twice."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from playwright.sync_api import Browser, Page

from proctor.records import Source
from proctor.store import Store, open_store
from proctor.store.events import Window
from tests.support.live import ExamApp
from tests.support.server import Server, running

TIMES = 20
EVENT_TYPES = {"copy"}
OPEN = """async ({handle, csrfToken}) => {
  const load = (name) => import(`/static/js/${name}.js`);
  const [{Outbox}, {openOutboxStore}, {postEvents}, {Channel}] = await Promise.all(
    ["candidate/outbox", "candidate/outbox-store", "candidate/leftovers", "live/channel"].map(load));
  const channel = new Channel("/candidate", {auth: {handle}});
  const store = await openOutboxStore(handle, indexedDB);
  const send = (events, outbox) => channel.state === "online"
    ? channel.request("events", {events, outbox}).then(({accepted}) => accepted)
    : postEvents({handle, csrfToken}, events, outbox);
  const outbox = new Outbox({store, send});
  channel.onState((state) => state === "online" && outbox.flush());
  window.outbox = {store, flush: () => void outbox.flush()};
}"""
PUT = """async (number) => {
  for (let n = 0; n < number; n += 1) {
    const event = {id: crypto.randomUUID(), event_type: "copy", timestamp: new Date().toISOString()};
    await window.outbox.store.put(event);
    window.outbox.flush();
  }
}"""
IS_EMPTY = "async () => (await window.outbox.store.first(1)).length === 0"


def test_no_event_is_lost_or_doubled_while_network_and_server_are_killed_again_and_again(
    chromium: Browser, mongodb_url: str
) -> None:
    with running(mongodb_url, "test_outbox") as server, chromium.new_context(base_url=server.url) as context:
        store, page = open_store(mongodb_url, server.database), context.new_page()
        session_id = ExamApp(server.url).join("Unlucky")
        exam = claim(page, server, session_id)
        page.goto("/join")
        page.evaluate(OPEN, exam)

        sent = 0
        for _ in range(TIMES):
            page.evaluate(PUT, 2)
            context.set_offline(True)
            page.evaluate(PUT, 2)
            kill_worker(server)
            page.evaluate(PUT, 1)
            context.set_offline(False)
            page.reload()
            page.evaluate(OPEN, exam)
            page.evaluate(PUT, 1)
            sent += 6
        page.wait_for_function(IS_EMPTY)

        assert_all_came_once(store, session_id, sent)
        store.database.client.drop_database(store.database.name)
        store.close()


def claim(page: Page, server: Server, session_id: str) -> dict[str, str]:
    """Press Start, as far as the server can tell."""
    body = {"session_id": session_id, "consent_version": "test"}
    answer = page.request.post("/entry/claim", data=body, headers={"Origin": server.url})
    assert answer.ok, answer.text()
    return {"handle": answer.json()["handle"], "csrfToken": answer.json()["csrf_token"]}


def kill_worker(server: Server) -> None:
    """Kill the process that serves; gunicorn's master starts another on the same port."""
    pid = server.process.pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)


def assert_all_came_once(store: Store, session_id: str, sent: int) -> None:
    """Compare what is stored with what was sent, and with what the server has counted and missed."""
    session = store.sessions.get(session_id)
    assert session
    stored = [e for e in store.events.of_types([Window(session.id, EVENT_TYPES)]) if e.source is Source.CANDIDATE]
    assert sorted(event.seq for event in stored) == list(range(1, sent + 1))
    assert len({event.id for event in stored}) == sent
    assert "sequence_gap" not in session.counts
