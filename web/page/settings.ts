/** What a person has chosen in this browser. Kept in local storage; lost where the browser keeps nothing. */
export interface Chosen {
  theme: "system" | "light" | "dark" | "contrast";
  /** BCP 47; empty: as the browser says. */
  language: string;
  textScale: number;
  microphone: string;
  speaker: string;
  ringDevice: string;
  /** Somebody is signed in here; who, stands in the database. */
  signedIn: boolean;
}

const key = "sidetone.settings";
const byDefault: Chosen = { theme: "system", language: "", textScale: 1, microphone: "", speaker: "", ringDevice: "", signedIn: false };

export class Settings extends EventTarget {
  #chosen: Chosen = byDefault;
  /** Nothing can be kept here. */
  lost = false;

  constructor() {
    super();
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
      if (typeof kept === "object" && kept !== null)
        for (const [name, value] of Object.entries(kept)) if (name in byDefault && typeof value === typeof byDefault[name as keyof Chosen]) this.#chosen = { ...this.#chosen, [name]: value };
    } catch {
      this.lost = true;
    }
  }

  get<Name extends keyof Chosen>(name: Name): Chosen[Name] {
    return this.#chosen[name];
  }

  /** Fires `change` with the name as detail. */
  set<Name extends keyof Chosen>(name: Name, value: Chosen[Name]): void {
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
