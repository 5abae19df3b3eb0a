// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { keptTexts, untilKept } from "../support/kept_texts.ts";
import { PagePerson } from "../support/page_person.ts";
import { makeRunFolder, makeSocketFolder, pageBuild } from "../support/paths.ts";
import { endAll } from "../support/processes.ts";
import { Service } from "../support/service.ts";

/** The page without the service: what can be read, what waits, and what is left when somebody signs out. */

const logs = makeRunFolder("page-offline");
let service: Service;
let alice: PagePerson;
let bob: PagePerson;

before(async () => {
  service = await Service.start({ logs, config: `[server]\nweb_root = ${pageBuild}\n` });
  [alice, bob] = await Promise.all([
    PagePerson.signIn({ service, logs, user: "alice", profile: join(makeSocketFolder(), "profile") }),
    PagePerson.signIn({ service, logs, user: "bob" }),
  ]);
});
after(endAll);

/** Resolves when everything that is named stands in what is kept. */
const keeps = (one: PagePerson, ...wanted: readonly string[]): Promise<void> =>
  untilKept(one.page, (texts) => {
    const all = Object.values(texts).join("\n");
    return wanted.every((text) => all.includes(text));
  });

const line = (one: PagePerson, text: string) => one.page.getByRole("log").getByRole("listitem", { name: new RegExp(text) });

async function openChat(one: PagePerson, name: string): Promise<void> {
  await one.page.keyboard.press("Alt+2");
  await one.page.getByRole("option", { name: new RegExp(name) }).click();
}

async function write(one: PagePerson, to: string, text: string): Promise<void> {
  await one.page.getByRole("textbox", { name: `Write to ${to}` }).pressSequentially(text);
  await one.page.keyboard.press("Enter");
  await line(one, text).waitFor();
}

test("contacts, chats and the history of calls are read without the service", async () => {
  const { page } = alice;
  const people = await page.getByRole("option").first().getAttribute("aria-setsize");
  await alice.open("bob");
  await alice.button("Chat").click();
  await write(alice, "Bob Brown", "The first one");
  await openChat(bob, "Alice Adams");
  await line(bob, "The first one").waitFor();
  await write(bob, "Alice Adams", "The answer");
  await line(alice, "The answer").waitFor();
  await alice.call("bob");
  await bob.page.getByRole("dialog", { name: "Call from Alice Adams" }).getByRole("button", { name: "Decline" }).click();
  await page.keyboard.press("Alt+3");
  await page.getByRole("option", { name: "Bob Brown", description: /declined/ }).waitFor();
  await keeps(alice, "The first one", "The answer", '"e":"declined"', "Bob Brown");
  await page.evaluate("navigator.serviceWorker.ready.then(() => true)");

  await service.program.stop();
  await page.reload();
  await alice.signedIn();
  await page.getByText(/No connection to the service/).first().waitFor();
  assert.equal(await page.getByRole("option").first().getAttribute("aria-setsize"), people);
  assert.ok(Number(people) > 20, "the whole demo company");

  await alice.open("bob");
  await alice.text("Not known").waitFor();
  assert.ok(await alice.button(/^Call \d+$/).isDisabled(), "nobody can be called without the service");
  await page.keyboard.press("Alt+3");
  await page.getByRole("option", { name: "Bob Brown", description: /declined/ }).waitFor();
  await openChat(alice, "Bob Brown");
  for (const text of ["The first one", "The answer"]) await line(alice, text).waitFor();
});

test("what is written or chosen without the service waits over a reload, and is sent once", async () => {
  const lines = ["Written before", "Written after"];
  const favourite = alice.page.getByRole("button", { name: "Favourite", exact: true, pressed: true });
  await alice.open("bob");
  await alice.page.getByRole("button", { name: "Favourite", exact: true }).click();
  await favourite.waitFor();
  await keeps(alice, '"t":"favourite_set"');
  await alice.page.keyboard.press("Alt+4");
  await alice.page.getByRole("textbox", { name: "Number" }).fill("0815");
  await alice.button("Save this number").click();
  await alice.page.getByRole("textbox", { name: "Name", exact: true }).and(alice.page.locator(":focus")).waitFor();
  await alice.page.keyboard.press("Enter");
  await keeps(alice, '"t":"saved_number_set"');
  await openChat(alice, "Bob Brown");
  await write(alice, "Bob Brown", lines[0] ?? "");
  await alice.page.reload();
  await alice.signedIn();
  await openChat(alice, "Bob Brown");
  await line(alice, lines[0] ?? "").waitFor();
  await line(alice, "The answer").waitFor();

  service = await service.again();
  await line(bob, lines[0] ?? "").waitFor();
  // It is the service's now, and waits here no more.
  await untilKept(alice.page, (texts) => ["favourites/0", "saved_numbers/0"].every((name) => name in texts) && !Object.keys(texts).some((name) => /wish\//.test(name)));
  await alice.open("bob");
  await favourite.waitFor();
  await openChat(alice, "Bob Brown");
  await write(alice, "Bob Brown", lines[1] ?? "");
  await line(bob, lines[1] ?? "").waitFor();
  for (const one of [alice, bob]) for (const text of ["The first one", "The answer", ...lines]) assert.equal(await line(one, text).count(), 1, text);
});

test("signing out leaves nothing of it in the browser", async () => {
  await keeps(alice, "Written after");
  await alice.page.keyboard.press("Alt+5");
  await alice.button("Sign out").click();
  await alice.page.getByLabel("Password", { exact: true }).waitFor();
  await alice.page.reload();
  await alice.page.getByLabel("Password", { exact: true }).waitFor();
  assert.deepEqual(await keptTexts(alice.page), {});
});

test("a device that another one signs out keeps nothing either", async () => {
  const { page } = bob;
  await keeps(bob, "Written after");
  const other = await PagePerson.signIn({ service, logs, user: "bob" });
  await other.page.keyboard.press("Alt+5");
  await other.page.getByRole("option", { name: "Sign-in and devices" }).click();
  await other.page.getByRole("group").getByRole("button", { name: "Sign out" }).first().click();
  await page.getByLabel("Password", { exact: true }).waitFor();
  assert.deepEqual(await keptTexts(page), {});
});
