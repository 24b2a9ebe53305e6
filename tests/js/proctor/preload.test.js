import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";

const SCRIPTS = new URL("../../../proctor/static/js/", import.meta.url).pathname;
const TEMPLATES = new URL("../../../proctor/templates/proctor/", import.meta.url).pathname;

/**
 * Every module that `script` imports, itself not among them.
 * @param {string} script
 * @param {Set<string>} [found]
 */
function importsOf(script, found = new Set()) {
  const source = readFileSync(decodeURI(join(SCRIPTS, `${script}.js`)), "utf8");
  for (const [, path] of source.matchAll(/^(?:import|export) [^"]*?from "(\.[^"]+)\.js";$/gm)) {
    const imported = normalize(join(dirname(script), path ?? ""));
    if (found.has(imported)) continue;
    found.add(imported);
    importsOf(imported, found);
  }
  return found;
}

/** @param {string} page */
function preloadedBy(page) {
  const template = readFileSync(decodeURI(join(TEMPLATES, `${page}.html`)), "utf8");
  const list = /preload\(\[([^\]]*)\]/.exec(template)?.[1] ?? "";
  return [...list.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
}

for (const page of ["review", "session", "sessions"]) {
  test(`the page ${page} preloads exactly the modules that its script imports`, () => {
    assert.deepEqual(preloadedBy(page).sort(), [...importsOf(`pages/${page}`)].sort());
  });
}
