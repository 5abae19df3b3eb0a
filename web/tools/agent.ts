// A client process for tests, driven by JSON lines: the same SidetoneClient that a page uses.
//
//   node build/web/agent.mjs --service http://127.0.0.1:PORT --state FILE [--host rendezvous|loopback|none] [--auto-answer]
//                            [--relay-only] [--source DEVICE] [--levels MS] [--frames] [--ca FILE] [--origin URL]
//
//   --state FILE    token and device key are kept here (0600); with it a restarted agent signs in by itself
//   --host          the way to the native host (default rendezvous); none: calls cannot be placed or answered
//   --source        what is sent instead of the default microphone: a device id, or `music`, `echo`
//   --origin        Origin header of the loopback way in
//
// In, one JSON object a line: {"id":1,"do":"sign_in",…}. Out: {"id":1,"ok":true,…} or {"id":1,"ok":false,"code":"…","text":"…"}.
//
//   do               with                                    answers with
//   sign_in          user, password, code?                   name, user (number)
//   sign_out
//   state                                                    state: the whole view (`View` of #client)
//   status           availability (off|on|away|dnd), text?, until?
//   favourite        user, on                                (state's view has the favourites)
//   save_number      number, name                            without a name: it is kept no more
//   watch            users: [sign-in name or number]         (presence of these, all of them each time)
//   chat             to, text                                number (place in the conversation; answered when stored)
//   open             with                                    conversation (its newest messages are then fetched)
//   older            conversation                            added
//   read             conversation
//   typing           conversation
//   call             to | number                             call (id; answered when the call is being placed)
//   answer           call?                                   (answered when this device has won; without call: the one that rings)
//   decline, hang_up, take_up    call?
//   mute             call?, muted
//   wait_call        call?, phase | identity, within_ms?     call: the whole call, once it is in that phase (default 15000 ms)
//   press            call?, keys, duration_ms?, gap_ms?
//   stats            call?                                   stats: RTCStats dictionaries
//   devices                                                  devices: the host's audio devices
//   pair             code                                    pairing, name, address
//   confirm          pairing, accept?
//   pair_now         code                                    host (pair and confirm, then waits until the host is online)
//   unpair           host
//   hosts                                                    hosts
//   sessions                                                 devices: this user's signed-in devices
//   revoke           device
//   second_factor                                            second_factor (on, since, recovery codes left)
//   second_factor_begin    password                          secret: what an authenticator app is set up with
//   second_factor_confirm  code                              codes: recovery codes
//   second_factor_remove   password, code
//   raw              frame: string                           (sends this text to the service as it is; answers come as events)
//   drop                                                     (cuts the socket to the service without a word)
//   quit                                                     (ends without hanging up: calls go on)
//
// Unasked, one line for every change that matters:
//   {"event":"ready"}                                                     the first line
//   {"event":"connection","phase":"online|waiting|…","reason":"…"}
//   {"event":"call","call":{…}}                                            on every change but that of levels
//   {"event":"levels","call":"…","sent":0.1,"received":0.1}                this often, with --levels MS
//   {"event":"key","call":"…","key":"5","sent":true|false,"durationMs":100}  a key sounds here, or the far end has pressed it
//   {"event":"ring","call":"…","tone":"ring|ring_back"}, {"event":"stop_ring","call":"…"}
//   {"event":"message","conversation":1,"message":{…}}                     a new message, or one whose state has changed
//   {"event":"presence","presence":{…}}, {"event":"typing","conversation":1,"users":[2]}
//   {"event":"history","history":[…]}, {"event":"hosts","hosts":[…]}
//   {"event":"frame","text":"…"}                                           every frame of the service, with --frames
//   {"event":"report","text":"…"}                                          something was not as it should be
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import type { Availability, Call, CallPhase, Identity } from "#client";
import { IntentError, SidetoneClient } from "../client/client.ts";
import type { ClientView } from "../client/core.ts";
import type { HostWay } from "../client/host_links.ts";
import { nodePlatform } from "../client/node.ts";
import type { KeyPress } from "../client/voice.ts";

const { values: options } = parseArgs({
  options: {
    service: { type: "string", default: "http://127.0.0.1:8020" },
    state: { type: "string" },
    host: { type: "string", default: "rendezvous" },
    "auto-answer": { type: "boolean", default: false },
    "relay-only": { type: "boolean", default: false },
    source: { type: "string", default: "" },
    ca: { type: "string" },
    origin: { type: "string" },
    levels: { type: "string", default: "0" },
    frames: { type: "boolean", default: false },
  },
});

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const client = await SidetoneClient.create({
  service: options.service,
  hostWay: options.host as HostWay | "none",
  autoAnswer: options["auto-answer"],
  relayOnly: options["relay-only"],
  source: options.source,
  levelsEveryMs: Number(options.levels),
  platform: nodePlatform({ state: options.state, origin: options.origin, ca: options.ca ? readFileSync(options.ca, "utf8") : undefined }),
});

