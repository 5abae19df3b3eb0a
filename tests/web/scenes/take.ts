import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dejaVu } from "./fonts.ts";
import type { FontFiles } from "./machine.ts";
import { encodePng, type Picture } from "./png.ts";
import { sceneNamed } from "./scenes.ts";
import { type Look, Stage } from "./stage.ts";
import type { Theatre } from "./theatre.ts";

/** Play a scene and take its picture. */
export function take(theatre: Theatre, fonts: FontFiles, scene: string, look: Look): Picture {
  const machine = theatre.machine(fonts);
  const stage = new Stage(machine, look);
  try {
    sceneNamed(scene).play(stage);
    return machine.picture();
  } finally {
    stage.close();
  }
}

export function writePicture(file: string, picture: Picture): void {
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, encodePng(picture));
}

const desk: Omit<Look, "theme"> = { width: 1280, height: 800, ratio: 1 };
const phone: Omit<Look, "theme"> = { width: 360, height: 740, ratio: 1 };

export interface Golden {
  file: string;
  scene: string;
  look: Look;
}

/** The pictures in tests/golden: every main screen, each theme, a phone, a fraction of a pixel, right to left. */
export const goldens: Golden[] = [
  ...["sign-in-refused", "sign-in-code-wrong", "contacts", "contact-found", "chat", "calls", "dial-pad", "incoming", "incoming-forward", "incoming-forwarded", "call-direct", "no-connection", "microphone-lost", "settings-sound", "settings-status", "second-factor-secret"].map((scene) => ({
    scene,
    look: { ...desk, theme: "light" as const },
  })),
  ...["contacts", "call-direct", "chat", "second-factor-secret"].map((scene) => ({ scene, look: { ...desk, theme: "dark" as const } })),
  { scene: "call-direct", look: { ...desk, theme: "contrast" as const } },
  ...["contacts", "chat", "call-direct", "incoming-forward"].map((scene) => ({ scene, look: { ...phone, theme: "light" as const } })),
  { scene: "contacts", look: { ...phone, ratio: 1.5, theme: "light" as const } },
].map(({ scene, look }) => ({ scene, look, file: `${pictureName(scene, look)}.png` }));

/** "chat-1280-light", "chat-360-dark-1.5x", "chat-1280-light-ar". */
export function pictureName(scene: string, look: Look): string {
  return [scene, look.width, look.theme, ...(look.ratio === 1 ? [] : [`${look.ratio}x`]), ...(look.language ? [look.language] : [])].join("-");
}

export function takeGolden(theatre: Theatre, golden: Golden): Picture {
  return take(theatre, dejaVu, golden.scene, golden.look);
}
