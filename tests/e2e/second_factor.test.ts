// Beside others: it measures neither sound nor time.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { type Locator, type Page } from "playwright-core";
import { findings, misplaced } from "../support/access.ts";
import { openChromium } from "../support/browsers.ts";
import { makeRunFolder, pageBuild, servicePath, webBuild } from "../support/paths.ts";
import { Person } from "../support/person.ts";
import { endAll, until } from "../support/processes.ts";
import { Service } from "../support/service.ts";
import { Refused } from "../support/wire.ts";

/** A second factor from beginning to end: turned on in the page, wanted at each sign-in, turned off. Its codes are oathtool's. */

const logs = makeRunFolder("second_factor");
const run = promisify(execFile);
let service: Service;
let page: Page;
let secret = "";
let recovery: string[] = [];

before(async () => {
  service = await Service.start({ logs, config: `[server]\nweb_root = ${pageBuild}\n` });
  page = (await openChromium({ name: "page", logs, url: `${service.url}/`, sound: {} })).page;
});
after(endAll);

const button = (name: string): Locator => page.getByRole("button", { name, exact: true });
const field = (name: string): Locator => page.getByRole("textbox", { name, exact: true });
const password = (): Locator => page.getByLabel("Password", { exact: true });
const signedIn = (): Promise<void> => page.getByRole("navigation", { name: "Main" }).waitFor();

const step = (): number => Math.floor(Date.now() / 30_000);
/** What an authenticator app shows in a step of 30 s. */
async function codeOf(which: number): Promise<string> {
  const { stdout } = await run("oathtool", ["--totp", "--base32", "--now", new Date(which * 30_000).toISOString().replace("T", " ").replace(/\..*/, " UTC"), secret]);
  return stdout.trim();
}
let used = 0;
/** A code that has not been used. The service takes that of the next step, too: the first of them need not be waited for. */
async function freshCode(): Promise<string> {
  used = Math.max(used + 1, step());
  await until("the next code", () => Promise.resolve(used <= step() + 1 || undefined), 40_000);
  return codeOf(used);
}

const nothingFound = async (what: string): Promise<void> => {
  assert.deepEqual(await findings(page), [], what);
  assert.deepEqual(await misplaced(page), [], what);
};
async function typePassword(): Promise<void> {
  await page.getByLabel("Name").fill("alice");
  await password().fill("sidetone");
  await page.keyboard.press("Enter");
}
async function openSettings(): Promise<void> {
  await page.keyboard.press("Alt+5");
  await page.getByRole("option", { name: "Sign-in and devices" }).click();
}
async function signOut(): Promise<void> {
  await page.keyboard.press("Alt+5");
  await button("Sign out").first().click();
  await password().waitFor();
}

test("it is turned on in the page, with a code of another program", async () => {
  await typePassword();
  await signedIn();
  await openSettings();
  await button("Turn on").click();
  await password().fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "The password is wrong" }).waitFor();
  await nothingFound("a wrong password");
  await password().fill("sidetone");
  await page.keyboard.press("Enter");
  await page.getByRole("img", { name: "QR code for your authenticator app" }).waitFor();
  await nothingFound("the secret");
  secret = ((await page.getByText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/).textContent()) ?? "").replaceAll(" ", "");
  assert.equal(secret.length, 32);
  await page.waitForFunction("document.activeElement?.getAttribute('autocomplete') === 'one-time-code'");
  await page.keyboard.type(await codeOf(step() - 9));
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "The code is wrong" }).waitFor();
  await field("Code").fill(await freshCode());
  await page.keyboard.press("Enter");
  await button("I have kept them").waitFor();
  await nothingFound("recovery codes");
  recovery = await page.getByText(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/).allTextContents();
  assert.equal(recovery.length, 10);
  await button("I have kept them").click();
  await page.getByText("10 recovery codes are left.").waitFor();
  await nothingFound("it is on");
});

test("the password alone does not sign in any more; with the code it does, and what was typed stays", async () => {
  await signOut();
  await typePassword();
  await field("Code").waitFor();
  await page.waitForFunction("document.activeElement?.getAttribute('autocomplete') === 'one-time-code'");
  assert.equal(await page.getByLabel("Name").inputValue(), "alice");
  assert.equal(await password().inputValue(), "sidetone");
  await nothingFound("a code is wanted");
  await page.keyboard.type(await freshCode());
  await page.keyboard.press("Enter");
  await signedIn();
});

