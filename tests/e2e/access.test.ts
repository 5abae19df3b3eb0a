// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Page } from "playwright-core";
import { accessTree, drawn, findings, focused, misplaced, ringed, type Stop, tabStops } from "../support/access.ts";
import { type OpenChromium, openChromium } from "../support/browsers.ts";
import { type Endpoint, makeEndpoint } from "../support/endpoints.ts";
import { Host } from "../support/host.ts";
import { makeRunFolder, pageBuild } from "../support/paths.ts";
import { Person } from "../support/person.ts";
import { endAll, patienceMs } from "../support/processes.ts";
import { SoundServer } from "../support/pulse.ts";
import { Service } from "../support/service.ts";

/** The page for people who do not see it, do not use a pointer, or write with an input method; and what others may have put into it. */

const logs = makeRunFolder("access");
let service: Service;
let bob: Endpoint;
let alice: number;
let chromium: OpenChromium;
let page: Page;

/** Names as a directory may have them that somebody hostile fills, by extension. */
const hostileNames: Record<string, string> = {
  1003: '<img src=x onerror="document.title=1"><script>document.title=1</script>',
  1004: "Eve \u202Egpj.moc\u202C Adams",
  1005: "Z\u0341\u0300\u0302\u0303\u0308".repeat(16),
  1006: "W".repeat(256),
};

before(async () => {
  service = await Service.start({ logs, config: `[server]\nweb_root = ${pageBuild}\n` });
  bob = await makeEndpoint(service, "bob", logs);
  const sound = await SoundServer.start("alice", logs);
  const host = new Host({ name: "host-alice", logs, service: service.url, sound });
  const device = await Person.signIn({ name: "alice-device", logs, service: service.url }, "alice");
  await device.pair(host);
  await host.hasDevices();
  alice = (await device.view()).user;
  await device.quit();
  chromium = await openChromium({ name: "page", logs, url: `${service.url}/`, sound: sound.env });
  page = chromium.page;
});
after(endAll);

const composer = () => page.getByRole("textbox", { name: "Write to Bob Brown" });
const log = () => page.getByRole("log", { name: "Messages with Bob Brown" });
const press = async (chord: string): Promise<void> => {
  await page.keyboard.press(chord);
  await drawn(page);
};
/** Press Tab until this has the focus: its ring is seen at each stop. */
async function tabTo(name: string): Promise<void> {
  for (let stops = 0; stops < 40; stops++) {
    const stop = await focused(page);
    if (stop) assert.ok(await ringed(page), `nobody sees that ${stop.role} "${stop.name}" has the focus`);
    if (stop?.name === name) return;
    await press("Tab");
  }
  assert.fail(`Tab does not come to "${name}"`);
}
const nothingFound = async (screen: string): Promise<void> => {
  assert.deepEqual(await findings(page), [], screen);
  assert.deepEqual(await misplaced(page), [], screen);
};

test("signing in: nothing to find for axe, a refusal is told at the field, and it takes only keys", async () => {
  await page.getByLabel("Name").waitFor();
  await nothingFound("sign-in");
  await tabTo("Name");
  await page.keyboard.type("alice");
  await tabTo("Password");
  await page.keyboard.type("wrong");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "Name or password is wrong" }).waitFor();
  await nothingFound("refused sign-in");
  const field = (await accessTree(page)).find(({ role, name }) => role === "textbox" && name === "Password");
  assert.equal(field?.properties["invalid"], "true");
  assert.match(field?.description ?? "", /wrong/);
  assert.equal((await focused(page))?.name, "Password", "what was wrong is written anew");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("sidetone");
  await page.keyboard.press("Enter");
  await page.getByRole("navigation", { name: "Main" }).waitFor();
});

