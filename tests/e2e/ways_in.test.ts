// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Call } from "#client";
import { type HostTicketGranted } from "#protocol";
import { type Endpoint, makeEndpoint } from "../support/endpoints.ts";
import { Host } from "../support/host.ts";
import { makeRunFolder } from "../support/paths.ts";
import { endAll, needRoot, run } from "../support/processes.ts";
import { Service } from "../support/service.ts";
import { type AnyFrame, confirmPairing, Refused, signInRaw, Wire } from "../support/wire.ts";

/** The two ways to a native host, by rendezvous and by loopback, and who is turned away at each. */

const logs = makeRunFolder("ways-in");
let service: Service;
let host: Host;
let hostId: string;
let wire: Wire;

before(async () => {
  service = await Service.start({ logs });
  host = new Host({ name: "host-frank", logs, service: service.url });
  ({ wire } = await signInRaw(service.url, "frank", "sidetone"));
  await confirmPairing(wire, await host.pairingCode());
  hostId = (await host.signedIn()).host;
});
after(endAll);

/** One message of the control protocol by rendezvous. */
async function control(from: Wire, to: string, message: { t: string; r: number; [key: string]: unknown }): Promise<Record<string, unknown>> {
  from.raw(JSON.stringify({ t: "control", h: to, x: JSON.stringify(message) }));
  const inside = (frame: AnyFrame): Record<string, unknown> => JSON.parse(String(frame["x"])) as Record<string, unknown>;
  return inside(await from.next("an answer of the host", (frame) => frame.t === "control" && frame["h"] === to && inside(frame)["r"] === message.r));
}

const ticket = (): Promise<HostTicketGranted> => wire.ask<HostTicketGranted>({ t: "host_ticket", h: hostId } as { t: string });
const refusal = async (attempt: Promise<unknown>): Promise<string> => {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
  return "let in";
};
function comeIn(granted: HostTicketGranted, options: { origin?: string; host?: string; ticket?: string } = {}): Promise<Wire> {
  return Wire.connect(`ws://127.0.0.1:${granted.p}/control`, {
    subprotocols: ["sidetone.1", options.ticket ?? granted.k],
    ...(options.origin === undefined ? {} : { origin: options.origin }),
    ...(options.host === undefined ? {} : { headers: { host: options.host } }),
  });
}

test("a host keeps its credential to its user", () => {
  assert.equal(statSync(join(host.data, "host.json")).mode & 0o777, 0o600);
});

test("by rendezvous: the control protocol answers, with its own request ids", async () => {
  const attached = await control(wire, hostId, { t: "attach", r: 71, v: 1 });
  assert.equal(attached["t"], "attached");
  assert.equal(attached["r"], 71);
  const refused = await control(wire, hostId, { t: "offer_create", r: 72, p: "nobody" });
  assert.deepEqual([refused["t"], refused["r"], refused["c"]], ["error", 72, "not_found"]);
});

test("by loopback: a ticket lets a page of an allowed origin in, once", async () => {
  const granted = await ticket();
  const inside = await comeIn(granted, { origin: service.url });
  assert.equal((await inside.ask({ t: "attach", v: 1 } as { t: string })).t, "attached");
  assert.match(await refusal(comeIn(granted, { origin: service.url })), /^40[13]$/);
  inside.close();
});

test("by loopback: a program without an origin is let in with a ticket", async () => {
  const inside = await comeIn(await ticket());
  assert.equal((await inside.ask({ t: "attach", v: 1 } as { t: string })).t, "attached");
  inside.close();
});

test("by loopback: a forged origin, a wrong host name and a wrong ticket are turned away", async () => {
  for (const origin of ["https://evil.example", "null", `${service.url}.evil.example`, service.url.replace("http:", "https:")]) {
    assert.equal(await refusal(comeIn(await ticket(), { origin })), "403", origin);
  }
  const granted = await ticket();
  for (const name of ["evil.example", `evil.example:${granted.p}`, "127.0.0.1", `127.0.0.1:${granted.p + 1}`]) {
    assert.match(await refusal(comeIn(granted, { host: name })), /^4(03|21|00)$/, name);
  }
  assert.match(await refusal(comeIn(granted, { ticket: "A".repeat(granted.k.length) })), /^40[13]$/);
  assert.match(await refusal(comeIn(granted, { ticket: "x" })), /^40[013]$/);
});

