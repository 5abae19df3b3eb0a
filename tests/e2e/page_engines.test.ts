// Beside others: it hears whether there is sound and how loud, not whether it breaks off.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openFirefox } from "../support/browsers.ts";
import { ByRoles } from "../support/by_roles.ts";
import { type Endpoint, makeEndpoint } from "../support/endpoints.ts";
import { Host } from "../support/host.ts";
import { PagePerson } from "../support/page_person.ts";
import { makeRunFolder, pageBuild } from "../support/paths.ts";
import { Person } from "../support/person.ts";
import { endAll } from "../support/processes.ts";
import { SoundServer } from "../support/pulse.ts";
import { Service } from "../support/service.ts";
import { decibels } from "../support/signal.ts";
import { openWebKit } from "../support/webkit.ts";

/** The same page in Firefox and in WebKitGTK, used by roles with a real pointer and real keys, with their own WebRTC and with a native host. */

const logs = makeRunFolder("page-engines");
const amplitude = 0.25;
let service: Service;
let alice: Endpoint;
/** He has no native host: the voice of his Chromium is its own. */
let dave: PagePerson;

before(async () => {
  service = await Service.start({ logs, config: `[server]\nweb_root = ${pageBuild}\n` });
  [alice, dave] = await Promise.all([makeEndpoint(service, "alice", logs), PagePerson.signIn({ service, logs, user: "dave" })]);
});
after(endAll);

/** A browser's own noise suppression may take so much from a tone, and more the longer it lasts. */
const suppressedDb = 20;

/** One hears the other's tone, in both directions at once; for a second and at its level, where no browser has worked on it. */
async function assertTalk(one: SoundServer, other: SoundServer, toleranceDb = 3): Promise<void> {
  const seconds = toleranceDb === suppressedDb ? 0.3 : 1;
  const [atOne, atOther] = [one.record(), other.record()];
  const players = [await one.hum(440, amplitude), await other.hum(660, amplitude)];
  const heard = await Promise.all([atOther.hears(440, seconds), atOne.hears(660, seconds)]);
  for (const found of heard) assert.ok(Math.abs(decibels(found / amplitude)) <= toleranceDb, `${decibels(found / amplitude)} dB`);
  await Promise.all([atOne.stop(), atOther.stop(), ...players.map((player) => player.stop())]);
}

/** A host of somebody's own, paired from another device. */
async function pairHost(user: string, sound: SoundServer): Promise<void> {
  const host = new Host({ name: `host-${user}`, logs, service: service.url, sound });
  const device = await Person.signIn({ name: `${user}-device`, logs, service: service.url }, user);
  await device.pair(host);
  await host.hasDevices();
  await device.do("sign_out");
  await device.quit();
}

/** The page calls Alice, and Alice calls the page; everybody hears. */
async function assertCallsWithAlice(person: ByRoles, address: string, sound: SoundServer, toleranceDb?: number): Promise<void> {
  await person.open("Alice Adams");
  await person.press("button", /^Call \d+$/);
  const dialled = await alice.person.rings();
  await alice.person.do("answer", { call: dialled });
  await alice.person.talks(dialled);
  await assertTalk(sound, alice.sound, toleranceDb);
  await person.see("text", "Verified");
  await person.press("button", "End");
  assert.equal(await alice.person.ended(dialled), "hung_up");

  const received = await alice.person.call(await alice.person.user(address));
  await person.see("dialog", "Call from Alice Adams");
  await person.press("button", /^Answer/);
  await alice.person.talks(received);
  await assertTalk(sound, alice.sound, toleranceDb);
  await alice.person.do("hang_up", { call: received });
  await person.seeNo("button", /^End$/);
  assert.equal(await alice.person.ended(received), "hung_up");
}

/** The page calls Dave's Chromium, and is called by it. */
async function assertCallsWithDave(person: ByRoles, name: string, sound: SoundServer): Promise<void> {
  const [beginning = ""] = name.split(" ");
  await person.open("Dave O’Neill");
  await person.press("button", /^Call \d+$/);
  await dave.answer(name);
  await assertTalk(sound, dave.sound, suppressedDb);
  await dave.hangUp();
  await person.seeNo("button", /^End$/);

  await dave.call(beginning);
  await person.see("dialog", "Call from Dave O’Neill");
  await person.press("button", /^Answer/);
  await assertTalk(sound, dave.sound, suppressedDb);
  await person.press("button", "End");
  await dave.isFree();
}

test("Firefox: signs in, calls and is called by its own WebRTC, then by a native host", async () => {
  const sound = await SoundServer.start("bob", logs);
  const page = await openFirefox({ name: "firefox", logs, url: `${service.url}/`, sound: sound.env });
  const bob = new ByRoles(page);
  await bob.signIn("bob");
  await assertCallsWithAlice(bob, "bob", sound, suppressedDb);
  await assertCallsWithDave(bob, "Bob Brown", sound);
  await pairHost("bob", sound);
  await bob.press("toggle", /^Settings/);
  await bob.press("option", "This endpoint");
  await bob.see("text", /^It (is ready for|carries) your voice/);
  await assertCallsWithAlice(bob, "bob", sound);
  await page.close();
  assert.deepEqual(page.messages.filter((text) => /^error:|Content.Security.Policy/i.test(text)), []);
});

test("WebKitGTK, without WebRTC: signs in, calls and is called by a native host", async () => {
  const sound = await SoundServer.start("carol", logs);
  const [page] = await Promise.all([openWebKit({ name: "webkit", logs, url: `${service.url}/`, sound: sound.env }), pairHost("carol", sound)]);
  const carol = new ByRoles(page);
  await carol.signIn("carol");
  assert.equal(await page.evaluate("typeof RTCPeerConnection"), "undefined");
  await assertCallsWithAlice(carol, "carol", sound);
  await assertCallsWithDave(carol, "Carol Çelik", sound);
  await page.close();
  assert.deepEqual(page.messages, []);
});