test("by keyboard alone: find a colleague, write, call, mute, hang up", async () => {
  await press("Control+K");
  assert.equal((await focused(page))?.name, "Find a person or dial");
  await page.keyboard.type("bob");
  await page.getByRole("option", { name: /Bob Brown/ }).waitFor();
  await press("ArrowDown");
  assert.match((await focused(page))?.name ?? "", /Bob Brown/);
  assert.ok(await ringed(page));
  await press("Enter");
  await page.getByRole("heading", { name: "Bob Brown", exact: true }).waitFor();
  await nothingFound("contacts");

  await tabTo("Chat");
  await press("Enter");
  assert.equal((await focused(page))?.name, "Write to Bob Brown", "what is typed now goes to the composer");
  await page.keyboard.type("Can I call you?");
  await page.keyboard.press("Enter");
  await bob.person.message(alice, "Can I call you?");
  await bob.person.chat(alice, "Of course: https://wiki.example/phone");
  await log().getByRole("link").waitFor();
  await nothingFound("chat");
  // The messages are one stop, and arrows move through them.
  await press("Shift+Tab");
  await tabTo("Write to Bob Brown");
  const stops = await tabStops(page);
  inReadingOrder(stops);
  assert.equal(stops.filter(({ role }) => role === "list_item").length, 1);
  await page.getByRole("log").getByRole("listitem").first().focus();
  await press("ArrowDown");
  assert.match((await focused(page))?.name ?? "", /^Bob Brown, .*Of course/);
  assert.ok(await ringed(page));

  await press("Alt+1");
  await tabTo("Call 1002");
  await press("Enter");
  const call = await bob.person.rings();
  await bob.person.do("answer", { call });
  await bob.person.talks(call);
  await page.getByText("Direct", { exact: true }).first().waitFor();
  assert.ok(await focused(page), "the focus has not been lost on the way into the call");
  assert.ok(await ringed(page));
  await press("Control+Shift+M");
  await page.getByRole("button", { name: "Unmute" }).waitFor();
  // Elsewhere too.
  await press("Alt+2");
  await page.getByRole("region", { name: "Running call" }).waitFor();
  await nothingFound("chat in a call");
  await press("Control+Shift+M");
  await page.getByRole("button", { name: "Mute", pressed: false }).waitFor();
  await press("Control+Shift+E");
  assert.equal(await bob.person.ended(call), "hung_up");
  await press("Alt+3");
  await page.getByRole("option", { name: /Bob Brown/ }).first().waitFor();
  await nothingFound("calls");
  inReadingOrder(await tabStops(page));
  await press("Alt+4");
  await nothingFound("dial pad");
  await tabTo("Number");
  await page.keyboard.type("0815");
  await tabTo("Save this number");
  await press("Enter");
  assert.equal((await focused(page))?.name, "Name");
  await nothingFound("a number's name");
  await page.keyboard.type("Front desk");
  await press("Enter");
  assert.equal((await focused(page))?.name, "Number");
  await page.getByRole("option", { name: "Front desk" }).first().waitFor();
  await nothingFound("saved numbers");
  inReadingOrder(await tabStops(page));
  await press("Alt+5");
});

test("F6 goes from pane to pane, and after the last one the browser has it", async () => {
  await press("Alt+2");
  await page.evaluate("document.activeElement?.blur(); addEventListener('keydown', (event) => { lastTaken = event.defaultPrevented; })");
  const panes: string[] = [];
  const step = async (): Promise<boolean> => {
    await press("F6");
    panes.push(String(await page.evaluate("document.activeElement.closest('#mirror > *')?.tagName")));
    return page.evaluate<boolean>("lastTaken");
  };
  assert.deepEqual([await step(), await step(), await step()], [true, true, true]);
  assert.equal(new Set(panes).size, 3, `rail, list and detail, not ${panes.join(", ")}`);
  assert.equal(await step(), false, "the page leaves it to the browser");
  assert.equal(panes[3], panes[2]);
  assert.equal(await step(), true, "the browser has given the keyboard back");
  assert.equal(panes[4], panes[0]);
});

