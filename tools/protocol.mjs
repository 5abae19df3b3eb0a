// npm run protocol: writes docs/protocol.md anew from the registry.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { cmake } from "./build.mjs";
import { root } from "./process.mjs";

await cmake("native", ["protocol"]);
copyFileSync(join(root, "build/generated/protocol.md"), join(root, "docs/protocol.md"));
