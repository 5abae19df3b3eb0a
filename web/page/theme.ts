import type { Settings } from "./settings.ts";
import type { ThemeName } from "./shell.ts";

/** Light, dark or high contrast: what was chosen, else what the system wants. */
export class Theme {
  #settings: Settings;
  #dark = matchMedia("(prefers-color-scheme: dark)");
  #contrast = matchMedia("(prefers-contrast: more)");
  #still = matchMedia("(prefers-reduced-motion: reduce)");

  constructor(settings: Settings, changed: () => void) {
    this.#settings = settings;
    for (const query of [this.#dark, this.#contrast, this.#still]) query.addEventListener("change", changed);
  }

  get name(): ThemeName {
    const chosen = this.#settings.get("theme");
    if (chosen !== "system") return chosen;
    return this.#contrast.matches ? "contrast" : this.#dark.matches ? "dark" : "light";
  }
  get lessMotion(): boolean {
    return this.#still.matches;
  }
}
