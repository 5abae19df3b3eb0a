// npm start: sets up, builds, and runs the service with the demo company until Ctrl-C.
import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { BuildError, cmake, page, setup, web } from "./build.mjs";
import { endAll, root } from "./process.mjs";

const usage = `npm start [-- OPTIONS]

  --port N       port of the service on 127.0.0.1 (default 8020; 0: any free one)
  --data DIR     where accounts, chats and logs are kept (default data/)
  --no-setup     do not look for missing packages
  --no-build     run what is built already, at once
  --no-robots    without Echo and Music
  --help

Ctrl-C ends everything that this has started.`;

const defaultData = join(root, "data");

function options() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string", default: "8020" },
        data: { type: "string", default: defaultData },
        "no-setup": { type: "boolean", default: false },
        "no-build": { type: "boolean", default: false },
        "no-robots": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`--port ${values.port} is not a port`);
    return { ...values, port, data: resolve(values.data) };
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

const chosen = options();
if (chosen.help) {
  console.log(usage);
  process.exit(0);
}

// --- programs, and their end ---

const programs = new Set();
let ending;

/** Where `npm run call` finds the address, as long as the service runs. */
const addressFile = join(chosen.data, "service.json");
let announced = false;

/** Starts a program whose standard error goes to a log file; when it ends by itself, everything ends, and it ends with this program in any case. */
function launch(name, command, args) {
  const logFile = join(chosen.data, `${name}.log`);
  const log = createWriteStream(logFile, { flags: "a" });
  const child = spawn("setpriv", ["--pdeathsig", "TERM", command, ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const program = { name, child, logFile, lines: createInterface({ input: child.stdout }) };
  program.exited = new Promise((done) => {
    child.on("error", (error) => {
      console.error(`${name}: ${error.message}`);
      done();
    });
    child.on("close", done);
  });
  child.stderr.pipe(log);
  programs.add(program);
  program.exited.then(() => {
    programs.delete(program);
    if (ending) return;
    console.error(`${name} has ended by itself. The end of ${logFile}:\n${lastLines(logFile)}`);
    end(1);
  });
  return program;
}

function lastLines(file, count = 15) {
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n").slice(-count).join("\n") : "";
}

/** Ends all programs, those of set-up and build too, and then this one; one that does not stop when asked is killed after 5 s. */
function end(code) {
  ending ??= (async () => {
    if (announced) rmSync(addressFile, { force: true });
    await endAll();
    const all = [...programs];
    for (const { child } of all) child.kill("SIGTERM");
    const timer = setTimeout(() => all.forEach(({ child }) => child.kill("SIGKILL")), 5000);
    await Promise.all(all.map(({ exited }) => exited));
    clearTimeout(timer);
    process.exit(code);
  })();
  return ending;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => end(0));

/** The rest of the first line that begins with `word`. */
function lineAfter(program, word) {
  return new Promise((found) => {
    program.lines.on("line", (line) => {
      if (line.startsWith(`${word} `)) found(line.slice(word.length + 1));
    });
  });
}

// --- the steps ---

/** So that the line can be copied into a shell. */
function shellWord(word) {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

async function build() {
  const built = existsSync(join(root, "build/native/service/sidetone-service"));
  if (!built) console.log("Building; this takes some minutes the first time.");
  await cmake("native", ["sidetone-service", "sidetone-host", "protocol"]);
  await cmake("wasm", ["sidetone_core_module", "sidetone_page_module"]);
  await web();
  await page();
}

async function main() {
  if (!chosen["no-setup"]) await setup();
  if (!chosen["no-build"]) await build();
  mkdirSync(chosen.data, { recursive: true, mode: 0o700 });

  const service = launch("service", join(root, "build/native/service/sidetone-service"), [
    "--demo",
    ...["--data", chosen.data],
    ...["--port", String(chosen.port)],
    ...["--web-root", join(root, "build/web/page")],
  ]);
  const address = await lineAfter(service, "ready");
  if (ending) return;
  writeFileSync(addressFile, `${JSON.stringify({ url: address })}\n`);
  announced = true;

  const credential = join(chosen.data, "robot-host.json");
  if (!chosen["no-robots"]) {
    launch("robot-host", join(root, "build/native/native-host/sidetone-host"), [
      "--no-devices",
      "--no-loopback",
      ...["--service", address.replace(/^http/, "ws")],
      ...["--credential", credential],
      ...["--data", join(chosen.data, "robot-host")],
    ]);
  }

  const call = `npm run call --${chosen.data === defaultData ? "" : ` --data ${shellWord(chosen.data)}`}`;
  console.log(`
Sidetone runs at ${address}

  sign in as alice, bob, carol, dave … with the password sidetone${chosen["no-robots"] ? "" : "\n  robots: echo says back what it hears, music plays"}
  data and logs: ${chosen.data}

  place a call:  ${call} --from alice --to bob${chosen["no-robots"] ? "" : `\n                 ${call} --from alice --to echo`}

Ctrl-C ends it.`);
}

main().catch((error) => {
  console.error(error instanceof BuildError ? `${error.message}\n${error.output}` : error);
  end(1);
});
