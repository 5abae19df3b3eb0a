// npm run fuzz: the fuzz targets for longer than `npm test` gives them.
import { parseArgs } from "node:util";
import { BuildError, setup } from "./build.mjs";
import { fuzz } from "./fuzz.mjs";
import { endAll, killAll } from "./process.mjs";
import { builds } from "./suites.mjs";

const usage = `npm run fuzz -- [--seconds N] [TARGET…]   each target for N seconds, 600 unless told, as many at once as there are processors;
                                          what it finds lies beside the programs in build/asan/tests/fuzz`;

let parsed;
try {
  parsed = parseArgs({ allowPositionals: true, options: { seconds: { type: "string", default: "600" }, help: { type: "boolean" } } });
  if (!/^[1-9]\d{0,5}$/.test(parsed.values.seconds)) throw new Error(`--seconds ${parsed.values.seconds}: a whole number of 1 to 999999`);
} catch (error) {
  console.error(`${error.message}\n\n${usage}`);
  process.exit(2);
}
if (parsed.values.help) {
  console.log(usage);
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void endAll().then(() => process.exit(130)));
process.on("exit", killAll);
try {
  await setup();
  await builds.fuzzers();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(`${error.message}\n${error.output}`);
  process.exit(1);
}
const result = await fuzz({ secondsEach: Number(parsed.values.seconds), only: parsed.positionals });
if (result.failed > 0) console.log(result.output.trimEnd());
console.log(`${result.passed} passed, ${result.failed} failed, ${result.note}`);
process.exit(result.failed > 0 ? 1 : 0);
