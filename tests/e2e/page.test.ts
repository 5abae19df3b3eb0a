// Beside others: it hears whether there is sound and how loud, not whether it breaks off.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type OpenChromium, openChromium } from "../support/browsers.ts";
import { type Endpoint, makeEndpoint } from "../support/endpoints.ts";
import { Host } from "../support/host.ts";
import { makeRunFolder, pageBuild } from "../support/paths.ts";
import { Person } from "../support/person.ts";
import { endAll, until } from "../support/processes.ts";
import { SoundServer } from "../support/pulse.ts";
import { Service } from "../support/service.ts";
import { decibels } from "../support/signal.ts";

/** The page, used as a person with a screen reader would: by roles and names. */

const logs = makeRunFolder("page");
const amplitude = 0.25;
let service: Service;
let bob: Endpoint;
let sound: SoundServer;
let alice: number;
let chromium: OpenChromium;
const requested: string[] = [];

before(async () => {
  service = await Service.start({ logs, config: `[server]\nweb_root = ${pageBuild}\n` });
  bob = await makeEndpoint(service, "bob", logs);
  // Alice's native host, paired from another device of hers.
  sound = await SoundServer.start("alice", logs);
  const host = new Host({ name: "host-alice", logs, service: service.url, sound });
  const device = await Person.signIn({ name: "alice-device", logs, service: service.url }, "alice");
  await device.pair(host);
  await host.hasDevices();
  alice = (await device.view()).user;
  await device.quit();
  chromium = await openChromium({
    name: "page",
    logs,
    url: `${service.url}/`,
    sound: sound.env,
    before: (page) => page.on("request", (request) => requested.push(request.url())),
  });
});
after(endAll);

const button = (name: string) => chromium.page.getByRole("button", { name, exact: true }).first();

test("the page comes with headers that keep others out, and its files can be kept for ever", async () => {
  const response = await fetch(`${service.url}/`);
  const policy = response.headers.get("content-security-policy") ?? "";
  for (const rule of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"])
    assert.ok(policy.includes(rule), `${rule} is not in ${policy}`);
  assert.ok(!/unsafe-inline|'unsafe-eval'|https?:|\*(?!;| |$)/.test(policy.replace(/ws:\/\/\S+/g, "")), policy);
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.equal(response.headers.get("referrer-policy"), "no-referrer");
  assert.match(response.headers.get("permissions-policy") ?? "", /microphone=\(self\)/);
  const markup = await response.text();
  assert.ok(!/<script(?![^>]*src=)|<style|\son\w+=|\sstyle=/.test(markup), "nothing runs or looks by what stands in the markup");
  for (const [, file = ""] of markup.matchAll(/(?:src|href)="([^"]+-[0-9a-f]{16}\.\w+)"/g)) {
    const { status, headers } = await fetch(`${service.url}/${file}`);
    assert.equal(status, 200, file);
    assert.match(headers.get("cache-control") ?? "", /immutable/, file);
  }
});

test("a wrong password is told at the field; the right one signs in", async () => {
  const { page } = chromium;
  await page.waitForFunction("document.activeElement?.getAttribute('autocomplete') === 'username'");
  await page.getByLabel("Name").fill("alice");
  await page.getByLabel("Password", { exact: true }).fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "Name or password is wrong" }).waitFor();
  assert.equal(await page.getByLabel("Name").inputValue(), "alice");
  await page.waitForFunction("document.activeElement?.type === 'password'");
  assert.equal(await page.getByLabel("Password", { exact: true }).getAttribute("aria-invalid"), "true");
  assert.equal(await page.getByLabel("Name").getAttribute("autocomplete"), "username");
  await page.getByLabel("Password", { exact: true }).fill("sidetone");
  await button("Sign in").click();
  await page.getByRole("navigation", { name: "Main" }).waitFor();
});

