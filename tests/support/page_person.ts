import { type Locator, type Page } from "playwright-core";
import { type BrowserOptions, type OpenChromium, openChromium } from "./browsers.ts";
import { Host } from "./host.ts";
import { beforeAllOthers } from "./processes.ts";
import { type Service } from "./service.ts";
import { SoundServer } from "./pulse.ts";

export interface PagePersonOptions extends Partial<BrowserOptions> {
  service: Service;
  logs: string;
  /** Sign-in name. */
  user: string;
}

/** A person at the page in Chromium, used by roles and names. */
export class PagePerson {
  private constructor(
    private readonly options: PagePersonOptions,
    readonly sound: SoundServer,
    public chromium: OpenChromium,
  ) {}

  private static open(options: PagePersonOptions, sound: SoundServer): Promise<OpenChromium> {
    const { service, user: name, ...rest } = options;
    return openChromium({ name, url: `${service.url}/`, sound: sound.env, ...rest });
  }

  /** Somebody who has signed in with the demo company's password. */
  static async signIn(options: PagePersonOptions): Promise<PagePerson> {
    const sound = await SoundServer.start(options.user, options.logs);
    const person = new PagePerson(options, sound, await PagePerson.open(options, sound));
    await person.page.getByLabel("Name").fill(options.user);
    await person.page.getByLabel("Password", { exact: true }).fill("sidetone");
    await person.page.keyboard.press("Enter");
    await person.signedIn();
    return person;
  }
  signedIn(): Promise<void> {
    return this.page.getByRole("navigation", { name: "Main" }).waitFor();
  }
  /** The browser once more, after it has ended, with what its profile holds. */
  async again(): Promise<void> {
    this.chromium = await PagePerson.open(this.options, this.sound);
  }

  get page(): Page {
    return this.chromium.page;
  }
  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: true }).first();
  }
  text(text: string | RegExp): Locator {
    return this.page.getByText(text, { exact: true }).first();
  }

  /** Start a native host and make it this person's own by its code, in the settings. */
  async pairHost(): Promise<Host> {
    const { logs, service, user } = this.options;
    const host = new Host({ name: `host-${user}`, logs, service: service.url, sound: this.sound, prefix: beforeAllOthers });
    await this.page.keyboard.press("Alt+5");
    await this.page.getByRole("option", { name: "This endpoint" }).click();
    await this.page.getByRole("textbox", { name: "Code" }).fill(await host.pairingCode());
    await this.button("Pair").click();
    await this.button("Yes, it is mine").click();
    await host.signedIn();
    await host.hasDevices();
    await this.text(/^It (is ready for|carries) your voice/).waitFor();
    return host;
  }

  /** Somebody's card, found by what a name begins with. */
  async open(beginning: string): Promise<void> {
    await this.page.keyboard.press("Alt+1");
    await this.page.getByRole("textbox", { name: "Find a person or dial" }).fill(beginning);
    await this.page.getByRole("option").first().click();
  }
  /** Somebody who is found so is called. */
  async call(beginning: string): Promise<void> {
    await this.open(beginning);
    await this.button(/^Call \d+$/).click();
  }
  async answer(from: string): Promise<void> {
    await this.page.getByRole("dialog", { name: `Call from ${from}` }).getByRole("button", { name: "Answer" }).click();
  }
  async hangUp(): Promise<void> {
    await this.button("End").click();
  }
  /** The far end has proved who it is. */
  async talks(): Promise<void> {
    await this.text("Verified").waitFor();
  }
  /** No call is left. */
  async isFree(): Promise<void> {
    await this.page.getByRole("button", { name: "End", exact: true }).first().waitFor({ state: "detached" });
  }
}
