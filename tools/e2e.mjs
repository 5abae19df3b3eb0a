// The suite `e2e`: each file of end-to-end tests in a network of its own, so that it has all ports and its captures hear nobody else.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesBelow, nodeTests, sum } from "./node_tests.mjs";
import { inParallel, root } from "./process.mjs";

/** What takes longest begins first, or all would wait for it at the end. */
const longest = ["browsers", "page_engines", "access", "page_offline", "page", "page_sound", "page_many", "telephones", "page_calls", "keys", "servers", "talk"];

function inOrder(files) {
  const place = (file) => {
    const index = longest.findIndex((name) => file === `tests/e2e/${name}.test.ts`);
    return index < 0 ? longest.length : index;
  };
  return [...files].sort((a, b) => place(a) - place(b));
}

async function runAll(files, width) {
  const jobs = inOrder(files).map((file) => () => {
    const bundle = file.replace(/^tests/, "build/web-tests").replace(/\.ts$/, ".mjs");
    return nodeTests([bundle], { prefix: ["tools/own_network"] });
  });
  return sum(await inParallel(jobs, width));
}

export async function endToEnd() {
  if (process.getuid() !== 0) return { passed: 0, failed: 1, output: "e2e needs root (captures, networks of their own): sudo npm test -- e2e" };
  const files = ["e2e", "support"].flatMap((folder) => filesBelow(`tests/${folder}`, ".test.ts"));
  const marked = (mark) => files.filter((file) => readFileSync(join(root, file), "utf8").startsWith(`// ${mark}:`));
  const [busy, alone] = [marked("Beside others"), marked("Alone")];
  // Those that follow sound or time come after the busy ones: a machine that has nothing left delays what is no real-time thread. They wait most of the time.
  const attentive = files.filter((file) => !busy.includes(file) && !alone.includes(file));
  return sum([await runAll(busy, 2), await runAll(attentive, 2), await runAll(alone, 1)]);
}
