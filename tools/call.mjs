// npm run call -- --from alice --to bob: the command-line client of web/tools, once it is built.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./process.mjs";

const program = join(root, "build/web/call.mjs");
if (!existsSync(program)) {
  console.error("Nothing is built yet. Run npm start in another terminal, and this again when it says that Sidetone runs.");
  process.exit(1);
}
process.argv[1] = program;
await import(pathToFileURL(program));