test("by loopback: another user of this machine is turned away, with a good ticket too", async () => {
  needRoot();
  const granted = await ticket();
  const script = `require('http').get({host:'127.0.0.1',port:${granted.p},path:'/control',headers:{Connection:'Upgrade',Upgrade:'websocket',
    'Sec-WebSocket-Version':13,'Sec-WebSocket-Key':'AAAAAAAAAAAAAAAAAAAAAA==','Sec-WebSocket-Protocol':'sidetone.1, ${granted.k}'}})
    .on('upgrade',()=>{console.log('let in');process.exit()}).on('response',r=>{console.log(r.statusCode);process.exit()})
    .on('error',()=>{console.log('closed');process.exit()})`;
  const asNobody = await run("setpriv", ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups", process.execPath, "-e", script]);
  assert.equal(asNobody.trim(), "closed", "before a word is read");
  const asUs = await run(process.execPath, ["-e", script.replace(granted.k, (await ticket()).k)]);
  assert.equal(asUs.trim(), "let in", "the same request by the right user");
});

test("by loopback: a plain request does nothing, and the port is open on loopback alone", async () => {
  const { p: port } = await ticket();
  for (const path of ["/", "/control", "/health"]) {
    assert.ok((await fetch(`http://127.0.0.1:${port}${path}`)).status >= 400, path);
  }
  const listening = (await run("ss", ["-Hltn", `sport = :${port}`])).trim().split("\n");
  for (const line of listening) assert.match(line, /(127\.0\.0\.1|\[::1\]):\d+\s/);
});

test("a host that is paired with somebody else, or with nobody, is out of reach", async () => {
  const { wire: intruder } = await signInRaw(service.url, "grace", "sidetone");
  assert.match(await refusal(intruder.ask({ t: "host_ticket", h: hostId } as { t: string })), /^(forbidden|not_found)$/);
  assert.match(await refusal(intruder.ask({ t: "control", h: hostId, x: '{"t":"attach","r":1,"v":1}' } as { t: string })), /^(forbidden|not_found)$/);
  assert.match(await refusal(intruder.ask({ t: "host_unpair", h: hostId } as { t: string })), /^(forbidden|not_found)$/);

  const unpaired = new Host({ name: "host-unpaired", logs, service: service.url });
  await unpaired.pairingCode();
  assert.match(await refusal(intruder.ask({ t: "host_pair", c: "000-000" } as { t: string })), /^(not_found|forbidden|rate_limited)$/);
  assert.match(await refusal(intruder.ask({ t: "host_ticket", h: "AAAAAAAAAAAAAAAAAAAAAA" } as { t: string })), /^(forbidden|not_found)$/);
  await unpaired.program.stop();
  intruder.close();

  const forged = await Wire.connect(`${service.url.replace("http", "ws")}/host`);
  assert.match(
    await refusal(forged.ask({ t: "host_sign_in", h: hostId, k: "A".repeat(43), n: "forged", v: "1", l: [] } as { t: string })),
    /^(unauthenticated|forbidden)$/,
  );
  forged.close();
  assert.equal((await control(wire, hostId, { t: "attach", r: 73, v: 1 }))["t"], "attached", "the right owner is not disturbed");
});

test("a call runs with one end attached by loopback and the other by rendezvous", async () => {
  const ends: [Endpoint, Endpoint] = await Promise.all([
    makeEndpoint(service, "heidi", logs, { way: "loopback" }),
    makeEndpoint(service, "ivan", logs, { way: "rendezvous" }),
  ]);
  const [heidi, ivan] = ends;
  const call = await heidi.person.call(ivan.user);
  await ivan.person.rings();
  await ivan.person.do("answer", { call });
  await Promise.all([heidi.person.talks(call), ivan.person.talks(call)]);
  await ivan.person.do("hang_up", { call });
  assert.equal(await heidi.person.ended(call), "hung_up");
});

test("who places a call, or answers one, while the host is away for a moment talks when it is back", async () => {
  const [judy, grace] = await Promise.all([makeEndpoint(service, "judy", logs), makeEndpoint(service, "grace", logs)]);
  const waits = (end: Endpoint, phase: Call["phase"]): Promise<Call> =>
    end.person.when("the wait for the host", (view) => view.calls?.find((call) => call.phase === phase && call.host_away === true));
  await judy.host.program.stop();
  const call = await judy.person.call(grace.user);
  await waits(judy, "preparing");
  judy.host.again();
  await grace.person.rings();
  await grace.host.program.stop();
  const answered = grace.person.do("answer", { call });
  await waits(grace, "answering");
  grace.host.again();
  await answered;
  await Promise.all([judy.person.talks(call), grace.person.talks(call)]);
  await judy.person.do("hang_up", { call });
  assert.equal(await grace.person.ended(call), "hung_up");
});

test("a host that is unpaired forgets its credential and can be paired anew", async () => {
  const lines = host.program.lines.length;
  await wire.ask({ t: "host_unpair", h: hostId } as { t: string });
  assert.match(await refusal(wire.ask({ t: "control", h: hostId, x: '{"t":"attach","r":1,"v":1}' } as { t: string })), /^(forbidden|not_found)$/);
  const event = await host.program.event<{ event: string; code: string }>((one) => one.event === "pairing_code", "a new code", undefined, lines);
  await confirmPairing(wire, event.code);
});
