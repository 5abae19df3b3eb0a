import { type Endpoint, makeEndpoint } from "../../support/endpoints.ts";
import { Host } from "../../support/host.ts";
import { Person } from "../../support/person.ts";
import { SoundServer } from "../../support/pulse.ts";
import { type Service } from "../../support/service.ts";
import { pass } from "./chromium.ts";
import { UnwatchedBrowser } from "./unwatched.ts";
import { loads } from "./use.ts";
import { signIn, watch } from "./visits.ts";

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
  const native = await load(service, logs, "alice", "Direct", alicesSound, bob, windows, windowS);
  const browser = await load(service, logs, "carol", "By browser", await SoundServer.start("carol", logs), bob, windows, windowS);
  await bob.person.quit();
  return { native, browser };
}

async function load(service: Service, logs: string, user: string, path: string, sound: SoundServer, bob: Endpoint, windows: number, windowS: number): Promise<number[]> {
  const browser = await UnwatchedBrowser.open(`in-call-${user}`, logs, sound.env);
  const number = (await bob.person.view()).contacts?.find((contact) => contact.user === bob.user)?.number ?? "";
  const players = [await sound.hum(440, 0.25), await bob.sound.hum(660, 0.25)];
  await browser.use(async (page) => {
    await page.addInitScript(watch);
    await page.goto(`${service.url}/`);
    await signIn({ page }, user);
    await page.getByRole("textbox", { name: "Find a person or dial" }).fill(number);
    await page.getByRole("option", { name: /Bob Brown/ }).first().click();
    await page.getByRole("button", { name: `Call ${number}`, exact: true }).first().click();
    await page.getByText(path, { exact: true }).first().waitFor();
  });
  // The graphs have most of a minute then, and the levels move.
  await browser.rested();
  const values = await loads(browser, windows, () => pass(windowS * 1000));
  await browser.use((page) => page.getByRole("button", { name: "End", exact: true }).first().click());
  await Promise.all(players.map((player) => player.stop()));
  await browser.close();
  return values;
}
