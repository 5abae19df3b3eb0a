// npm run call -- --from alice --to bob: places a call from the command line and says what happens.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Call } from "#client";
import { IntentError, SidetoneClient } from "../client/client.ts";
import { nodePlatform } from "../client/node.ts";
import { pathOf } from "../client/call_path.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const usage = `npm run call -- --from NAME --to NAME [OPTIONS]

  --from NAME       sign-in name of the caller
  --to NAME         sign-in name or extension of the callee; echo and music are robots
  --password P      of both (default: that of the demo, sidetone); for the code of a second factor you are asked
  --seconds N       hang up after so long (default 10)
  --service URL     default: the demo that npm start runs, else http://127.0.0.1:8020
  --data DIR        data folder of the demo (default data/)
  --ca FILE         certificate authority of the service, PEM; default: the system's
  --no-devices      do not touch this machine's microphone and loudspeaker
  --relay-only      voice only by TURN`;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        from: { type: "string" },
        to: { type: "string" },
        password: { type: "string", default: "sidetone" },
        seconds: { type: "string", default: "10" },
        service: { type: "string" },
        data: { type: "string", default: join(root, "data") },
        ca: { type: "string" },
        "no-devices": { type: "boolean", default: false },
        "relay-only": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    if (!values.from || !values.to) throw new Error("--from and --to are needed");
    if (!(Number(values.seconds) > 0)) throw new Error(`--seconds ${values.seconds} is not a time`);
    return { ...values, from: values.from, to: values.to, seconds: Number(values.seconds) };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}

const options = readOptions();
const service = options.service ?? runningDemo() ?? "http://127.0.0.1:8020";
const folders: string[] = [];
const hosts: ChildProcess[] = [];
const people: Person[] = [];

/** The address that npm start has written down, where it runs. */
function runningDemo(): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(options.data, "service.json"), "utf8")) as { url?: string }).url;
  } catch {
    return undefined;
  }
}

const pairedWithinMs = 15_000;

const said = new Set<string>();
function sayOnce(text: string): void {
  if (!said.has(text)) console.log(text);
  said.add(text);
}

interface HostEvent {
  event: string;
  code?: string;
  host?: string;
  devices?: number;
  reason?: string;
}

/** A line of standard input: codes of a second factor stand in no list of processes. */
async function askFor(what: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const line = await new Promise<string | undefined>((resolve) => {
    lines.once("close", () => resolve(undefined));
    lines.question(what, resolve);
  });
  lines.close();
  if (line === undefined) throw new Error("a code of the second factor is wanted, and there is nobody to ask");
  return line;
}

/** A client of the service with a native host of its own. */
class Person {
  readonly name: string;
  readonly client: SidetoneClient;
  host = "";

  private constructor(name: string, client: SidetoneClient) {
    this.name = name;
    this.client = client;
  }

  static async start(name: string, settings: { autoAnswer?: boolean } = {}): Promise<Person> {
    const client = await SidetoneClient.create({
      service,
      platform: nodePlatform({ deviceName: "npm run call", ca: options.ca === undefined ? undefined : readFileSync(options.ca, "utf8") }),
      fallbackSource: "music",
      levelsEveryMs: 200,
      relayOnly: options["relay-only"],
      autoAnswer: settings.autoAnswer ?? false,
    });
    const person = new Person(name, client);
    people.push(person);
    await client.signIn(name, options.password).catch(async (error: unknown) => {
      if (!(error instanceof IntentError) || error.code !== "second_factor") throw error;
      await client.signIn(name, options.password, await askFor(`Code of the second factor of ${name}: `));
    });
    console.log(`${name} is signed in as ${client.view.name}.`);
    await person.#startHost();
    return person;
  }

  async #startHost(): Promise<void> {
    const program = join(root, "build/native/native-host/sidetone-host");
    if (!existsSync(program)) throw new Error(`${program} is not built: run npm start first`);
    mkdirSync(join(options.data, "call"), { recursive: true, mode: 0o700 });
    const data = mkdtempSync(join(options.data, "call", `${this.name}-`));
    folders.push(data);
    const child = spawn(
      program,
      [
        ...["--service", service.replace(/^http/, "ws"), "--data", data, "--name", `npm run call, for ${this.name}`, "--events", "--no-loopback"],
        ...(options["no-devices"] ? ["--no-devices"] : []),
        ...(options.ca === undefined ? [] : ["--ca", options.ca]),
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    hosts.push(child);
    console.log(`A native host of its own is started for ${this.name}, and paired by the code that it shows.`);
    let last: string[] = [];
    const failure = (what: string) => new Error([`the native host of ${this.name} ${what}`, ...last].join("\n  "));
    createInterface({ input: child.stderr }).on("line", (line) => (last = [...last.slice(-4), line]));
    let timer: NodeJS.Timeout | undefined;
    const paired = new Promise<string>((resolve, reject) => {
      timer = setTimeout(() => reject(failure(`is not at the service after ${pairedWithinMs / 1000} s`)), pairedWithinMs);
      child.on("error", reject);
      // "close" comes when the last line has been read, too.
      child.on("close", (code) => reject(failure(`has ended (${code})`)));
      createInterface({ input: child.stdout }).on("line", (line) => void this.#heard(line, resolve, reject));
    });
    paired.catch(() => undefined).finally(() => clearTimeout(timer));
    this.host = await paired;
    await this.client.until((view) => view.hosts.find((one) => one.host === this.host && one.online), "the native host is at the service", 15_000, (view) => view.hosts);
    await this.client.intent({ t: "choose_voice", way: "host", host: this.host });
  }

  async #heard(line: string, paired: (host: string) => void, failed: (error: unknown) => void): Promise<void> {
    try {
      const event = JSON.parse(line) as HostEvent;
      if (event.event === "pairing_code") await this.client.confirmHost(await this.client.pairHost(event.code ?? ""), true);
      else if (event.event === "signed_in") paired(event.host ?? "");
      else if (event.event === "audio" && event.devices === 0)
        sayOnce(`There is no audio device for ${this.name}${event.reason ? ` (${event.reason})` : ""}: music is sent instead of a microphone.`);
    } catch (error) {
      failed(error);
    }
  }

  async end(): Promise<void> {
    if (this.client.view.connection === "online") {
      if (this.host !== "") await this.client.intent({ t: "unpair_host", host: this.host }).catch(() => undefined);
      await this.client.signOut().catch(() => undefined);
    }
    await this.client.close();
  }
}

function sayProgress(call: Call, to: string): void {
  if (call.phase === "ringing") sayOnce(`${to} rings.`);
  if (call.phase === "connecting") sayOnce(`${to} has answered; the voice looks for its way.`);
  if (call.phase === "in_call") sayOnce("Connected.");
  if (call.identity === "proven") sayOnce(`Identity proven: the far end is the device that the service named.`);
  if (call.identity === "failed") sayOnce(`Identity not proven: ${call.detail}`);
}

const level = (rms: number) => (rms > 0 ? `${(20 * Math.log10(rms)).toFixed(0)} dBFS` : "silence");

async function talk(caller: Person, id: string): Promise<void> {
  const until = performance.now() + options.seconds * 1000;
  let lastPath = "";
  while (performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(1000, until - performance.now())));
    const call = caller.client.call(id);
    if (!call || call.phase === "ended") throw new Error(`the call ended: ${call?.reason ?? "gone"}${call?.detail ? ` (${call.detail})` : ""}`);
    const connection = caller.client.connectionOf(id);
    const path = connection && pathOf(await connection.getStats());
    if (path && path.way !== lastPath) console.log(`Path: ${(lastPath = path.way)}`);
    console.log(`Level sent ${level(call.sent)}, received ${level(call.received)}; ${path?.quality ?? "no figures yet"}`);
  }
}

async function main(): Promise<void> {
  const caller = await Person.start(options.from);
  await caller.client.until((view) => view.directory_ready, "the directory is there", 15_000, (view) => `${view.contacts.length} contacts`);
  const callee = caller.client.contact(options.to);
  if (!callee) throw new Error(`nobody is called ${options.to}`);
  if (!callee.robot) {
    caller.client.watch([callee.user]);
    const presence = await caller.client.until((view) => view.presence.find((one) => one.user === callee.user), `the presence of ${callee.name}`);
    if (presence.availability === "off") {
      if (!callee.address) throw new Error(`${callee.name} has no device signed in`);
      console.log(`${callee.name} has no device signed in: a client that answers is started.`);
      await Person.start(callee.address, { autoAnswer: true });
    }
  }
  const id = await caller.client.placeCall({ user: callee.user });
  console.log(`${caller.client.view.name} calls ${callee.name}.`);
  caller.client.addEventListener("change", () => {
    const call = caller.client.call(id);
    if (call) sayProgress(call, callee.name);
  });
  await caller.client.untilCall(id, "in_call", 45_000);
  await talk(caller, id);
  await caller.client.hangUp(id);
  console.log("Hung up.");
}

async function end(): Promise<void> {
  for (const person of people.splice(0)) await person.end();
  for (const host of hosts.splice(0)) {
    host.kill("SIGTERM");
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    const call = people[0]?.client.view.calls.find((one) => one.phase !== "ended");
    if (call) void people[0]?.client.hangUp(call.call);
    void end().then(() => process.exit(130));
  });

try {
  await main();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
await end();
