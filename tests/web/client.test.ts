import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { PresenceChange } from "#protocol";
import { IntentError, SidetoneClient, type ClientOptions, type ViewChange } from "../../web/client/client.ts";
import { FileStorage, loadCore } from "../../web/client/node.ts";
import { type KeptText, MemoryStorage, type Platform, type Storage } from "../../web/client/platform.ts";
import { FakeHost } from "./fake_host.ts";
import { FakeService } from "./fake_service.ts";

const folder = mkdtempSync(join(tmpdir(), "sidetone-"));
const clients: SidetoneClient[] = [];
after(async () => {
  await Promise.all(clients.map((client) => client.close()));
  rmSync(folder, { recursive: true });
});

const directory = { t: "directory", f: 0, v: 3, l: [{ i: 2, n: "Bob", e: "1002", u: "bob" }] };

async function makeClient(service: FakeService, storage: Storage = new MemoryStorage(), options: Partial<ClientOptions> = {}): Promise<SidetoneClient> {
  const platform: Platform = {
    loadCore,
    webSocket: service.webSocket,
    get: () => Promise.resolve({ status: 200, body: new TextEncoder().encode(JSON.stringify(directory)) }),
    storage,
    deviceName: "test",
  };
  const client = await SidetoneClient.create({ service: "http://service.example", platform, ...options });
  clients.push(client);
  return client;
}

async function signedIn(service = new FakeService(), options: Partial<ClientOptions> = {}) {
  const client = await makeClient(service, new MemoryStorage(), options);
  await client.signIn("alice", "secret");
  await client.until((view) => view.directory_ready && view.chat_ready, "everything is synchronised");
  return { client, service };
}

test("signs in, tells its device key, and fetches the directory", async () => {
  const { client, service } = await signedIn();
  assert.equal(client.view.name, "Alice");
  assert.equal(client.contact("bob")?.user, 2);
  assert.equal(client.contact(2)?.name, "Bob");
  assert.equal(client.contact("1002")?.name, "Bob");
  const key = service.requests("sign_in")[0]?.k ?? "";
  assert.match(key, /^[\w-]{100,}$/);
});

test("a wrong password is an error with its code", async () => {
  const client = await makeClient(new FakeService());
  await assert.rejects(client.signIn("alice", "wrong"), (error) => error instanceof IntentError && error.code === "unauthenticated");
  assert.equal(client.view.connection, "signed_out");
});

test("until says what was seen when the time is over, and ends early when the predicate throws", async () => {
  const { client } = await signedIn();
  await assert.rejects(client.until(() => false, "pigs fly", 20), /not within 20 ms: pigs fly; seen: .*"connection":"online"/);
  await assert.rejects(
    client.until(() => {
      throw new Error("no pigs");
    }, "pigs fly"),
    /no pigs/,
  );
});

test("comes back by itself with its token after a loss", async () => {
  const { client, service } = await signedIn();
  service.socket.lose(1006, "cable");
  await client.until((view) => view.connection === "waiting" && view.reason === "cable", "the loss is noticed");
  await client.until((view) => view.connection === "online", "it is back", 5_000);
  const resume = service.requests("resume")[0];
  assert.equal(resume?.k, "token");
  assert.equal(resume?.i, "session");
  assert.ok((resume?.q ?? 0) >= 5);
});

test("a kept token signs in by itself, with the same device key, from a file that nobody else can read", async () => {
  const service = new FakeService();
  const file = join(folder, "state.json");
  const first = await makeClient(service, new FileStorage(file));
  await first.signIn("alice", "secret");
  await first.close();
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const second = await makeClient(service, new FileStorage(file));
  await second.until((view) => view.connection === "online", "it is online");
  assert.equal(service.requests("resume")[0]?.k, "token");
  const keys = [new FileStorage(file), new FileStorage(file)].map(async (storage) => (await storage.deviceKey()).publicKey);
  const [one, two] = await Promise.all(keys);
  assert.equal(one, two);
  assert.equal(one, service.requests("sign_in")[0]?.k);
});