test("what an icon says is seen with the keyboard's focus, and goes with Escape", async () => {
  await press("Alt+1");
  const star = page.getByRole("button", { name: "Favourite", exact: true });
  await page.mouse.move(640, 790);
  await tabTo("Favourite");
  const box = await star.boundingBox();
  assert.ok(box);
  // The picture below the star; the focus ring is not in it.
  const below = async (): Promise<string> => {
    await drawn(page);
    return (await page.screenshot({ clip: { x: box.x - 20, y: box.y + box.height + 8, width: 60, height: 12 } })).toString("base64");
  };
  const withTip = await below();
  await press("Escape");
  const without = await below();
  assert.notEqual(withTip, without);
  assert.equal((await focused(page))?.name, "Favourite", "nothing else is closed");
  await press("Tab");
  assert.equal(await below(), without);
  await press("Shift+Tab");
  assert.equal(await below(), withTip);
});

test("every section of the settings", async () => {
  const sections = page.getByRole("option");
  await sections.first().waitFor();
  for (const section of await sections.allTextContents()) {
    await page.getByRole("option", { name: section }).click();
    await page.getByRole("option", { name: section, selected: true }).waitFor();
    await drawn(page);
    await nothingFound(`settings: ${section}`);
    const stops = await tabStops(page);
    inReadingOrder(stops);
    assert.ok(stops.some(({ name }) => name === section), `Tab comes to "${section}", which is open`);
  }
});

test("a call that comes takes no key and no focus; its states have names; Escape closes the topmost only", async () => {
  await press("Alt+2");
  await page.getByRole("option", { name: /Bob Brown/ }).first().click();
  await composer().pressSequentially("Just a ");
  const call = await bob.person.call(alice);
  await page.getByRole("dialog", { name: "Call from Bob Brown" }).waitFor();
  await nothingFound("incoming call");
  assert.equal((await focused(page))?.name, "Write to Bob Brown");
  await page.keyboard.type("moment");
  assert.equal(await composer().inputValue(), "Just a moment");
  await press("Escape");
  await page.getByRole("dialog", { name: "Call from Bob Brown" }).waitFor();
  await page.keyboard.press("F8");
  await bob.person.talks(call);
  await page.getByText("Direct", { exact: true }).first().waitFor();
  await page.getByRole("meter", { name: "Level of Bob Brown" }).waitFor();
  await nothingFound("in a call");
  inReadingOrder(await tabStops(page));

  const level = (await accessTree(page)).find(({ name }) => name === "Level of You");
  assert.deepEqual([level?.role, level?.properties["valuemin"], level?.properties["valuemax"]], ["meter", "0", "1"]);
  await press("Control+Shift+M");
  await page.getByRole("button", { name: "Unmute" }).waitFor();
  const tree = await accessTree(page);
  const named = (role: string, name: RegExp) => tree.find((node) => node.role === role && name.test(node.name || node.text));
  for (const [role, name] of [
    ["main", /^Call$/],
    ["heading", /^Bob Brown$/],
    ["button", /^Unmute$/],
    ["button", /^Dial pad$/],
    ["button", /^Devices$/],
    ["button", /^End$/],
    ["timer", /^0:\d\d$/],
    ["meter", /^Level of Bob Brown$/],
    ["paragraph", /^Muted$/],
    ["image", /^Path from you to Bob Brown: Direct$/],
    ["image", /^Lost packets: /],
    ["heading", /^Sound quality$/],
  ] as const)
    assert.ok(named(role, name), `no ${role} ${name.source} among\n${tree.map((node) => `${node.role} "${node.name || node.text}"`).join("\n")}`);
  assert.equal(named("button", /^Unmute$/)?.properties["pressed"], undefined, "its name says the state");
  assert.match(named("button", /^Unmute$/)?.description ?? "", /Ctrl\+Shift\+M/);
  for (const node of tree)
    if (/^(button|textbox|meter|image|slider|radio|tab|option|link|heading|timer)$/.test(node.role)) assert.ok((node.name || node.text) !== "", `a ${node.role} without a name`);

  await press("Control+Shift+D");
  await page.getByRole("button", { name: "7 PQRS" }).waitFor();
  await nothingFound("dial pad of a call");
  await press("Escape");
  await page.getByRole("button", { name: "7 PQRS" }).waitFor({ state: "detached" });
  await page.getByRole("main", { name: "Call" }).waitFor();
  await press("Escape");
  await page.getByRole("main", { name: "Chats" }).waitFor();
  assert.equal(await composer().inputValue(), "Just a moment");
  assert.equal((await focused(page))?.name, "Write to Bob Brown", "the focus returns to where it was before the call");
  await press("Control+Shift+E");
  assert.equal(await bob.person.ended(call), "hung_up");
  await composer().fill("");
});

