import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { needsRemedy } from "../../../proctor/static/js/candidate/checks.js";

const root = new URL("../../../proctor/", import.meta.url);
const template = readFileSync(new URL("templates/candidate/_messages.html", root), "utf8");
const keys = new Set([...template.matchAll(/^ {2}"([\w.]+)":/gm)].map(([, key]) => key));

/** @type {Record<string, string[]>} */
const OUTCOMES = {
  browser: ["waiting", "running", "passed", "insecure", "unsupported"],
  camera: ["waiting", "running", "passed", "denied", "missing", "busy", "failed", "lost"],
  microphone: ["waiting", "running", "listening", "passed", "silent", "denied", "missing", "busy", "failed", "lost"],
  screen: ["waiting", "running", "passed", "partial", "denied", "unsupported", "lost"],
  network: ["waiting", "running", "passed", "slow", "failed"],
  watch: ["waiting", "running", "calibrating", "passed", "unsure", "unavailable"],
};

test("each outcome of each check has its sentence, and each trouble its remedy", () => {
  for (const [name, outcomes] of Object.entries(OUTCOMES)) {
    assert.ok(keys.has(`check.name.${name}`), name);
    for (const outcome of outcomes) {
      assert.ok(keys.has(`check.${name}.${outcome}`), `check.${name}.${outcome}`);
      assert.equal(keys.has(`check.${name}.${outcome}.remedy`), needsRemedy(outcome), `${name} ${outcome} remedy`);
    }
  }
});

test("each state of the recording has its sign, and what the candidate should know of its words", () => {
  for (const state of ["on", "partly", "full", "unavailable", "refused", "server_full"]) assert.ok(keys.has(`recording.${state}`), state);
  for (const state of ["full", "refused", "server_full"]) {
    for (const part of ["title", "text"]) assert.ok(keys.has(`recording.${state}.${part}`), `${state} ${part}`);
  }
});

test("each text that a script asks for by name is on the page", () => {
  const folders = ["static/js/candidate/", "static/js/pages/"];
  for (const folder of folders) {
    for (const file of readdirSync(new URL(folder, root))) {
      if (folder.endsWith("pages/") && file !== "entry.js") continue;
      const source = readFileSync(new URL(folder + file, root), "utf8");
      for (const [, key] of source.matchAll(/\btext\("([\w.]+)"/g)) assert.ok(keys.has(key ?? ""), `${file}: ${key}`);
    }
  }
});