test("a colleague is found by name, and is seen to come and go", async () => {
  const { page } = chromium;
  await page.getByRole("textbox", { name: "Find a person or dial" }).pressSequentially("bob b");
  const row = page.getByRole("option", { name: /Bob Brown/ });
  await row.waitFor();
  assert.equal(await page.getByRole("option").count(), 1);
  await row.click();
  await page.getByRole("heading", { name: "Bob Brown", exact: true }).waitFor();
  await page.getByText("Free", { exact: true }).first().waitFor();
  await bob.person.do("status", { availability: "dnd", text: "until noon" });
  await page.getByText(/Do not disturb/).first().waitFor();
  await bob.person.do("status", { availability: "on" });
  await page.getByText("Free", { exact: true }).first().waitFor();
});

test("what is written arrives, and so does the answer", async () => {
  const { page } = chromium;
  await button("Chat").click();
  const field = page.getByRole("textbox", { name: "Write to Bob Brown" });
  await field.pressSequentially("Are you there?");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("Schöne Grüße 👋");
  await page.keyboard.press("Enter");
  await bob.person.message(alice, "Are you there?\nSchöne Grüße 👋");
  // The message is under way with one frame, and the field is empty with the next.
  await until("an empty field", async () => (await field.inputValue()) === "" || undefined);
  await bob.person.chat(alice, "نعم, I am");
  await page.getByRole("log").getByRole("listitem", { name: /نعم, I am/ }).waitFor();
});

test("a call by the native host: both hear each other, mute is silence, and it stands in the history", async () => {
  const { page } = chromium;
  await button("Call").click();
  const call = await bob.person.rings();
  await bob.person.do("answer", { call });
  const { host } = await bob.person.talks(call);
  assert.ok(host !== undefined);
  const [atAlice, atBob] = [sound.record(), bob.sound.record()];
  const players = [await sound.hum(440, amplitude), await bob.sound.hum(660, amplitude)];
  const [fromAlice, fromBob] = await Promise.all([atBob.hears(440, 1), atAlice.hears(660, 1)]);
  assert.ok(Math.abs(decibels(fromAlice / amplitude)) <= 3, `Bob hears ${decibels(fromAlice / amplitude)} dB`);
  assert.ok(Math.abs(decibels(fromBob / amplitude)) <= 3, `Alice hears ${decibels(fromBob / amplitude)} dB`);
  await page.getByText("Direct", { exact: true }).first().waitFor();

  await button("Mute").click();
  await atBob.hearsNothing(1);
  await button("Unmute").click();
  await atBob.hears(440, 1);
  await button("End").click();
  assert.equal(await bob.person.ended(call), "hung_up");
  await Promise.all([atAlice.stop(), atBob.stop(), ...players.map((player) => player.stop())]);

  await page.keyboard.press("Alt+3");
  await page.getByRole("option", { name: /Bob Brown/ }).first().waitFor();
});

test("an incoming call is announced, and is answered by a key while something is being written", async () => {
  const { page } = chromium;
  await page.keyboard.press("Alt+2");
  await page.getByRole("option", { name: /Bob Brown/ }).first().click();
  const field = page.getByRole("textbox", { name: "Write to Bob Brown" });
  await field.pressSequentially("I was about to ");
  const call = await bob.person.call(alice);
  await page.getByRole("dialog", { name: "Call from Bob Brown" }).waitFor();
  await page.getByRole("alert").filter({ hasText: "Bob Brown is calling" }).waitFor();
  await page.keyboard.type("say");
  assert.equal(await field.inputValue(), "I was about to say", "ringing takes no key");
  await page.keyboard.press("F8");
  await bob.person.talks(call);
  await bob.person.do("hang_up", { call });
  await page.getByRole("dialog", { name: "Call from Bob Brown" }).waitFor({ state: "detached" });
});

