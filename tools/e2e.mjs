// The suite `e2e`: each file of end-to-end tests in a network of its own, so that it has all ports and its captures hear nobody else.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesBelow, nodeTests, sum } from "./node_tests.mjs";
import { inParallel, root } from "./process.mjs";

/** What takes longest begins first, or all would wait for it at the end. */
const longest = [
  ...["browsers", "page_engines", "access", "page_offline", "page", "page_sound", "page_many"],
  ...["telephones", "page_calls", "keys", "servers", "talk", "survive", "narrow", "handover", "robots"],
];

function inOrder(files) {
  const place = (file) => {
    const index = longest.findIndex((name) => file === `tests/e2e/${name}.test.ts`);
    return index < 0 ? longest.length : index;
  };
  return [...files].sort((a, b) => place(a) - place(b));
}

function runFile(file) {
  const bundle = file.replace(/^tests/, "build/web-tests").replace(/\.ts$/, ".mjs");
  return nodeTests([bundle], { prefix: ["tools/own_network"] });
}
const eachOf = (files) => inOrder(files).map((file) => () => runFile(file));

export async function endToEnd() {
  if (process.getuid() !== 0) return { passed: 0, failed: 1, output: "e2e needs root (captures, networks of their own): sudo npm test -- e2e" };
  const files = ["e2e", "support"].flatMap((folder) => filesBelow(`tests/${folder}`, ".test.ts"));
  const marked = (mark) => files.filter((file) => readFileSync(join(root, file), "utf8").startsWith(`// ${mark}:`));
  const [busy, browsing, alone] = [marked("Beside others"), marked("One at a time"), marked("Alone")];
  // Those that follow sound or time come after the busy ones: a machine that has nothing left delays what is no real-time thread. They wait most of the time.
  const calm = files.filter((file) => ![...busy, ...browsing, ...alone].includes(file));
  const oneByOne = async () => sum(await inParallel(eachOf(browsing), 1));
  const phases = [
    [eachOf(busy), 2],
    [[oneByOne, ...eachOf(calm)], 3],
    [eachOf(alone), 1],
  ];
  const results = [];
  for (const [jobs, width] of phases) results.push(...(await inParallel(jobs, width)));
  return sum(results);
}
