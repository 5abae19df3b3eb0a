import { SidetoneClient, type ViewChange } from "../client/client.ts";
import { Core } from "../client/core.ts";
import { PageStorage, pagePlatform } from "../client/page.ts";
import { MemoryStorage, type Storage } from "../client/platform.ts";
import { built } from "./build_info.ts";
import { Devices, MicrophoneTest } from "./devices.ts";
import { CallWatch, type Facts } from "./facts.ts";
import { calmMs, Frames, secondMs } from "./frame.ts";
import { Input } from "./input.ts";
import { loadModule } from "./loader.ts";
import { announceLanguage, loadWords, utcOffsetS, type Words } from "./locale.ts";
import { Mirror } from "./mirror.ts";
import { Notifier } from "./notify.ts";
import { keepForOffline } from "./offline.ts";
import { openLink, OutboxReader, type Requests } from "./outbox.ts";
import { Portraits } from "./portraits.ts";
import { chooseRenderer, unmaskedRenderer, whenContextIsLost } from "./renderer.ts";
import { Ringer } from "./ringer.ts";
import { CallSession, takeDialRequest } from "./session.ts";
import { type Chosen, Settings } from "./settings.ts";
import { type FrameResult, Shell } from "./shell.ts";
import { claimTelephone, type Telephone } from "./telephone.ts";
import { Theme } from "./theme.ts";
import { fallbackLanguage, wordOf } from "./words.ts";

const query = new URLSearchParams(location.search);
/** Two rings: who sits there knows what is about to happen. */
const answerAfterMs = 4000;

function element<Kind extends HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as Kind;
}

interface OpenedStorage {
  storage: Storage;
  lost: boolean;
}

/** Without a database the page works, and forgets. */
async function openStorage(): Promise<OpenedStorage> {
  const storage = new PageStorage();
  try {
    await Promise.all([storage.loadState(), storage.deviceKey()]);
    return { storage, lost: false };
  } catch {
    return { storage: new MemoryStorage(), lost: true };
  }
}