test("favourites, by mouse and by key, stand first, after a reload too, and on every device at once", async () => {
  const { page } = chromium;
  const device = await Person.signIn({ name: "alice-second", logs, service: service.url }, "alice");
  const [carol, judy] = [await device.user("carol"), await device.user("judy")];
  const star = page.getByRole("button", { name: "Favourite", exact: true });
  const first = async (...names: string[]) => {
    await page.getByRole("heading", { name: "Favourites" }).waitFor();
    for (const [i, name] of names.entries()) await page.getByRole("option", { name, description: /· Favourite$/ }).and(page.locator(`[aria-posinset="${i + 1}"]`)).waitFor();
  };
  await page.keyboard.press("Alt+1");
  const find = page.getByRole("textbox", { name: "Find a person or dial" });
  await find.fill("judy");
  await page.getByRole("option", { name: "Judy Lefèvre" }).click();
  await star.click();
  await page.getByRole("button", { name: "Favourite", exact: true, pressed: true }).waitFor();
  await find.fill("carol");
  await page.getByRole("option", { name: "Carol Çelik" }).waitFor();
  await find.press("ArrowDown");
  await page.getByRole("heading", { name: "Carol Çelik", exact: true }).waitFor();
  await page.keyboard.press("Control+Shift+F");
  await page.getByRole("button", { name: "Favourite", exact: true, pressed: true }).waitFor();
  await find.fill("");
  await first("Carol Çelik", "Judy Lefèvre");
  await device.when("both favourites", ({ favourites = [] }) => (favourites.length === 2 && [carol, judy].every((one) => favourites.includes(one)) ? true : undefined));

  await page.reload();
  await first("Carol Çelik", "Judy Lefèvre");
  await device.do("favourite", { user: "carol", on: false });
  await device.do("favourite", { user: "bob", on: true });
  await first("Bob Brown", "Judy Lefèvre");
  await device.do("favourite", { user: "bob", on: false });
  await device.do("favourite", { user: "judy", on: false });
  await page.getByRole("heading", { name: "Favourites" }).waitFor({ state: "detached" });
  await device.quit();
});

