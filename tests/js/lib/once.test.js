import assert from "node:assert/strict";
import { test } from "node:test";
import { once } from "../../../proctor/static/js/lib/once.js";

test("a job that is under way or done is not begun again, and one that failed is", async () => {
  let begun = 0;
  /** @type {(() => void)[]} */
  const ends = [];
  const open = once(() => {
    begun += 1;
    return new Promise((resolve, reject) => ends.push(begun === 1 ? () => reject(new Error("no room")) : resolve));
  });

  const both = [open(), open()];
  ends[0]?.();
  assert.deepEqual((await Promise.allSettled(both)).map(({ status }) => status), ["rejected", "rejected"]);
  assert.equal(begun, 1);

  const again = open();
  ends[1]?.();
  await again;
  await open();
  assert.equal(begun, 2);
});