/** Says what is not as it was. */
class Watcher {
  #known = new Map<string, string>();

  look(view: ClientView): void {
    this.#tell("connection", { event: "connection", phase: view.connection, reason: view.reason });
    for (const call of view.calls) {
      this.#tell(`call ${call.call}`, { event: "call", call: { ...call, sent: undefined, received: undefined } });
      if (call.sent !== 0 || call.received !== 0) this.#tell(`levels ${call.call}`, { event: "levels", call: call.call, sent: call.sent, received: call.received });
    }
    for (const { conversation, messages, typing } of view.conversations) {
      for (const message of messages ?? []) this.#tell(`message ${conversation} ${message.number || message.id}`, { event: "message", conversation, message });
      if (typing || this.#known.has(`typing ${conversation}`)) this.#tell(`typing ${conversation}`, { event: "typing", conversation, users: typing ?? [] });
    }
    for (const presence of view.presence) this.#tell(`presence ${presence.user}`, { event: "presence", presence });
    this.#tell("history", { event: "history", history: view.history });
    this.#tell("hosts", { event: "hosts", hosts: view.hosts });
  }

  #tell(key: string, line: object): void {
    const text = JSON.stringify(line);
    if (this.#known.get(key) === text) return;
    this.#known.set(key, text);
    process.stdout.write(`${text}\n`);
  }
}

interface Request {
  id: number;
  do: string;
  [key: string]: unknown;
}

/** A fault of the request itself. */
class BadRequest extends Error {}

function text(request: Request, key: string): string {
  const value = request[key];
  if (typeof value !== "string") throw new BadRequest(`${request.do}: '${key}' must be a string`);
  return value;
}
function number(request: Request, key: string): number {
  const value = request[key];
  if (typeof value !== "number") throw new BadRequest(`${request.do}: '${key}' must be a number`);
  return value;
}

/** Somebody, by number or by sign-in name. */
async function user(who: unknown): Promise<number> {
  if (typeof who === "number") return who;
  const contact = await client.until(() => client.contact(String(who)), `${String(who)} is in the directory`, 10_000, (view) => `${view.contacts.length} contacts`);
  return contact.user;
}

/** The call that is named, or else the last one in one of these phases. */
function theCall(request: Request, ...phases: CallPhase[]): string {
  if (typeof request["call"] === "string") return request["call"];
  const call = client.view.calls.findLast((one) => phases.includes(one.phase));
  if (!call) throw new BadRequest(`there is no call that is ${phases.join(" or ")}`);
  return call.call;
}
const running: CallPhase[] = ["preparing", "dialling", "ringing", "answering", "connecting", "in_call", "taking_up"];

async function waitCall(request: Request): Promise<Call> {
  const phase = request["phase"] as CallPhase | undefined;
  const identity = request["identity"] as Identity | undefined;
  return client.until(
    (view) => view.calls.findLast((one) => (request["call"] ?? one.call) === one.call && (phase ?? one.phase) === one.phase && (identity ?? one.identity) === one.identity),
    `a call that is ${phase ?? ""} ${identity ?? ""}`,
    (request["within_ms"] as number | undefined) ?? 15_000,
    (view) => view.calls,
  );
}

async function pairNow(request: Request): Promise<object> {
  const before = new Set(client.view.hosts.map((one) => one.host));
  await client.confirmHost(await client.pairHost(text(request, "code")), true);
  const host = await client.until((view) => view.hosts.find((one) => one.online && !before.has(one.host)), "the paired host is online", 15_000, (view) => view.hosts);
  return { host: host.host };
}

async function stats(request: Request): Promise<object> {
  const call = theCall(request, "in_call", "connecting", "ended");
  const connection = client.connectionOf(call);
  if (!connection) throw new BadRequest("this device has no peer connection of that call");
  const report: unknown[] = [];
  (await connection.getStats()).forEach((one) => report.push(one));
  return { stats: report };
}

const nothing = async (done: Promise<unknown>) => {
  await done;
  return {};
};

const actions: Record<string, (request: Request) => Promise<object> | object> = {
  sign_in: async (request) => {
    await client.signIn(text(request, "user"), text(request, "password"), request["code"] === undefined ? undefined : text(request, "code"));
    return { name: client.view.name, user: client.view.user };
  },
  sign_out: () => nothing(client.signOut()),
  state: () => ({ state: client.view }),
  status: (request) => nothing(client.setStatus(text(request, "availability") as Availability, request["text"] as string | undefined, request["until"] as number | undefined)),
  favourite: async (request) => nothing(client.setFavourite(await user(request["user"]), request["on"] === true)),
  save_number: (request) => nothing(client.saveNumber(text(request, "number"), request["name"] as string | undefined)),
  watch: async (request) => {
    client.watch(await Promise.all((request["users"] as unknown[]).map(user)));
    return {};
  },
  chat: async (request) => ({ number: await client.sendChat(await user(request["to"]), text(request, "text")) }),
  open: async (request) => ({ conversation: await client.openConversation(await user(request["with"])) }),
  older: async (request) => ({ added: Number(await client.intent({ t: "older_messages", conversation: number(request, "conversation") })) }),
  read: (request) => nothing(client.intent({ t: "read_chat", conversation: number(request, "conversation") })),
  typing: (request) => {
    client.dispatch({ t: "typing", conversation: number(request, "conversation") });
    return {};
  },
  call: async (request) => ({ call: await client.placeCall(request["number"] === undefined ? { user: await user(request["to"]) } : { number: text(request, "number") }) }),
  answer: (request) => nothing(client.answer(theCall(request, "incoming"))),
  decline: (request) => nothing(client.decline(theCall(request, "incoming"))),
  hang_up: (request) => nothing(client.hangUp(theCall(request, ...running))),
  take_up: (request) => nothing(client.takeUp(theCall(request, "elsewhere"))),
  mute: (request) => nothing(client.mute(theCall(request, ...running), request["muted"] === true)),
  press: (request) => {
    client.pressKeys(theCall(request, "in_call"), text(request, "keys"), request["duration_ms"] as number | undefined, request["gap_ms"] as number | undefined);
    return {};
  },
  wait_call: async (request) => ({ call: await waitCall(request) }),
  stats,
  devices: async () => {
    const host = client.view.voice.host ?? client.view.hosts.find((one) => one.online)?.host;
    if (host === undefined) throw new BadRequest("no host is online");
    return { devices: await client.devicesOf(host).enumerateDevices() };
  },
  pair: async (request) => {
    const pairing = await client.pairHost(text(request, "code"));
    return { ...client.view.pairing, pairing };
  },
  confirm: (request) => nothing(client.confirmHost(text(request, "pairing"), request["accept"] !== false)),
  pair_now: pairNow,
  unpair: (request) => nothing(client.intent({ t: "unpair_host", host: text(request, "host") })),
  hosts: () => ({ hosts: client.view.hosts }),
  sessions: async () => {
    await client.intent({ t: "list_devices" });
    return { devices: client.view.devices };
  },
  revoke: (request) => nothing(client.intent({ t: "revoke_device", device: number(request, "device") })),
  second_factor: async () => {
    await client.intent({ t: "get_second_factor" });
    return { second_factor: client.view.second_factor };
  },
  second_factor_begin: async (request) => {
    await client.intent({ t: "begin_second_factor", password: text(request, "password") });
    return { secret: client.view.second_factor_secret };
  },
  second_factor_confirm: async (request) => {
    await client.intent({ t: "confirm_second_factor", code: text(request, "code") });
    const codes = client.view.recovery_codes;
    await client.intent({ t: "leave_second_factor" });
    return { codes };
  },
  second_factor_remove: (request) => nothing(client.intent({ t: "remove_second_factor", password: text(request, "password"), code: text(request, "code") })),
  raw: (request) => {
    client.sendRaw(text(request, "frame"));
    return {};
  },
  drop: () => {
    client.dropSocket();
    return {};
  },
  quit: async () => {
    setImmediate(() => void client.close().then(() => process.exit(0)));
    return {};
  },
};

async function carryOut(line: string): Promise<void> {
  let id: number | undefined;
  try {
    const request = JSON.parse(line) as Request;
    id = request.id;
    const action = actions[request.do];
    if (!action) throw new BadRequest(`there is no '${request.do}'`);
    say({ id, ok: true, ...(await action(request)) });
  } catch (error) {
    const code = error instanceof IntentError ? error.code : error instanceof BadRequest ? "malformed" : "unavailable";
    say({ id, ok: false, code, text: error instanceof Error ? error.message : String(error) });
  }
}

const watcher = new Watcher();
client.addEventListener("change", () => watcher.look(client.view));
for (const kind of ["ring", "stop_ring"])
  client.addEventListener(kind, (event) => {
    const { call, tone } = (event as CustomEvent<{ call: string; tone?: string }>).detail;
    say({ event: kind, call, tone });
  });
client.addEventListener("key", (event) => say({ event: "key", ...(event as CustomEvent<KeyPress>).detail }));
client.addEventListener("report", (event) => say({ event: "report", text: (event as CustomEvent<string>).detail }));
if (options.frames) client.addEventListener("frame", (event) => say({ event: "frame", text: (event as CustomEvent<string>).detail }));

say({ event: "ready" });
watcher.look(client.view);
createInterface({ input: process.stdin })
  .on("line", (line) => void carryOut(line))
  .on("close", () => void client.close().then(() => process.exit(0)));
