// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findings } from "../support/access.ts";
import { untilKept } from "../support/kept_texts.ts";
import { PagePerson } from "../support/page_person.ts";
import { makeRunFolder, pageBuild } from "../support/paths.ts";
import { Person } from "../support/person.ts";
import { endAll } from "../support/processes.ts";
import { Service } from "../support/service.ts";

/** Messages that are edited, removed, thought of and looked for, by mouse and by keyboard. */

const logs = makeRunFolder("page-messages");
let service: Service;
let alice: PagePerson;
let bob: PagePerson;

before(async () => {
  service = await Service.start({ logs, config: `[server]\nweb_root = ${pageBuild}\n` });
  alice = await PagePerson.signIn({ service, logs, user: "alice" });
  bob = await PagePerson.signIn({ service, logs, user: "bob" });
});
after(endAll);

const line = (one: PagePerson, text: string) => one.page.getByRole("log").getByRole("listitem", { name: new RegExp(text) });
const described = (one: PagePerson, text: string, description: RegExp) => one.page.getByRole("log").getByRole("listitem", { name: new RegExp(text), description });

async function openChat(one: PagePerson, name: string): Promise<void> {
  await one.page.keyboard.press("Alt+2");
  await one.page.getByRole("option", { name: new RegExp(name) }).first().click();
}

async function write(one: PagePerson, to: string, text: string): Promise<void> {
  await one.page.getByRole("textbox", { name: `Write to ${to}` }).pressSequentially(text);
  await one.page.keyboard.press("Enter");
  await line(one, text).waitFor();
}

/** What can be done with a message, by mouse. */
async function openMenu(one: PagePerson, text: string): Promise<void> {
  await line(one, text).hover({ force: true });
  await one.button("What to do with the message").click();
  await one.page.getByRole("dialog", { name: "What to do with the message" }).waitFor();
}

test("a message is edited by mouse, and by the arrow up in an empty field", async () => {
  await alice.open("bob");
  await alice.button("Chat").click();
  await write(alice, "Bob Brown", "Half past ten");
  await openChat(bob, "Alice Adams");
  await line(bob, "Half past ten").waitFor();
  await openMenu(alice, "Half past ten");
  await alice.button("Edit").click();
  const field = alice.page.getByRole("textbox", { name: "Edit the message" });
  await field.waitFor();
  assert.equal(await field.inputValue(), "Half past ten");
  await field.fill("Eleven");
  await alice.page.keyboard.press("Enter");
  await described(bob, "Alice Adams, .*: Eleven", /Edited/).waitFor();
  assert.equal(await line(bob, "Half past ten").count(), 0);

  await alice.page.getByRole("textbox", { name: "Write to Bob Brown" }).focus();
  await alice.page.keyboard.press("ArrowUp");
  await field.waitFor();
  await alice.page.keyboard.press("End");
  await alice.page.keyboard.type(" o’clock");
  await alice.page.keyboard.press("Enter");
  await line(bob, "Eleven o’clock").waitFor();
});

test("an emoji is chosen by keyboard, joined with a press, and taken back", async () => {
  await line(bob, "Eleven o’clock").focus();
  await bob.page.keyboard.press("Shift+F10");
  await bob.page.getByRole("dialog", { name: "What to do with the message" }).waitFor();
  assert.deepEqual(await findings(bob.page), []);
  await bob.page.keyboard.press("Tab");
  await bob.page.keyboard.press("Enter");
  const heart = alice.page.getByRole("button", { name: "❤️ from Bob Brown", pressed: false });
  await heart.waitFor();
  await described(alice, "Eleven o’clock", /❤️ from Bob Brown/).waitFor();
  await heart.click();
  await bob.page.getByRole("button", { name: "❤️ from Alice Adams, You", pressed: true }).click();
  await alice.page.getByRole("button", { name: "❤️ from You", pressed: true }).waitFor();
});

test("a removed message is gone for both once that has been confirmed", async () => {
  await write(alice, "Bob Brown", "A mistake");
  await line(bob, "A mistake").waitFor();
  await openMenu(alice, "A mistake");
  await alice.button("Remove").click();
  const question = alice.page.getByRole("dialog", { name: "Remove this message?" });
  assert.deepEqual(await findings(alice.page), []);
  await question.getByRole("button", { name: "Keep" }).click();
  await openMenu(alice, "A mistake");
  await alice.button("Remove").click();
  await question.getByRole("button", { name: "Remove" }).click();
  for (const one of [alice, bob]) {
    await line(one, "This message was removed").waitFor();
    assert.equal(await line(one, "A mistake").count(), 0);
  }
});

test("who was away learns what has changed of the messages that were kept", async () => {
  await untilKept(bob.page, (texts) => Object.values(texts).some((text) => text.includes("Eleven o’clock")));
  await bob.page.goto("about:blank");
  await openMenu(alice, "Eleven o’clock");
  await alice.button("Edit").click();
  await alice.page.getByRole("textbox", { name: "Edit the message" }).fill("Noon");
  await alice.page.keyboard.press("Enter");
  await line(alice, "Noon").waitFor();
  await bob.page.goto(`${service.url}/`);
  await bob.signedIn();
  await openChat(bob, "Alice Adams");
  await line(bob, "Noon").waitFor();
  assert.equal(await line(bob, "Eleven o’clock").count(), 0);
});

test("a message from long ago is found by a word of it, shown among its neighbours, and the newest are a press away", async () => {
  const phone = await Person.signIn({ name: "bob-phone", logs, service: service.url }, "bob");
  const to = await phone.user("alice");
  await phone.chat(to, "Der Schlüssel für die Café-Küche liegt bei mir");
  for (let i = 1; i <= 150; ++i) await phone.chat(to, `Number ${i}`);
  await line(alice, "Number 150").waitFor();
  // A page holds what has come while it was open; the next one begins with the newest, which have been kept.
  await untilKept(alice.page, (texts) => Object.values(texts).some((text) => text.includes("Number 150")));
  await alice.page.reload();
  await alice.signedIn();
  await openChat(alice, "Bob Brown");
  await line(alice, "Number 150").waitFor();
  const find = alice.page.getByRole("textbox", { name: "Find a chat or a message" });
  await find.fill("cafe kuchen");
  await alice.page.getByText("No message with these words").waitFor();
  await find.fill("schlussel CAFE kuch");
  await alice.page.getByRole("option", { name: "Bob Brown", description: /Der Schlüssel/ }).waitFor();
  assert.deepEqual(await findings(alice.page), []);
  await alice.page.getByRole("option", { name: "Bob Brown", description: /Der Schlüssel/ }).click();
  const found = line(alice, "Der Schlüssel");
  await found.waitFor();
  await alice.page.waitForFunction(() => document.activeElement?.getAttribute("aria-label")?.includes("Der Schlüssel") || document.activeElement?.textContent?.includes("Der Schlüssel"));
  assert.equal(await line(alice, "Number 150").count(), 0);
  await line(alice, "Noon").waitFor();
  await alice.button("To the newest messages").click();
  await line(alice, "Number 150").waitFor();
  assert.equal(await found.count(), 0);
  await phone.quit();
});
