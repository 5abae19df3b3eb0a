/**
 * SidetoneClient in a page, by the browser's own WebRTC, for tests to drive: `window.sidetone`.
 * The page is served from anywhere; `?service=http://127.0.0.1:PORT` names the service (default: where the page came from),
 * `?auto_answer=1` answers calls at once, `?keep=1` keeps token and key.
 */
import type { Call, CallPhase } from "#client";
import { SidetoneClient } from "../client/client.ts";
import { browserVoice, PageStorage, pagePlatform } from "../client/page.ts";
import { type BrowserVoice, MemoryStorage } from "../client/platform.ts";

const query = new URLSearchParams(location.search);

/** What is heard, measured where it would go to the loudspeaker. */
class Ear {
  #context = new AudioContext();
  #analyser = this.#context.createAnalyser();

  constructor() {
    this.#analyser.fftSize = 16384;
  }

  listen(stream: MediaStream): () => void {
    const source = this.#context.createMediaStreamSource(stream);
    source.connect(this.#analyser);
    void this.#context.resume();
    return () => source.disconnect();
  }

  /** RMS of the last third of a second, 0 to 1, and its strongest frequency. */
  hear(): { rms: number; frequencyHz: number } {
    const samples = new Float32Array(this.#analyser.fftSize);
    this.#analyser.getFloatTimeDomainData(samples);
    const rms = Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
    const bins = new Float32Array(this.#analyser.frequencyBinCount);
    this.#analyser.getFloatFrequencyData(bins);
    const loudest = bins.reduce((best, value, index) => (value > (bins[best] ?? -Infinity) ? index : best), 0);
    return { rms, frequencyHz: (loudest * this.#context.sampleRate) / this.#analyser.fftSize };
  }
}

const ear = new Ear();
/** The microphone as it is: what a test plays into it must come out at the far end. */
const own = browserVoice({ echoCancellation: false, noiseSuppression: false, autoGainControl: false });
const voice: BrowserVoice = {
  ...own,
  play: (stream) => {
    const [stop, forget] = [own.play(stream), ear.listen(stream)];
    return () => {
      stop();
      forget();
    };
  },
};

const client = await SidetoneClient.create({
  service: query.get("service") ?? location.origin,
  platform: pagePlatform({ voice, storage: query.has("keep") ? new PageStorage() : new MemoryStorage() }),
  hostWay: "none",
  autoAnswer: query.has("auto_answer"),
  levelsEveryMs: 200,
});

/** The last call in one of these phases. */
const latest = (...phases: CallPhase[]): Call | undefined => client.view.calls.findLast((one) => phases.includes(one.phase));

const sidetone = {
  client,
  view: () => client.view,
  signIn: (user: string, password: string) => client.signIn(user, password),
  /** By sign-in name. @returns call id. */
  call: async (who: string) => {
    const contact = await client.until(() => client.contact(who), `${who} is in the directory`);
    return client.placeCall({ user: contact.user });
  },
  answer: async (call?: string) => {
    const id = call ?? (await client.until(() => latest("incoming"), "a call rings")).call;
    await client.answer(id);
    return id;
  },
  hangUp: (call: string) => client.hangUp(call),
  until: (call: string, phase: CallPhase, timeoutMs?: number) => client.untilCall(call, phase, timeoutMs),
  /** Resolves when the far end has proved who it is, or has failed to. */
  identity: (call: string, timeoutMs?: number) =>
    client.until(() => {
      const known = client.call(call)?.identity;
      return known !== undefined && known !== "unknown" && known;
    }, "the far end's identity is known", timeoutMs),
  hear: () => ear.hear(),
  stats: async (call: string) => {
    const out: unknown[] = [];
    (await client.connectionOf(call)?.getStats())?.forEach((one) => out.push(one));
    return out;
  },
  description: (call: string) => ({ local: client.connectionOf(call)?.localDescription?.sdp, remote: client.connectionOf(call)?.remoteDescription?.sdp }),
};

declare global {
  interface Window {
    sidetone: typeof sidetone;
  }
}
window.sidetone = sidetone;

const log = document.getElementById("log");
client.addEventListener("change", () => {
  const { connection, name, calls } = client.view;
  if (log) log.textContent = [`${connection} ${name}`, ...calls.map((one) => `${one.call} ${one.phase} ${one.identity} ${one.detail}`)].join("\n");
});
client.addEventListener("report", (event) => console.log((event as CustomEvent<string>).detail));
document.documentElement.dataset["ready"] = "true";
