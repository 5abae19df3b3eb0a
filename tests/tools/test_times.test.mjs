import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { foundOf, keepMinutes } from "../../tools/test_times.mjs";

const folder = mkdtempSync(join(tmpdir(), "sidetone-times-"));
after(() => rmSync(folder, { recursive: true }));

test("each figure stays until it is measured again", () => {
  const file = join(folder, "test-times.json");
  keepMinutes(file, "clean", 24.26);
  keepMinutes(file, "built", 11);
  keepMinutes(file, "built", 10);
  assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), { clean_minutes: 24.3, built_minutes: 10 });
});

test("a run that has built something is of neither kind, unless it began with nothing", () => {
  assert.equal(foundOf({ clean: true, preparedMs: 900_000 }), "clean");
  assert.equal(foundOf({ clean: false, preparedMs: 9_000 }), "built");
  assert.equal(foundOf({ clean: false, preparedMs: 90_000 }), undefined);
});
