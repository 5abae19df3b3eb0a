import { existsSync } from "node:fs";
import { join } from "node:path";
import type { FontFiles } from "./machine.ts";

const truetype = "/usr/share/fonts/truetype";

/** What every machine that builds the project has, one version of it: the pictures are the same everywhere. */
export const dejaVu: FontFiles = {
  regular: [join(truetype, "dejavu/DejaVuSans.ttf")],
  strong: [join(truetype, "dejavu/DejaVuSans-Bold.ttf")],
};

const present = (...files: string[]): string[] => files.map((file) => join(truetype, file)).filter((file) => existsSync(file));

/** What there is of Debian's fonts for the scripts of the scenes. */
export function debianFonts(): FontFiles {
  const others = ["dejavu/DejaVuSans.ttf", "droid/DroidSansFallbackFull.ttf", "nanum/NanumGothic.ttf", "lohit-devanagari/Lohit-Devanagari.ttf", "ancient-scripts/Symbola_hint.ttf"];
  return {
    regular: present("open-sans/OpenSans-Regular.ttf", ...others),
    strong: present("open-sans/OpenSans-Semibold.ttf", "dejavu/DejaVuSans-Bold.ttf", "nanum/NanumGothicBold.ttf"),
  };
}
