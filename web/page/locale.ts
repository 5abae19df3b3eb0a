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
  const url = new URL(name, document.baseURI);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${name}: HTTP status ${response.status}`);
  void keepWords(url, response.clone());
  return { language, table: await response.text() };
}

/** For a start without the network: the language in use, and no other. */
async function keepWords(url: URL, response: Response): Promise<void> {
  if (!("caches" in globalThis)) return;
  const cache = await caches.open("sidetone-words");
  await cache.put(url, response);
  for (const request of await cache.keys()) if (request.url !== url.href) await cache.delete(request);
}

/** For the browser: hyphenation, voices, mirrored fields. */
export function announceLanguage(language: string): void {
  document.documentElement.lang = language;
  document.documentElement.dir = rightToLeft.has(base(language)) ? "rtl" : "ltr";
}

export const utcOffsetS = (): number => -60 * new Date().getTimezoneOffset();
