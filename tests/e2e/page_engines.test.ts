import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openChromium, type OpenChromium, openFirefox } from "../support/browsers.ts";
import { ByRoles } from "../support/by_roles.ts";
import { type Endpoint, makeEndpoint } from "../support/endpoints.ts";
import { Host } from "../support/host.ts";
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
let daves: SoundServer;
let dave: OpenChromium;

before(async () => {
  service = await Service.start({ logs, config: `[server]\nweb_root = ${pageBuild}\n` });
  alice = await makeEndpoint(service, "alice", logs);
  // Dave has no native host: the voice of his Chromium is its own.
  daves = await SoundServer.start("dave", logs);
  dave = await openChromium({ name: "dave", logs, url: `${service.url}/`, sound: daves.env });
  await dave.page.getByLabel("Name").fill("dave");
  await dave.page.getByLabel("Password", { exact: true }).fill("sidetone");
  await dave.page.keyboard.press("Enter");
  await dave.page.getByRole("navigation", { name: "Main" }).waitFor();
});
after(endAll);

/** What a browser's own noise suppression may take from a tone. */
const suppressedDb = 20;

/** One hears the other's tone, in both directions at once; at its level, where no browser has worked on it. */
async function assertTalk(one: SoundServer, other: SoundServer, toleranceDb = 3): Promise<void> {
  const [atOne, atOther] = [one.record(), other.record()];
  const players = [await one.hum(440, amplitude), await other.hum(660, amplitude)];
  const heard = await Promise.all([atOther.hears(440, 1), atOne.hears(660, 1)]);
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
  const { page } = dave;
  await person.open("Dave O’Neill");
  await person.press("button", /^Call \d+$/);
  await page.getByRole("dialog", { name: `Call from ${name}` }).getByRole("button", { name: "Answer" }).click();
  await assertTalk(sound, daves, suppressedDb);
  await page.getByRole("button", { name: "End", exact: true }).first().click();
  await person.seeNo("button", /^End$/);

  await page.keyboard.press("Alt+1");
  await page.getByRole("textbox", { name: "Find a person or dial" }).fill(name.split(" ")[0] ?? "");
  await page.getByRole("option").first().click();
  await page.getByRole("button", { name: /^Call \d+$/ }).click();
  await person.see("dialog", "Call from Dave O’Neill");
  await person.press("button", /^Answer/);
  await assertTalk(sound, daves, suppressedDb);
  await person.press("button", "End");
  await page.getByRole("button", { name: "End", exact: true }).first().waitFor({ state: "detached" });
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
  await pairHost("carol", sound);
  const page = await openWebKit({ name: "webkit", logs, url: `${service.url}/`, sound: sound.env });
  const carol = new ByRoles(page);
  await carol.signIn("carol");
  assert.equal(await page.evaluate("typeof RTCPeerConnection"), "undefined");
  await assertCallsWithAlice(carol, "carol", sound);
  await assertCallsWithDave(carol, "Carol Çelik", sound);
  await page.close();
  assert.deepEqual(page.messages, []);
});