test("what others say of themselves is a change that can wait, one that comes with a lamp is not", async () => {
  const { client, service } = await signedIn();
  client.watch([2]);
  const changes: boolean[] = [];
  client.addEventListener("change", (event) => changes.push((event as CustomEvent<ViewChange>).detail.canWait));
  const say = (change: PresenceChange) => service.socket.say({ t: "p", c: [change] });
  say({ u: 2, a: "on" });
  say({ u: 2, a: "on" });
  say({ u: 2, a: "away" });
  assert.equal(client.view.presence[0]?.availability, "away");
  say({ u: 2, b: "call" });
  assert.deepEqual(changes, [false, true, false]);
});

test("a message that was not acknowledged is sent again with its id, and answered once", async () => {
  const { client, service } = await signedIn();
  service.answers.set("conversation_open", () => ({ t: "conversation", i: { c: 5, m: [{ u: 1, v: 0, n: 0 }, { u: 2, v: 0, n: 0 }], n: 0, d: 0 } }));
  service.answers.set("chat_send", () => undefined);
  const sent = client.sendChat(2, "hello");
  await client.until(() => service.requests("chat_send").length === 1, "it is sent");
  service.answers.set("chat_send", () => ({ t: "chat_sent", c: 5, n: 1, d: 1 }));
  service.socket.lose(1006, "cable");
  assert.equal(await sent, 1);
  const [first, again] = service.requests("chat_send");
  assert.equal(again?.i, first?.i);
  assert.equal(client.view.conversations[0]?.messages?.length, 1);
});