test("a call that rings is forwarded and declined with a message by the keyboard alone", async () => {
  await composer().focus();
  const call = await bob.person.call(alice);
  await page.getByRole("dialog", { name: "Call from Bob Brown" }).waitFor();
  await tabTo("Forward");
  await press("Enter");
  assert.equal((await focused(page))?.name, "Find a person or dial");
  await nothingFound("forwarding");
  await press("ArrowDown");
  assert.equal((await focused(page))?.role, "option");
  await press("Shift+Tab");
  await page.keyboard.type("nobody at all");
  await page.getByRole("listbox", { name: "Forward to" }).waitFor({ state: "detached" });
  await nothingFound("forwarding to nobody");
  await press("Escape");
  assert.equal((await focused(page))?.name, "Forward");
  await tabTo("Reply");
  await press("Enter");
  assert.equal((await focused(page))?.name, "I call you back in 10 minutes");
  await nothingFound("declining with a message");
  await press("Enter");
  assert.equal(await bob.person.ended(call), "declined");
  await bob.person.message(alice, "I call you back in 10 minutes");
  assert.equal((await focused(page))?.pane, "main Chats", "the focus returns to what had it last beside the card");
});

test("an input method: what is composed is seen, and what it gives arrives once", async () => {
  await composer().focus();
  const session = await page.context().newCDPSession(page);
  for (const text of ["に", "にほ", "にほん"]) await session.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  await drawn(page);
  assert.equal(await composer().inputValue(), "にほん");
  assert.equal(await page.evaluate("getComputedStyle(document.activeElement).color !== 'rgba(0, 0, 0, 0)'"), true, "it is seen while it is composed");
  await session.send("Input.insertText", { text: "日本" });
  await drawn(page);
  assert.equal(await composer().inputValue(), "日本");
  await page.keyboard.press("Enter");
  await bob.person.message(alice, "日本");
  await drawn(page);
  assert.equal(await composer().inputValue(), "");
  assert.equal((await bob.person.messages(alice)).filter(({ text }) => text.includes("日本") || text.includes("にほん")).length, 1);
  await session.detach();
});

