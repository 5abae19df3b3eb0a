import { type Endpoint, makeEndpoint } from "../../support/endpoints.ts";
import { Host } from "../../support/host.ts";
import { Person } from "../../support/person.ts";
import { SoundServer } from "../../support/pulse.ts";
import { type Service } from "../../support/service.ts";
import { MeasuredBrowser, pass } from "./chromium.ts";
import { loads } from "./use.ts";
import { open, signIn } from "./visits.ts";

export interface CallLoads {
  native: number[];
  browser: number[];
}

/** What a page in a call costs: with a native host that carries the voice, and with the browser's own WebRTC. Both talk. */
export async function inCall(service: Service, logs: string, windows: number, windowS: number): Promise<CallLoads> {
  const bob = await makeEndpoint(service, "bob", logs, { arguments: ["--auto-answer"] });
  const alicesSound = await SoundServer.start("alice", logs);
  const host = new Host({ name: "host-alice", logs, service: service.url, sound: alicesSound });
  const device = await Person.signIn({ name: "alice-device", logs, service: service.url }, "alice");
  await device.pair(host);
  await host.hasDevices();
  await device.quit();
  const native = await load(service, "alice", "Direct", alicesSound, bob, windows, windowS);
  const browser = await load(service, "carol", "By browser", await SoundServer.start("carol", logs), bob, windows, windowS);
  await bob.person.quit();
  return { native, browser };
}

async function load(service: Service, user: string, path: string, sound: SoundServer, bob: Endpoint, windows: number, windowS: number): Promise<number[]> {
  const browser = await MeasuredBrowser.open(sound.env);
  const visitor = await open(browser, `${service.url}/`);
  const { page } = visitor;
  await signIn(visitor, user);
  const self = (await bob.person.view()).contacts?.find((contact) => contact.user === bob.user);
  await page.getByRole("textbox", { name: "Find a person or dial" }).fill(self?.number ?? "");
  await page.getByRole("option", { name: /Bob Brown/ }).first().click();
  await page.getByRole("button", { name: `Call ${self?.number ?? ""}`, exact: true }).first().click();
  const players = [await sound.hum(440, 0.25), await bob.sound.hum(660, 0.25)];
  await page.getByText(path, { exact: true }).first().waitFor();
  // The graphs have their first minute of values then, and the levels move.
  await pass(10_000);
  const values = await loads(browser, windows, () => pass(windowS * 1000));
  await page.getByRole("button", { name: "End", exact: true }).first().click();
  await Promise.all(players.map((player) => player.stop()));
  await browser.close();
  return values;
}