/** Keeps texts in memory, and says when it has. */
class WatchedStorage extends MemoryStorage {
  #told: () => void = () => undefined;
  readonly kept = new Promise<void>((resolve) => (this.#told = resolve));
  override async keepTexts(texts: readonly KeptText[]): Promise<void> {
    await super.keepTexts(texts);
    this.#told();
  }
}

test("what was there with the service is there without it, in full length, and goes with the session", async () => {
  const service = new FakeService();
  service.answers.set("directory_sync", (request) =>
    request.t === "directory_sync" && request.v === 3 ? { t: "directory", f: 3, v: 3 } : { t: "directory_snapshot", v: 3, p: "/directory/3" },
  );
  const storage = new WatchedStorage();
  const first = await makeClient(service, storage);
  await first.signIn("alice", "secret");
  await first.until((view) => view.directory_ready && view.chat_ready, "everything is synchronised");
  await storage.kept;
  const { contacts } = first.view;
  await first.close();

  service.reachable = false;
  const second = await makeClient(service, storage);
  assert.deepEqual(second.view.contacts, contacts);
  assert.equal(second.view.history_version, 1);
  assert.ok(!second.view.directory_ready);
  assert.equal(service.requests("directory_sync").length, 1);
  service.reachable = true;
  await second.until((view) => view.directory_ready, "it is brought up to date", 5_000);
  assert.equal(service.requests("directory_sync").at(-1)?.v, 3);

  await second.signOut();
  await second.close();
  assert.deepEqual(await storage.loadTexts(), []);
});

test("where a text cannot be kept none is, and the client goes on", async () => {
  const storage = new MemoryStorage();
  await storage.keepTexts([{ owner: "1 1 ws://service.example/client", name: "history/0", text: new TextEncoder().encode('{"t":"history","f":0,"v":1}') }]);
  storage.keepTexts = () => Promise.reject(new Error("the disk is full"));
  const client = await makeClient(new FakeService(), storage);
  const reported = new Promise((resolve) => client.addEventListener("report", (event) => String((event as CustomEvent).detail).includes("the disk is full") && resolve(0)));
  await client.signIn("alice", "secret");
  await reported;
  assert.deepEqual(await storage.loadTexts(), []);
  assert.equal(client.view.connection, "online");
});

test("where kept texts cannot be read the client starts without them", async () => {
  const storage = new MemoryStorage();
  storage.loadTexts = () => Promise.reject(new Error("the database is broken"));
  const client = await makeClient(new FakeService(), storage);
  await client.signIn("alice", "secret");
});

/** A host in memory behind the rendezvous of the service in memory. */
function withHost(service: FakeService): FakeHost {
  const host = new FakeHost();
  const transport = host.accept((message) => host.unreachable === "" && service.socket.say({ t: "control", h: "host", x: message }));
  service.answers.set("control", (request) => {
    if (host.unreachable !== "") return { t: "error", c: "unavailable", x: host.unreachable };
    if (request.t === "control") transport(request.x);
    return undefined;
  });
  service.answers.set("host_list", () => ({ t: "hosts", l: [{ h: "host", n: "Endpoint", o: true }] }));
  return host;
}
/** The host leaves the service, or comes back, and the client is told. */
function hostIsThere(service: FakeService, host: FakeHost, there: boolean): void {
  host.unreachable = there ? "" : "this host is not connected now";
  service.socket.say({ t: "hosts", l: [{ h: "host", n: "Endpoint", o: there }] });
}

test("a call by a native host: offer, candidates, answer, mute, hang up", async () => {
  const service = new FakeService();
  const host = withHost(service);
  service.answers.set("call_invite", (request) => (request.t === "call_invite" ? { t: "call_ringing", c: request.c, u: 2 } : undefined));
  const { client } = await signedIn(service);
  const rings: string[] = [];
  client.addEventListener("ring", () => rings.push("ring"));
  client.addEventListener("stop_ring", () => rings.push("stop"));
  const call = await client.placeCall({ user: 2 });
  await client.untilCall(call, "ringing");
  assert.equal(host.only().info.g, call, "the host knows which call it is");
  const invite = service.requests("call_invite")[0];
  assert.match(invite?.o ?? "", /m=audio/);
  assert.match(invite?.o ?? "", /m=application/, "the identity channel is offered");
  assert.equal(invite?.h, "host");

  const peer = host.only().info.p;
  host.say({ t: "candidate_found", p: peer, a: "candidate:1 1 udp 1 10.0.0.1 5000 typ host", m: "0", l: 0, u: "u" });
  await client.until(() => service.requests("call_candidate").length === 1, "the candidate is passed on");
  service.socket.say({ t: "call_answered", c: call, o: "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n", k: "" });
  await client.untilCall(call, "connecting");
  await host.until(() => host.requests("remote_set").length === 1, "the answer is set");
  host.say({ t: "peer_state", p: peer, s0: "stable", y: "connected", z: "connected", w: "complete" });
  await client.untilCall(call, "in_call");
  assert.deepEqual(rings, ["ring", "stop"]);

  await client.mute(call, true);
  await host.until(() => host.requests("track_set").length === 1, "the microphone is off");
  await client.hangUp(call);
  assert.equal(client.call(call)?.reason, "hung_up");
  await host.until(() => host.peers.size === 0 && host.requests("track_stop").length === 1, "the host has let go of it");
});

test("a call whose host is away for a moment is placed when it is back, and what had been begun there ends", async () => {
  const service = new FakeService();
  const host = withHost(service);
  const { client } = await signedIn(service);
  host.hold.add("local_set");
  const call = await client.placeCall({ user: 2 });
  await host.until(() => host.requests("local_set").length === 1, "the offer is being made");
  const [begun = ""] = host.peers.keys();
  hostIsThere(service, host, false);
  await client.until(() => client.call(call)?.host_away, "the client waits for its host");
  assert.equal(client.call(call)?.phase, "preparing");
  host.release();
  hostIsThere(service, host, true);
  await client.until(() => service.requests("call_invite").length === 1, "the call is placed");
  await host.until(() => !host.peers.has(begun), "what was begun ends");
  assert.equal(host.only().info.g, call);
  assert.ok(!client.call(call)?.host_away);
});

test("a call that is answered while its host is away for a moment is answered when it is back", async () => {
  const service = new FakeService();
  const host = withHost(service);
  const { client } = await signedIn(service);
  service.socket.say({ t: "call_incoming", c: "incoming1", u: 2, o: "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n", k: "" });
  hostIsThere(service, host, false);
  const answered = client.answer("incoming1");
  await client.until(() => client.call("incoming1")?.host_away, "the client waits for its host");
  hostIsThere(service, host, true);
  await answered;
  assert.equal(service.requests("call_answer")[0]?.h, "host");
  await client.hangUp("incoming1");
  await host.until(() => host.peers.size === 0, "the host has let go of it");
});

test("a call that waits for its host can be hung up", async () => {
  const service = new FakeService();
  const host = withHost(service);
  const { client } = await signedIn(service);
  hostIsThere(service, host, false);
  const call = await client.placeCall({ user: 2 });
  await client.hangUp(call);
  assert.equal(client.call(call)?.reason, "cancelled");
  hostIsThere(service, host, true);
  await client.until(() => client.view.voice.way === "host", "the host is back");
  assert.equal(service.requests("call_invite").length, 0);
  assert.equal(host.peers.size, 0);
});

test("a microphone that is lost is told, and the next one that is there takes its place", async () => {
  const service = new FakeService();
  const host = withHost(service);
  const { client } = await signedIn(service);
  const call = await client.placeCall({ user: 2 });
  await client.until(() => service.requests("call_invite").length === 1, "the call is placed");
  const [track = ""] = host.tracks.keys();
  host.microphones = [];
  host.say({ t: "track_ended", k: track, x: "unplugged" });
  await client.until(() => client.call(call)?.microphone_lost, "the loss is told");
  host.microphones = ["headset"];
  host.say({ t: "media_devices", l: [{ i: "headset", y: "audioinput", n: "Headset" }] });
  await client.until(() => !client.call(call)?.microphone_lost, "another one is used");
  assert.equal(host.requests("track_set").length, 1);
});

test("without a microphone the call says so and is not placed, or sends what was chosen instead", async () => {
  const service = new FakeService();
  const host = withHost(service);
  host.refuse.set("track_capture", "unavailable");
  const { client } = await signedIn(service);
  const call = await client.placeCall({ user: 2 });
  await client.untilCall(call, "ended");
  assert.match(client.call(call)?.detail ?? "", /track_capture refused/);
  assert.equal(service.requests("call_invite").length, 0);
});

test("a client that ends leaves the host's connection running, and the next one takes the call up", async () => {
  const service = new FakeService();
  const host = withHost(service);
  service.answers.set("call_invite", (request) => (request.t === "call_invite" ? { t: "call_ringing", c: request.c, u: 2 } : undefined));
  const { client } = await signedIn(service);
  const call = await client.placeCall({ user: 2 });
  await client.untilCall(call, "ringing");
  service.socket.say({ t: "call_answered", c: call, o: "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n", k: "" });
  await client.untilCall(call, "connecting");
  Object.assign(host.only().info, { y: "connected", z: "connected" });
  await client.mute(call, true);
  await host.until(() => host.requests("track_set").length === 1, "the microphone is off");
  await client.close();
  assert.equal(host.peers.size, 1);

  const mine = { c: call, u: 2, y: "answered", d0: 1_700_000_000, h: "host", k: "" } as const;
  service.answers.set("call_list", () => ({ t: "calls", l: [mine] }));
  service.answers.set("call_take_up", () => ({ t: "calls", l: [{ ...mine, d: 11 }] }));
  const next = (await signedIn(service)).client;
  await next.untilCall(call, "in_call");
  assert.equal(next.connectionOf(call)?.connectionState, "connected");
  assert.equal(next.call(call)?.muted, true, "it is still muted, and shown so");
  await next.mute(call, false);
  await host.until(() => host.requests("track_set").length === 2, "the microphone is on");
  assert.ok([...host.tracks.values()].every((one) => one.enabled));
  await next.hangUp(call);
  await host.until(() => host.peers.size === 0, "the host has let go of it");
});