test("a message is found by the browser, marked and copied", async () => {
  const text = "The quick brown fox jumps over the lazy dog";
  await bob.person.chat(alice, text);
  const item = log().getByRole("listitem", { name: new RegExp(text) });
  await item.waitFor();
  assert.equal(await page.evaluate("window.find('brown fox')"), true);
  assert.equal(await page.evaluate("getSelection().toString()"), "brown fox");
  const box = await item.getByText(text, { exact: true }).boundingBox();
  assert.ok(box);
  await page.evaluate("getSelection().removeAllRanges()");
  await page.mouse.move(box.x + 1, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 1, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.keyboard.press("Control+C");
  const copied = await page.evaluate<string>("navigator.clipboard.readText()");
  assert.ok(copied.length > 30 && text.includes(copied), `copied: "${copied}"`);
});

test("hostile names and messages are text: nothing of them is interpreted, and they push nothing away", async () => {
  const markup = '<b id="hostile">bold</b><img src=x onerror="document.title=1"><script>document.title=1</script>';
  const messages = [
    markup,
    "\u202Egpj.exe\u202C \u2066left\u2069 \u200Bzero",
    "Z\u0341\u0300\u0302\u0303\u0308".repeat(200),
    "W".repeat(16 * 1024),
    "javascript:document.title=1 data:text/html,<script>1</script>",
  ];
  const before = await page.evaluate("document.querySelectorAll('#mirror *').length > 0 && document.scripts.length");
  for (const text of messages) {
    const number = await bob.person.chat(alice, text);
    await log().locator(`[aria-posinset="${number}"]`).waitFor();
    await drawn(page);
    assert.deepEqual(await misplaced(page), []);
  }
  await assert.rejects(bob.person.chat(alice, "bell \u0007"), /control characters/);
  await composer().fill("x ".repeat(50_000));
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "The message is too long" }).waitFor();
  assert.deepEqual(await misplaced(page), []);
  assert.equal((await composer().inputValue()).length, 100_000, "what was written is not lost");
  await composer().fill("");
  const items = log().getByRole("listitem");
  for (const name of await items.evaluateAll((all) => all.map((one) => one.getAttribute("aria-label") ?? ""))) {
    assert.match(name, /^(Bob Brown|You), \d\d:\d\d: /);
    assert.doesNotMatch(name, /[\u202A-\u202E\u2066-\u2069]/, "nothing of a message turns around what is said with it");
  }
  assert.equal(await page.locator("#mirror :is(img, script, b, iframe, [onerror])").count(), 0);
  assert.equal(await page.locator("a[href^='javascript'], a[href^='data']").count(), 0);
  assert.equal(await page.evaluate("document.scripts.length"), before);
  assert.notEqual(await page.title(), "1");
});

test("hostile names of the directory are names", async () => {
  const context = await page.context().browser()?.newContext({ serviceWorkers: "block" });
  const other = await context?.newPage();
  assert.ok(other);
  other.setDefaultTimeout(patienceMs);
  await other.route(`${service.url}/directory/*`, async (route) => {
    const response = await route.fetch();
    const directory = (await response.json()) as { l: { n: string; e: string }[] };
    for (const contact of directory.l) contact.n = hostileNames[contact.e] ?? contact.n;
    await route.fulfill({ response, json: directory });
  });
  await other.goto(`${service.url}/`);
  await other.getByLabel("Name").fill("alice");
  await other.getByLabel("Password", { exact: true }).fill("sidetone");
  await other.keyboard.press("Enter");
  await other.getByRole("navigation", { name: "Main" }).waitFor();
  for (const [number, name] of Object.entries(hostileNames)) {
    await other.getByRole("textbox", { name: "Find a person or dial" }).fill(number);
    await other.getByRole("option").first().click();
    await other.getByText(number, { exact: true }).first().waitFor();
    await drawn(other);
    assert.deepEqual(await misplaced(other), [], name);
    const said: string = (await other.getByRole("heading", { level: 1 }).textContent()) ?? "";
    assert.equal(said, name.replace(/[\u202C\u202E]/g, ""), "the name is what it is, without what turns it around");
  }
  assert.deepEqual(await findings(other), []);
  assert.equal(await other.locator("#mirror :is(img, script, [onerror])").count(), 0);
  assert.notEqual(await other.title(), "1");
  await context?.close();
});

/** From rail to list to detail, nothing twice; and in each of them never upwards and back at the same time. */
function inReadingOrder(stops: readonly Stop[]): void {
  const panes = stops.map(({ pane }) => pane);
  for (const [index, pane] of panes.entries()) assert.ok(panes.indexOf(pane) === index || panes[index - 1] === pane, `${pane} is entered twice: ${panes.join(", ")}`);
  for (const [index, stop] of stops.entries()) {
    const next = stops[index + 1];
    if (next?.pane !== stop.pane) continue;
    const back = next.bottom <= stop.top && next.right <= stop.left;
    assert.ok(!back, `${stop.role} "${stop.name}" comes before ${next.role} "${next.name}", which stands before and above it`);
  }
}
