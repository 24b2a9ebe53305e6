"""A file that a browser's own MediaRecorder made goes through the sessions API, and comes back as it was."""

from __future__ import annotations

import base64
import hashlib

import requests
from playwright.sync_api import Browser

from tests.support.live import ExamApp
from tests.support.server import Server

RECORD = """async (address) => {
  const canvas = document.createElement("canvas");
  const paint = canvas.getContext("2d");
  const timer = setInterval(() => {
    paint.fillStyle = `hsl(${performance.now() % 360} 50% 50%)`;
    paint.fillRect(0, 0, 300, 150);
  }, 40);
  const recorder = new MediaRecorder(canvas.captureStream(25), {mimeType: "video/webm"});
  const chunks = [];
  recorder.ondataavailable = ({data}) => chunks.push(data);
  const stopped = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start(100);
  await new Promise((resolve) => setTimeout(resolve, 600));
  recorder.stop();
  await stopped;
  clearInterval(timer);
  const blob = new Blob(chunks, {type: "video/webm"});
  const form = new FormData();
  form.append("file", blob, "recording.webm");
  const answer = await fetch(address, {method: "POST", body: form});
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return {status: answer.status, body: await answer.json(), sent: btoa(String.fromCharCode(...bytes))};
}"""


def test_what_a_browser_records_is_kept_as_it_was_sent(chromium: Browser, server: Server) -> None:
    session_id = ExamApp(server.url).join("Recorded")
    with chromium.new_context(base_url=server.url) as context:
        page = context.new_page()
        page.goto("/join")
        result = page.evaluate(RECORD, f"/sessions/{session_id}/video")

    sent = base64.b64decode(result["sent"])
    assert (result["status"], result["body"]["video_status"]) == (200, "stored")
    assert result["body"]["video_path"] == f"/videos/{session_id}.webm"
    fetched = requests.get(f"{server.url}{result['body']['video_path']}", timeout=10)
    assert fetched.headers["Content-Type"] == "video/webm"
    assert hashlib.sha256(fetched.content).digest() == hashlib.sha256(sent).digest()
    assert len(sent) > 1_000