test("a code that was used is refused, whoever shows it", async () => {
  await signOut();
  await typePassword();
  await field("Code").fill(await codeOf(used));
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "The code is wrong or was used already" }).waitFor();
  await nothingFound("a wrong code");
  const thief = await Person.start({ name: "thief", logs, service: service.url, way: "none" });
  const signIn = (code?: string): Promise<object> => thief.do("sign_in", { user: "alice", password: "sidetone", code });
  const wantsCode = (error: unknown): boolean => error instanceof Refused && error.code === "second_factor";
  await assert.rejects(signIn(), wantsCode);
  await assert.rejects(signIn(await codeOf(used)), wantsCode);
  await assert.rejects(signIn(recovery[0]?.replace(/.$/, "=")), wantsCode);
});

test("a recovery code signs a node client in, once, and the page hears that it is gone", async () => {
  await field("Code").fill(await freshCode());
  await page.keyboard.press("Enter");
  await signedIn();
  await openSettings();
  await page.getByText("10 recovery codes are left.").waitFor();
  const phone = await Person.start({ name: "phone", logs, service: service.url, way: "none" });
  await phone.do("sign_in", { user: "alice", password: "sidetone", code: recovery[3]?.toLowerCase().replaceAll("-", " ") });
  await page.getByText("9 recovery codes are left.").waitFor();
  const { second_factor: now } = await phone.do<{ second_factor: { z?: boolean; n: number } }>("second_factor");
  assert.deepEqual({ on: now.z, left: now.n }, { on: true, left: 9 });
  const again = await Person.start({ name: "again", logs, service: service.url, way: "none" });
  await assert.rejects(again.do("sign_in", { user: "alice", password: "sidetone", code: recovery[3] }), Refused);
  await phone.again().then((same) => same.quit());
});

test("npm run call asks for a code, and says who is asked for without one", async () => {
  const args = [join(webBuild, "call.mjs"), "--service", service.url, "--data", join(logs, "call"), "--no-devices", "--from", "alice", "--to", "alice"];
  const call = (typed: string): Promise<string> =>
    new Promise((said) => {
      // One cannot call oneself: it ends once both are signed in.
      const { stdin } = execFile(process.execPath, args, { timeout: 30_000 }, (_, stdout, stderr) => said(stderr + stdout));
      stdin?.end(typed);
    });
  assert.match(await call(`${recovery[5]}\n`), /Code of the second factor of alice: (?:.|\n)*alice is signed in as Alice Adams\./);
  assert.match(await call(""), /Code of the second factor of alice: (?:.|\n)*there is nobody to ask/);
});

test("it is turned off with password and code, and the password alone is enough again", async () => {
  await button("Turn off").click();
  await password().fill("sidetone");
  await field("Code").fill(recovery[4] ?? "");
  await nothingFound("turning it off");
  await page.keyboard.press("Enter");
  await button("Turn on").waitFor();
  await signOut();
  await typePassword();
  await signedIn();
});

test("a node client turns it on, and an administrator turns it off for somebody who has lost everything", async () => {
  const bob = await Person.signIn({ name: "bob", logs, service: service.url, way: "none" }, "bob");
  const begun = await bob.do<{ secret: { k: string } }>("second_factor_begin", { password: "sidetone" });
  secret = begun.secret.k;
  const { codes } = await bob.do<{ codes: string[] }>("second_factor_confirm", { code: await codeOf(step()) });
  assert.equal(codes.length, 10);
  const fresh = await Person.start({ name: "bob-fresh", logs, service: service.url, way: "none" });
  const signIn = (): Promise<object> => fresh.do("sign_in", { user: "bob", password: "sidetone" });
  await assert.rejects(signIn(), Refused);
  const { stdout } = await run(servicePath, ["--data", service.data, "--second-factor-off", "bob"]);
  assert.equal(stdout, "bob signs in by password alone\n");
  await signIn();
  await assert.rejects(run(servicePath, ["--data", service.data, "--second-factor-off", "bob"]), /has no second factor/);
});

test("no secret stands in the service's log", () => {
  const log = readFileSync(service.program.logFile, "utf8");
  for (const word of ["second factor on", "second factor off", "recovery code used", "code of a second factor refused"]) assert.ok(log.includes(word), word);
  for (const hidden of [secret, ...recovery]) assert.ok(!log.includes(hidden));
});