test("a number is saved under a name, called by it, changed, and removed on every device at once", async () => {
  const { page } = chromium;
  const device = await Person.signIn({ name: "alice-third", logs, service: service.url }, "alice");
  const number = (await device.view()).contacts?.find(({ address }) => address === "bob")?.number ?? "";
  await page.keyboard.press("Alt+4");
  await page.getByRole("textbox", { name: "Number" }).fill(number);
  await page.getByRole("button", { name: "Save this number" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).and(page.locator(":focus")).waitFor();
  await page.keyboard.type("Bob’s desk");
  await page.keyboard.press("Enter");
  const saved = page.getByRole("listbox", { name: "Saved numbers" }).first();
  await saved.getByRole("option", { name: "Bob’s desk", description: number }).waitFor();
  await device.when("the number", ({ saved_numbers: [one] = [] }) => (one?.e === number && one.n === "Bob’s desk" ? true : undefined));

  await device.do("save_number", { number, name: "Tea kitchen" });
  await device.do("save_number", { number: "0815", name: "Nobody" });
  await saved.getByRole("option", { name: "Tea kitchen" }).waitFor();
  await page.reload();
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  await page.keyboard.press("Alt+4");
  await page.getByRole("button", { name: "Call Tea kitchen", exact: true }).first().click();
  await bob.person.rings();
  await page.getByRole("button", { name: "End", exact: true }).first().click();
  await page.getByRole("button", { name: "End", exact: true }).first().waitFor({ state: "detached" });

  await page.keyboard.press("Alt+4");
  await page.getByRole("button", { name: "Change Tea kitchen" }).first().click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await saved.getByRole("option", { name: "Tea kitchen" }).waitFor({ state: "detached" });
  await device.do("save_number", { number: "0815" });
  await saved.waitFor({ state: "detached" });
  assert.deepEqual((await device.view()).saved_numbers ?? [], []);
  await device.quit();
});

test("another language takes hold at once, and is kept", async () => {
  const { page } = chromium;
  await page.keyboard.press("Alt+5");
  await page.getByRole("option", { name: "Appearance" }).click();
  await page.getByRole("radio", { name: "العربية" }).click();
  await page.getByRole("navigation", { name: "الرئيسية" }).waitFor();
  assert.deepEqual(await page.evaluate("[document.documentElement.lang, document.documentElement.dir]"), ["ar", "rtl"]);
  await page.reload();
  await page.getByRole("navigation", { name: "الرئيسية" }).waitFor();
  await page.keyboard.press("Alt+1");
  const find = page.getByRole("textbox", { name: "ابحث عن شخص أو اطلب رقمًا" });
  const way = (): Promise<unknown> => find.evaluate((field) => [getComputedStyle(field).direction, getComputedStyle(field).textAlign]);
  assert.deepEqual(await way(), ["rtl", "right"]);
  await find.fill("Bob");
  await page.getByRole("option", { name: /^Bob Brown/ }).waitFor();
  assert.deepEqual(await way(), ["ltr", "right"], "its own direction, at the side of the interface");
  await find.fill("");
  await page.keyboard.press("Alt+5");
  await page.getByRole("option", { name: "المظهر" }).click();
  await page.getByRole("radio", { name: "العربية", checked: true }).waitFor();
  await page.getByRole("radio", { name: "English" }).click();
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  await page.keyboard.press("Alt+1");
});

test("a second window says that the first has the telephone, and takes it when it is told to", async () => {
  const other = await chromium.page.context().newPage();
  await other.goto(`${service.url}/`);
  await other.getByText("Another window has the telephone").first().waitFor();
  await other.getByRole("button", { name: "Use it here" }).click();
  await other.getByRole("navigation", { name: "Main" }).waitFor();
  await chromium.page.getByText("Another window has the telephone").first().waitFor();
  await other.close();
  await chromium.page.getByRole("option").first().waitFor();
});

test("two pages with a native host each talk to each other", async () => {
  const carolsSound = await SoundServer.start("carol", logs);
  const host = new Host({ name: "host-carol", logs, service: service.url, sound: carolsSound });
  const carol = await openChromium({ name: "page-carol", logs, url: `${service.url}/`, sound: carolsSound.env });
  await carol.page.getByLabel("Name").fill("carol");
  await carol.page.getByLabel("Password", { exact: true }).fill("sidetone");
  await carol.page.keyboard.press("Enter");
  await carol.page.getByRole("navigation", { name: "Main" }).waitFor();
  // She pairs it herself.
  await carol.page.keyboard.press("Alt+5");
  await carol.page.getByRole("option", { name: "This endpoint" }).click();
  await carol.page.getByRole("textbox", { name: "Code" }).fill(await host.pairingCode());
  await carol.page.getByRole("button", { name: "Pair", exact: true }).click();
  await carol.page.getByRole("button", { name: "Yes, it is mine" }).click();
  await host.signedIn();
  await host.hasDevices();
  await carol.page.getByText(/^It (is ready for|carries) your voice/).first().waitFor();

  const { page } = chromium;
  await page.keyboard.press("Alt+1");
  await page.getByRole("textbox", { name: "Find a person or dial" }).fill("carol");
  await page.getByRole("option").first().click();
  await page.getByRole("button", { name: /^Call \d+$/ }).click();
  await carol.page.getByRole("dialog", { name: "Call from Alice Adams" }).getByRole("button", { name: "Answer" }).click();
  const [atAlice, atCarol] = [sound.record(), carolsSound.record()];
  const players = [await sound.hum(440, amplitude), await carolsSound.hum(660, amplitude)];
  await Promise.all([atCarol.hears(440, 1), atAlice.hears(660, 1)]);
  await carol.page.getByText("Verified", { exact: true }).first().waitFor();
  await carol.page.keyboard.press("Control+Shift+E");
  await atAlice.hearsNothing(1);
  await Promise.all([atAlice.stop(), atCarol.stop(), ...players.map((player) => player.stop())]);
  await carol.close();
});

test("the page opens without the network, and knows who it is", async () => {
  const { page } = chromium;
  await page.evaluate("navigator.serviceWorker.ready.then(() => true)");
  await page.context().setOffline(true);
  await page.reload();
  await page.getByRole("navigation", { name: "Main" }).waitFor();
  await page.context().setOffline(false);
});

test("nothing was asked of anybody else, and nothing was refused by the page's own rules", () => {
  const foreign = requested.filter((url) => !url.startsWith(service.url) && !url.startsWith("blob:"));
  assert.deepEqual(foreign, []);
  const refused = chromium.messages.filter((message) => /Content Security Policy|Trusted ?Type|^error:/i.test(message));
  assert.deepEqual(refused, []);
});
