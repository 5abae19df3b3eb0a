import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Endpoint } from "../support/endpoints.ts";
import { makeRunFolder } from "../support/paths.ts";
import { endAll } from "../support/processes.ts";
import { type Recorder } from "../support/pulse.ts";
import { type Interface, Roaming } from "../support/roaming.ts";
import { StallWatch } from "../support/stalls.ts";

/** A call changes over from one network interface to another, and to an address that came only in the call. */

/** Longest silence at the far end, ms. */
const allowedMs = 500;
/** The host's connection to the service after its address is gone. */
const signedInWithinMs = 3_000;

const logs = makeRunFolder("handover");
let roaming: Roaming;
let stalls: StallWatch;
let alice: Endpoint;
let bob: Endpoint;
let atAlice: Recorder;
let atBob: Recorder;

before(async () => {
  stalls = await StallWatch.start(logs);
  roaming = await Roaming.start();
  ({ alice, bob } = await roaming.people(logs));
  [atAlice, atBob] = [alice.sound.record(), bob.sound.record()];
  await Promise.all([alice.sound.hum(440, 0.25), bob.sound.hum(660, 0.25)]);
});
after(endAll);

const other = (device: Interface): Interface => (device === "wlan0" ? "wwan0" : "wlan0");

async function talk(): Promise<string> {
  const call = await alice.person.call(bob.user);
  await Promise.all([alice.person.talks(call), bob.person.talks(call)]);
  await Promise.all([atBob.hears(440, 0.5), atAlice.hears(660, 0.5)]);
  return call;
}

async function hangUp(call: string): Promise<void> {
  await bob.person.do("hang_up", { call });
  await Promise.all([alice.person.ended(call), bob.person.ended(call)]);
}

/** Something happens to the network; both go on hearing each other. */
async function survives(event: () => Promise<void>): Promise<void> {
  const [fromBob, fromAlice, mark] = [atBob.seconds, atAlice.seconds, stalls.mark()];
  await event();
  await Promise.all([atBob.listen(1), atAlice.listen(1)]);
  await Promise.all([atBob.hears(440, 0.2), atAlice.hears(660, 0.2)]);
  const stalledMs = stalls.stalledSince(mark);
  for (const [where, recorder, from, frequencyHz] of [
    ["at the end that stays", atBob, fromBob, 440],
    ["at the end that roams", atAlice, fromAlice, 660],
  ] as const) {
    const found = recorder.follow(frequencyHz, recorder.seconds - from);
    assert.ok(found !== undefined && found.longestGapMs <= allowedMs + stalledMs, `${where}: ${JSON.stringify(found)}; stalled for ${stalledMs} ms`);
  }
}

test("the only interface gets another address", async () => {
  await roaming.down("wwan0");
  const call = await talk();
  const before = alice.host.program.lines.length;
  await survives(() => roaming.renumber());
  // The host's own connection to the service has come along, long before any time-out of TCP.
  await alice.host.program.event<{ event: string }>((event) => event.event === "signed_in", "the event signed_in", signedInWithinMs, before);
  assert.equal(await roaming.remoteOf(bob, call), roaming.addressOf("wlan0"));
  // The client's has not, in a page that is the browser's to see: it gets its address back, and hears that the call ends.
  await survives(() => roaming.renumber());
  await hangUp(call);
  await roaming.up("wwan0");
});

test("the interface that carries a call goes down", async () => {
  const call = await talk();
  const carrier = await roaming.carrier(alice, call);
  await survives(() => roaming.down(carrier));
  assert.equal(await roaming.remoteOf(bob, call), roaming.addressOf(other(carrier)));
  await roaming.up(carrier);
  await hangUp(call);
});

test("the interface stays up and nothing passes by it any more", async () => {
  const call = await talk();
  const carrier = await roaming.carrier(alice, call);
  await survives(() => roaming.swallow(carrier));
  assert.equal(await roaming.remoteOf(bob, call), roaming.addressOf(other(carrier)));
  await roaming.passAgain();
  await hangUp(call);
});
