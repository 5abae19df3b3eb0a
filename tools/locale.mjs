// The words of the interface: web/locale/<language>.json, key → text or { one: …, other: … }.
//   node tools/locale.mjs OUT_FOLDER   writes <language>.txt for each, as Locale::load() takes it
//   node tools/locale.mjs --check      what is missing, unused or has other places than English
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./process.mjs";
import { cpp, scripts, sources } from "./sources.mjs";

const folder = "web/locale";

/** The languages that there are: name → words. */
export function readLocales(base = root) {
  const files = readdirSync(join(base, folder)).filter((name) => name.endsWith(".json"));
  return Object.fromEntries(files.sort().map((name) => [name.slice(0, -5), JSON.parse(readFileSync(join(base, folder, name), "utf8"))]));
}

const escaped = (text) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t");

/** Key and text of every form: "key" or "key#one" …, the places of the text still in it. */
function forms(words) {
  return Object.entries(words).flatMap(([key, text]) => (typeof text === "string" ? [[key, text]] : Object.entries(text).map(([category, form]) => [`${key}#${category}`, form])));
}

/** One language as lines "key\ttext\n": what Locale::load() takes. */
export function localeTable(words) {
  return forms(words)
    .map(([key, text]) => `${key}\t${escaped(text)}\n`)
    .join("");
}

/** Writes <language>.txt for every language into `out`. */
export function writeLocales(out, base = root) {
  mkdirSync(out, { recursive: true });
  for (const [language, words] of Object.entries(readLocales(base))) writeFileSync(join(out, `${language}.txt`), localeTable(words));
}

const places = (text) => [...new Set((typeof text === "string" ? [text] : Object.values(text)).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort().join(" ");

/** Categories that a language must tell apart. French and Spanish have "many" for whole millions only, where "other" will do. */
function categories(language) {
  const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
  return pluralCategories.filter((category) => category !== "many" || language === "ar");
}

/** What one language says otherwise than English. */
function languageFaults(language, words, english) {
  const faults = Object.keys(words).flatMap((key) => (key in english ? [] : [`${language}: '${key}' is no key of en`]));
  for (const [key, text] of Object.entries(english)) {
    const own = words[key];
    if (own === undefined) {
      faults.push(`${language}: '${key}' is missing`);
      continue;
    }
    if (places(own) !== places(text)) faults.push(`${language}: '${key}' has the places ${places(own) || "none"}, en has ${places(text) || "none"}`);
    if (typeof own === "string") continue;
    const missing = categories(language).filter((category) => !(category in own));
    if (missing.length > 0) faults.push(`${language}: '${key}' has no form for ${missing.join(", ")}`);
  }
  return faults;
}

/**
 * @param {Record<string, Record<string, string | Record<string, string>>>} locales  en is the one that counts
 * @param {{ file: string, text: string }[]} files  sources; a literal "area.name." stands for all keys that begin with it
 * @returns {string[]} faults
 */
export function checkLocales(locales, files) {
  const english = locales.en;
  const areas = new Set(Object.keys(english).map((key) => key.split(".")[0]));
  const used = new Set();
  const faults = [];
  for (const { file, text } of files) {
    for (const [, literal] of text.matchAll(/["'`]([a-z][a-z0-9_]*\.[a-z0-9_.]*)(?=["'`$])/g)) {
      used.add(literal);
      const found = literal in english || (literal.endsWith(".") && Object.keys(english).some((key) => key.startsWith(literal)));
      if (file.startsWith("shell/") && areas.has(literal.split(".")[0]) && !found) faults.push(`${file}: '${literal}' is no key of en`);
    }
  }
  const prefixes = [...used].filter((literal) => literal.endsWith("."));
  for (const key of Object.keys(english))
    if (!used.has(key) && !prefixes.some((prefix) => key.startsWith(prefix))) faults.push(`en: '${key}' is used nowhere`);
  return [...faults, ...Object.entries(locales).flatMap(([language, words]) => languageFaults(language, words, english))];
}

/** The same for the files of the project. */
export function checkProjectLocales(base = root) {
  const files = sources(base, [...cpp, ...scripts, ".html"]).filter((file) => /^(shell|web)\//.test(file));
  return checkLocales(
    readLocales(base),
    files.map((file) => ({ file, text: readFileSync(join(base, file), "utf8") })),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const argument = process.argv[2];
  if (argument === "--check") {
    const faults = checkProjectLocales();
    for (const fault of faults) console.error(fault);
    process.exitCode = faults.length > 0 ? 1 : 0;
  } else if (argument !== undefined) {
    writeLocales(argument);
  } else {
    throw new Error("usage: node tools/locale.mjs OUT_FOLDER | --check");
  }
}
