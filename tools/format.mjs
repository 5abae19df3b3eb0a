// npm run format: lays out every C++ file by .clang-format.
import { root, run } from "./process.mjs";
import { cpp, sources } from "./sources.mjs";

const { ok, output } = await run(["clang-format-14", "-i", ...sources(root, cpp)]);
if (!ok) console.error(output);
process.exit(ok ? 0 : 1);
