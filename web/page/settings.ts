/** What a person has chosen in this browser. Kept in local storage; lost where the browser keeps nothing. */
export interface Chosen {
  theme: "system" | "light" | "dark" | "contrast";
  /** BCP 47; empty: as the browser says. */
  language: string;
  textScale: number;
  microphone: string;
  speaker: string;
  /** Of voices, 0 to 1. */
  speakerVolume: number;
  ringDevice: string;
  /** 0 to 1 */
  ringVolume: number;
  /** Factor of the ringing's tones. */
  ringPitch: number;
  /** The window flashes while a call rings, for who does not hear it. */
  ringFlash: boolean;
  /** Calls are answered without being told to, when they have rung twice. */
  autoAnswer: boolean;
  /** Somebody is signed in here; who, stands in the database. */
  signedIn: boolean;
}

const key = "sidetone.settings";
const byDefault: Chosen = {
  ...{ theme: "system", language: "", textScale: 1, signedIn: false },
  ...{ microphone: "", speaker: "", speakerVolume: 1, ringDevice: "", ringVolume: 1, ringPitch: 1, ringFlash: false, autoAnswer: false },
};

/** Of numbers: kept ones may have been written by anybody. */
const bounds: { readonly [Name in keyof Chosen]?: readonly [least: number, most: number] } = {
  textScale: [0.85, 1.5],
  speakerVolume: [0, 1],
  ringVolume: [0, 1],
  ringPitch: [0.5, 2],
};
function bounded<Value>(name: keyof Chosen, value: Value): Value {
  const range = bounds[name];
  if (typeof value !== "number" || range === undefined) return value;
  return (Number.isFinite(value) ? Math.min(range[1], Math.max(range[0], value)) : byDefault[name]) as Value;
}

export class Settings extends EventTarget {
  #chosen: Chosen = byDefault;
  /** Nothing can be kept here. */
  lost = false;

  constructor() {
    super();
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
      if (typeof kept === "object" && kept !== null)
        for (const [name, value] of Object.entries(kept)) if (name in byDefault && typeof value === typeof byDefault[name as keyof Chosen]) this.#chosen = { ...this.#chosen, [name]: bounded(name as keyof Chosen, value) };
    } catch {
      this.lost = true;
    }
  }

  get<Name extends keyof Chosen>(name: Name): Chosen[Name] {
    return this.#chosen[name];
  }

  /** Fires `change` with the name as detail. */
  set<Name extends keyof Chosen>(name: Name, wanted: Chosen[Name]): void {
    const value = bounded(name, wanted);
    if (this.#chosen[name] === value) return;
    this.#chosen = { ...this.#chosen, [name]: value };
    try {
      localStorage.setItem(key, JSON.stringify(this.#chosen));
    } catch {
      this.lost = true;
    }
    this.dispatchEvent(new CustomEvent("change", { detail: name }));
  }
}
