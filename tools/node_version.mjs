// Says in a sentence which node is needed, where this one is older. Everything in tools/ imports this first, by way of process.mjs;
// tools/setup runs it.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 11)) {
  console.error(`Sidetone needs node 20.11 or newer (https://nodejs.org/en/download); this is ${process.version}.`);
  process.exit(1);
}