/** The page: everything that is not the client and not the interface, joined. */
class Page {
  #core: Core;
  #shell: Shell;
  #settings: Settings;
  #words: Words;
  #telephone: Telephone;
  #storage: Promise<OpenedStorage>;
  #storageLost = false;
  #theme: Theme;
  #mirror: Mirror;
  #frames: Frames;
  #input: Input;
  #outbox: OutboxReader;
  #ringer = new Ringer(() => this.#devices.host);
  #portraits = new Portraits({
    client: () => this.#client,
    ready: (picture, edge, rgba) => {
      this.#shell.picture(picture, edge, rgba);
      this.#frames.request();
    },
  });
  #devices: Devices;
  #test = new MicrophoneTest();
  #soundFault: string | undefined;
  #client: SidetoneClient | undefined;
  #connecting: Promise<SidetoneClient> | undefined;
  #calls: CallWatch | undefined;
  #notifier: Notifier | undefined;
  #session: CallSession | undefined;
  #factsWaiting = false;
  /** The elements are those of an earlier frame. */
  #mirrorStaleSince: number | undefined;

  constructor(parts: { core: Core; shell: Shell; canvas: HTMLCanvasElement; settings: Settings; words: Words; telephone: Telephone; storage: Promise<OpenedStorage> }) {
    this.#core = parts.core;
    this.#shell = parts.shell;
    this.#settings = parts.settings;
    this.#words = parts.words;
    this.#telephone = parts.telephone;
    this.#storage = parts.storage;
    this.#theme = new Theme(parts.settings, () => this.#prefer());
    this.#devices = new Devices(parts.settings);
    this.#devices.addEventListener("change", () => this.#factsChanged());
    this.#outbox = new OutboxReader({
      client: () => this.#connecting,
      done: (done) => {
        this.#shell.intentDone(done);
        this.#frames.request();
      },
      requests: this.#requests(),
    });
    this.#speak();
    this.#prefer();
    this.#tellFacts();
    this.#frames = new Frames({
      shell: this.#shell,
      canvas: parts.canvas,
      moving: () => this.#input.scrolling && this.#shell.onProcessor,
      resting: () => this.#input.resting,
      before: () => {
        this.#input.flush();
        if (this.#factsWaiting) this.#tellFacts();
      },
      drawn: (result) => this.#drawn(result),
    });
    whenContextIsLost(parts.canvas, (canvas) => {
      this.#shell.drawOnProcessor(canvas);
      this.#frames.drawOn(canvas);
    });
    this.#input = new Input({
      shell: this.#shell,
      frames: this.#frames,
      mirror: () => {
        if (this.#mirrorStaleSince !== undefined) this.#mirrorNow();
        return this.#mirror;
      },
    });
    this.#mirror = new Mirror(element("mirror"), this.#input);
    this.#ringer.device = parts.settings.get("ringDevice");
    this.#tellRinger();
    parts.settings.addEventListener("change", (event) => void this.#settingChanged((event as CustomEvent<keyof Chosen>).detail));
    for (const change of ["online", "offline"] as const)
      addEventListener(change, () => {
        this.#client?.dispatch({ t: "network_changed", online: navigator.onLine });
        this.#factsChanged();
      });
  }

  async start(): Promise<void> {
    if (!this.#telephone.owned) {
      this.#frames.flush();
      await this.#telephone.got;
      this.#telephone.owned = true;
    }
    void this.#telephone.taken.then(() => this.#reload());
    this.#connecting = this.#connect();
    // Nobody waits for the database to be asked for a name. Where somebody was signed in, the form would only flash.
    if (!this.#settings.get("signedIn")) this.#frames.flush();
    await this.#connecting;
    this.#factsChanged();
    this.#frames.flush();
    const number = takeDialRequest();
    if (number !== undefined) await this.#dial(number);
  }

  async #connect(): Promise<SidetoneClient> {
    const { storage, lost } = await this.#storage;
    this.#storageLost = lost;
    const client = await SidetoneClient.create({
      service: new URL(".", document.baseURI).href,
      platform: { ...pagePlatform({ storage, voice: this.#devices.voice() }), loadCore: () => Promise.resolve(this.#core) },
      source: this.#settings.get("microphone"),
      levelsEveryMs: calmMs,
      levels: (call, sent, received) => this.#calls?.levels(call, sent, received),
    });
    this.#client = client;
    this.#calls = new CallWatch(client, (what) => {
      this.#factsWaiting = true;
      this.#frames.requestCalmly(what === "levels" ? calmMs : secondMs);
    });
    this.#session = new CallSession(client);
    this.#notifier = new Notifier({
      view: () => client.view,
      word: (key, values) => wordOf(this.#words.table, key, values),
      opened: () => this.#frames.request(),
    });
    this.#devices.attach(client);
    client.addEventListener("change", (event) => this.#changed((event as CustomEvent<ViewChange>).detail));
    client.addEventListener("ring", (event) => this.#ringer.start((event as CustomEvent).detail));
    client.addEventListener("stop_ring", (event) => this.#ringer.end((event as CustomEvent).detail));
    client.addEventListener("notice", (event) => this.#notifier?.tell((event as CustomEvent).detail));
    client.addEventListener("picture", (event) => void this.#portraits.arrived((event as CustomEvent).detail));
    client.addEventListener("report", (event) => console.info((event as CustomEvent<string>).detail));
    this.#tellAutoAnswer();
    this.#changed({ canWait: false });
    return client;
  }

  /** The client knows something new. */
  #changed({ canWait }: ViewChange): void {
    if (canWait) return this.#frames.requestPatiently();
    this.#calls?.update();
    this.#devices.update();
    this.#session?.update();
    this.#notifier?.update();
    this.#settings.set("signedIn", this.#client !== undefined && this.#client.view.connection !== "signed_out");
    this.#frames.request();
  }

  #drawn(result: FrameResult): void {
    if (result.semantics) this.#mirrorStaleSince ??= performance.now();
    const stale = performance.now() - (this.#mirrorStaleSince ?? Infinity);
    this.#mirror.moving = this.#input.scrolling;
    // A list that is being scrolled can wait for its elements: nobody presses what is under way.
    if (stale >= calmMs || (stale >= 0 && !this.#input.scrolling)) this.#mirrorNow();
    const focus = this.#shell.focusRequest();
    if (focus !== 0) this.#mirror.focus(focus);
    this.#input.settle(focus !== 0);
    if (result.outbox) this.#outbox.carryOut(this.#shell.outbox());
  }

  #mirrorNow(): void {
    this.#mirrorStaleSince = undefined;
    this.#mirror.apply(this.#shell.semantics(), this.#frames.scale);
  }

  #requests(): Requests {
    const set =
      <Name extends keyof Chosen>(name: Name) =>
      (value: string) =>
        this.#settings.set(name, value as Chosen[Name]);
    const percent = (name: "speakerVolume" | "ringVolume" | "ringPitch") => (value: string) => this.#settings.set(name, Number(value) / 100);
    return {
      set_theme: set("theme"),
      set_language: set("language"),
      set_text_scale: (value) => this.#settings.set("textScale", Number(value)),
      choose_microphone: set("microphone"),
      choose_speaker: set("speaker"),
      choose_ring_device: set("ringDevice"),
      set_speaker_volume: percent("speakerVolume"),
      set_ring_volume: percent("ringVolume"),
      set_ring_pitch: percent("ringPitch"),
      set_ring_flash: (value) => this.#settings.set("ringFlash", value === "on"),
      set_auto_answer: (value) => this.#settings.set("autoAnswer", value === "on"),
      test_microphone: (value) =>
        this.#trySound(() => {
          if (value === "on") return this.#test.start(this.#settings.get("microphone"), this.#devices.host, () => this.#factsChanged());
          return this.#test.stop();
        }),
      test_speaker: () => this.#trySound(() => this.#ringer.test("test", this.#settings.get("speaker"), this.#settings.get("speakerVolume"))),
      test_ring: () => this.#trySound(() => this.#ringer.test("ring", this.#settings.get("ringDevice"))),
      dtmf: (value) => this.#dtmf(value),
      allow_notifications: async () => {
        await this.#notifier?.allow();
        this.#factsChanged();
      },
      take_telephone: () => this.#telephone.take(),
      copy: (value) => navigator.clipboard.writeText(value),
      open_link: openLink,
      show_picture: (value) => this.#portraits.show(value),
      retry_connection: () => this.#client?.dispatch({ t: "network_changed", online: true }),
    };
  }

  /** What went wrong is said where it was tried. */
  async #trySound(attempt: () => Promise<void> | void): Promise<void> {
    this.#soundFault = undefined;
    try {
      await attempt();
    } catch (error) {
      this.#soundFault = error instanceof Error ? error.message : String(error);
    }
    this.#factsChanged();
  }

  #dtmf(value: string): void {
    const colon = value.lastIndexOf(":");
    this.#client?.pressKeys(value.slice(0, colon), value.slice(colon + 1));
  }

  async #dial(number: string): Promise<void> {
    const client = this.#client;
    if (!client) return;
    try {
      await client.until((view) => view.connection === "online", "signed in", 2 ** 31 - 1);
      await client.placeCall({ number });
    } catch (error) {
      console.warn(`${number} is not called:`, error);
    }
  }

  async #settingChanged(name: keyof Chosen): Promise<void> {
    if (name === "theme" || name === "textScale") this.#prefer();
    if (name === "ringDevice") this.#ringer.device = this.#settings.get("ringDevice");
    if (name === "ringVolume" || name === "ringPitch") this.#tellRinger();
    if (name === "autoAnswer") this.#tellAutoAnswer();
    if (name === "language") {
      this.#words = await loadWords(this.#settings.get("language"));
      this.#speak();
    }
    this.#factsChanged();
  }

  #speak(): void {
    announceLanguage(this.#words.language);
    this.#shell.locale(this.#words.language, this.#words.table, utcOffsetS());
    this.#frames?.request();
  }
  #prefer(): void {
    document.documentElement.dataset["theme"] = this.#theme.name;
    this.#shell.preferences(this.#theme.name, this.#settings.get("textScale"), this.#theme.lessMotion);
    this.#frames?.request();
  }

  #tellAutoAnswer(): void {
    this.#client?.dispatch({ t: "set_auto_answer", on: this.#settings.get("autoAnswer"), after_ms: answerAfterMs });
  }
  #tellRinger(): void {
    this.#ringer.loudness = { volume: this.#settings.get("ringVolume"), pitch: this.#settings.get("ringPitch") };
  }

  /** Told with the next frame, however many there are. */
  #factsChanged(): void {
    this.#factsWaiting = true;
    this.#frames.request();
  }
  #tellFacts(): void {
    this.#factsWaiting = false;
    const facts: Facts = {
      calls: this.#calls?.facts ?? [],
      devices: this.#devices.list,
      microphone: this.#settings.get("microphone"),
      speaker: this.#settings.get("speaker"),
      speaker_volume: Math.round(100 * this.#settings.get("speakerVolume")),
      ring_device: this.#settings.get("ringDevice"),
      ring_volume: Math.round(100 * this.#settings.get("ringVolume")),
      ring_pitch: Math.round(100 * this.#settings.get("ringPitch")),
      ring_flash: this.#settings.get("ringFlash"),
      auto_answer: this.#settings.get("autoAnswer"),
      microphone_level: this.#test.level,
      testing_microphone: this.#test.running,
      sound_fault: this.#soundFault,
      notifications: this.#notifier?.permission ?? "default",
      owns_telephone: this.#telephone.owned,
      network: navigator.onLine,
      storage_lost: this.#storageLost || this.#settings.lost,
      theme: this.#settings.get("theme"),
      language: this.#words.language,
      service: location.host,
      version: built.version,
    };
    this.#shell.facts(JSON.stringify(facts));
  }

  /** Another window has the telephone now: begin again, without it. */
  #reload(): void {
    if (this.#session) this.#session.leaving = true;
    location.reload();
  }
}

async function main(): Promise<void> {
  const canvas = element<HTMLCanvasElement>("picture");
  const settings = new Settings();
  const loading = Promise.all([loadModule(canvas), loadWords(settings.get("language")).catch(() => loadWords(fallbackLanguage)), claimTelephone()]);
  const storage = openStorage();
  // While the module is on its way.
  const renderer = chooseRenderer(query.get("renderer") === "cpu" ? null : unmaskedRenderer(), query.get("renderer"));
  const [module, words, telephone] = await loading;
  const core = new Core(module);
  const page = new Page({ core, shell: new Shell(module, core.handle, renderer), canvas, settings, words, telephone, storage });
  await page.start();
  element("starting").remove();
  keepForOffline();
}

main().catch((error: unknown) => {
  console.error(error);
  element("starting").textContent = `Sidetone does not start here: ${error instanceof Error ? error.message : String(error)}`;
});
