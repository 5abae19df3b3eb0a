import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Endpoint } from "../support/endpoints.ts";
import { makeRunFolder } from "../support/paths.ts";
import { pathOf, type Stat } from "../support/person.ts";
import { endAll, until } from "../support/processes.ts";
import { Roaming } from "../support/roaming.ts";

/** A call whose way becomes narrower than its voice: less is sent before anything waits or is lost. */

const logs = makeRunFolder("narrow");
let roaming: Roaming;
let alice: Endpoint;
let bob: Endpoint;

before(async () => {
  roaming = await Roaming.start();
  ({ alice, bob } = await roaming.people(logs));
});
after(endAll);

/** The voice wants 64: 32 of Opus and, 50 times a second, 80 octets of Ethernet, IP, UDP, SRTP and their extensions. */
const linkKilobits = 52;
const roundTripS = 0.15;

test("a link that is too narrow is found by the delay that it makes, and used again when it is wide", async () => {
  const atBob = bob.sound.record();
  await alice.sound.hum(440, 0.25);
  const call = await alice.person.call(bob.user);
  await Promise.all([alice.person.talks(call), bob.person.talks(call)]);
  await atBob.hears(440, 0.5);
  const pair = async (): Promise<Stat> => pathOf(await alice.person.stats(call)).pair;
  const available = async (): Promise<number | undefined> => (await pair())["availableOutgoingBitrate"] as number | undefined;
  const lostAtBob = async (): Promise<number> => Number((await bob.person.stats(call)).find((stat) => stat.type === "inbound-rtp")?.["packetsLost"]);
  assert.equal(await available(), undefined, "a wide link is no reason to send less");

  await roaming.narrow(linkKilobits);
  const found = await until("a bit rate that fits the link", async () => {
    const now = await available();
    return now !== undefined && now < 24_000 ? now : undefined;
  });
  const lost = await lostAtBob();
  await atBob.listen(4);
  await atBob.hears(440, 0.5);
  assert.equal(await lostAtBob(), lost, "packets lost in the queue of the link");
  const roundTrip = Number((await pair())["currentRoundTripTime"]);
  assert.ok(roundTrip < roundTripS, `a round trip of ${roundTrip} s: the queue of the link is not empty`);

  await roaming.widen();
  const least = Math.min(found, (await available()) ?? found);
  await until("a bit rate that grows again", async () => ((await available()) ?? Infinity) > 1.2 * least || undefined);
  await bob.person.do("hang_up", { call });
  await Promise.all([alice.person.ended(call), bob.person.ended(call)]);
});
