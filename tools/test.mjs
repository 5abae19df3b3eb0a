// npm test: sets up, builds what the chosen suites need and runs them. Built-in modules only: on a fresh clone nothing is installed.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BuildError, setup } from "./build.mjs";
import { endAll, killAll, root } from "./process.mjs";
import { builds, suites } from "./suites.mjs";
import { foundOf, keepMinutes } from "./test_times.mjs";

const usage = `npm test                       all suites, in order
npm test -- SUITE…             some of them
npm test -- --skip SUITE       all but this one; may be repeated
npm test -- --list             names and says what there is
npm test -- --no-build         run what is built already`;

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        list: { type: "boolean" },
        help: { type: "boolean", short: "h" },
        "no-build": { type: "boolean" },
        skip: { type: "string", multiple: true, default: [] },
      },
    });
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

const { values, positionals } = options();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
if (values.list) {
  const width = Math.max(...suites.map((suite) => suite.name.length));
  for (const suite of suites) console.log(`${suite.name.padEnd(width)}  ${suite.about}`);
  process.exit(0);
}
const unknown = [...positionals, ...values.skip].filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(", ")}. There are: ${suites.map((suite) => suite.name).join(", ")}`);
  process.exit(2);
}
const chosen = suites.filter(
  (suite) => (positionals.length === 0 || positionals.includes(suite.name)) && !values.skip.includes(suite.name),
);

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => void endAll().then(() => process.exit(130)));
}
process.on("exit", killAll);

const clean = !existsSync(join(root, "build"));
const logs = join(root, "build/test-logs");
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const began = performance.now();
const total = { passed: 0, failed: 0 };
let preparedMs = 0;

/** @returns what went wrong, or nothing */
async function prepare(needs, done) {
  for (const name of needs) {
    if (done.has(name)) {
      if (done.get(name)) return done.get(name);
      continue;
    }
    const start = performance.now();
    try {
      await builds[name]();
      done.set(name, undefined);
      console.log(`build ${name}: ${seconds(start)}`);
    } catch (error) {
      if (!(error instanceof BuildError)) throw error;
      const failure = `${error.message}\n${error.output}`;
      done.set(name, `${error.message} (see above)`);
      return failure;
    }
  }
  return undefined;
}

/** Builds what a suite needs. @returns what went wrong, or nothing */
async function prepareSuite(suite, done) {
  const begun = performance.now();
  const failure = values["no-build"] ? undefined : await prepare(suite.needs, done);
  preparedMs += performance.now() - begun;
  return failure;
}

async function runSuite(suite, failure) {
  const start = performance.now();
  const result = failure ? { passed: 0, failed: 1, output: failure } : await suite.run();
  // A suite in which nothing ran has proved nothing.
  if (result.passed + result.failed === 0) Object.assign(result, { failed: 1, failures: `${result.output}\nno test was run\n` });
  total.passed += result.passed;
  total.failed += result.failed;
  writeFileSync(join(logs, `${suite.name}.log`), result.output);
  // Where others passed, what one said of its failure is not to be searched for among them.
  if (result.failed > 0) console.log((result.failures ?? result.output).trimEnd());
  console.log(`${suite.name}: ${result.passed} passed, ${result.failed} failed${result.note ? `, ${result.note}` : ""} (${seconds(start)})`);
}

mkdirSync(logs, { recursive: true });
if (!values["no-build"]) {
  try {
    await setup();
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.log(`${error.message}\n0 passed, 1 failed`);
    process.exit(1);
  }
}
preparedMs = performance.now() - began;
const done = new Map();
for (const suite of chosen) {
  if (chosen.some(({ name }) => name === suite.beside)) continue;
  const ready = [];
  for (const one of [suite, ...chosen.filter(({ beside }) => beside === suite.name)]) ready.push([one, await prepareSuite(one, done)]);
  await Promise.all(ready.map(([one, failure]) => runSuite(one, failure)));
}
console.log(`all: ${seconds(began)}`);
const found = foundOf({ clean, preparedMs });
if (found && chosen.length === suites.length && !values["no-build"] && total.failed === 0)
  keepMinutes(join(root, "build/test-times.json"), found, (performance.now() - began) / 60_000);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);
