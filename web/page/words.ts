/** Which language, and what a text of it says: shell/locale.hpp has the same for the interface. */

/** The one that is always there. */
export const fallbackLanguage = "en";
export const rightToLeft: ReadonlySet<string> = new Set(["ar", "fa", "he", "ur"]);

export const base = (tag: string): string => tag.toLowerCase().split("-")[0] ?? "";

/** The first wish that there are words for, by its whole tag or its language. @param there  what there are words for. */
export function chooseLanguage(wishes: readonly string[], there: readonly string[]): string {
  for (const wish of wishes) {
    const found = there.find((one) => one.toLowerCase() === wish.toLowerCase()) ?? there.find((one) => one === base(wish));
    if (found !== undefined) return found;
  }
  return fallbackLanguage;
}

/** One text of a table, for what the page itself has to say; see shell/locale.hpp for the form. */
export function wordOf(table: string, key: string, values: Readonly<Record<string, string>> = {}): string {
  const line = table.split("\n").find((one) => one.startsWith(`${key}\t`));
  const text = line?.slice(key.length + 1).replaceAll("\\n", "\n").replaceAll("\\t", "\t") ?? key;
  return text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}
