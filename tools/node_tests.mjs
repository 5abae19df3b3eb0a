// Running test files of node's own runner, and counting what has passed.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./process.mjs";

/** Sums results of several programs. @returns with `failures`, the output of those alone that failed */
export function sum(results) {
  return {
    passed: results.reduce((count, one) => count + one.passed, 0),
    failed: results.reduce((count, one) => count + one.failed, 0),
    output: results.map((one) => one.output).join("\n"),
    failures: results.filter((one) => one.failed > 0).map((one) => one.failures ?? one.output).join("\n"),
  };
}

/**
 * The tests of these files.
 * @param {{ prefix?: string[], timeoutSeconds?: number }} [options]  prefix: words in front of the command
 */
export async function nodeTests(files, { prefix = [], timeoutSeconds = 600 } = {}) {
  // Without a name node would look for tests everywhere.
  if (files.length === 0) return { passed: 0, failed: 0, output: "no test files" };
  const logs = join(root, "build/test-logs");
  mkdirSync(logs, { recursive: true });
  const tap = join(logs, `${files[0].replaceAll("/", "-")}.tap`);
  rmSync(tap, { force: true });
  const { ok, output } = await run(
    [
      ...prefix,
      process.execPath,
      "--test",
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      "--test-reporter=tap",
      `--test-reporter-destination=${tap}`,
      ...files,
    ],
    { timeoutSeconds },
  );
  const summary = existsSync(tap) ? readFileSync(tap, "utf8") : "";
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(summary)?.[1] ?? 0);
  const failed = count("fail") + count("cancelled");
  return { passed: count("pass"), failed: failed + (!ok && failed === 0 ? 1 : 0), output };
}

/** Files below `folder` that end in `ending`, from the root, sorted. */
export function filesBelow(folder, ending) {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .sort();
}
