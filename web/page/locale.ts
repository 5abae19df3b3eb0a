import { built } from "./build_info.ts";
import { base, chooseLanguage, rightToLeft } from "./words.ts";

/** Words of one language; see shell/locale.hpp. */
export interface Words {
  language: string;
  table: string;
}

/** @param setting  the person's choice; empty: as the browser says. @throws (rejects) where the words cannot be had. */
export async function loadWords(setting: string): Promise<Words> {
  const language = chooseLanguage(setting === "" ? navigator.languages : [setting], Object.keys(built.locales));
  const name = built.locales[language];
  if (name === undefined) throw new Error(`there are no words for ${language}`);
  const response = await fetch(new URL(name, document.baseURI));
  if (!response.ok) throw new Error(`${name}: HTTP status ${response.status}`);
  return { language, table: await response.text() };
}

/** For the browser: hyphenation, voices, mirrored fields. */
export function announceLanguage(language: string): void {
  document.documentElement.lang = language;
  document.documentElement.dir = rightToLeft.has(base(language)) ? "rtl" : "ltr";
}

export const utcOffsetS = (): number => -60 * new Date().getTimezoneOffset();
