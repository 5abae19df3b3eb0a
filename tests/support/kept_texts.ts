import { patienceMs } from "./processes.ts";

interface Evaluating {
  evaluate<T>(expression: string): Promise<T>;
}

/** What the page keeps in the browser's database to be read without the service, by name. */
export const keptTexts = (page: Evaluating): Promise<Record<string, string>> =>
  page.evaluate<Record<string, string>>(`new Promise((resolve, reject) => {
    const opening = indexedDB.open("sidetone.texts");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const texts = opening.result.transaction("texts").objectStore("texts").getAll();
      texts.onsuccess = () => {
        opening.result.close();
        resolve(Object.fromEntries(texts.result.map((one) => [one.name, new TextDecoder().decode(one.text)])));
      };
    };
  })`);

/** Resolves when what is wanted stands in what is kept. */
export async function untilKept(page: Evaluating, wanted: (texts: Record<string, string>) => boolean): Promise<void> {
  const end = performance.now() + patienceMs;
  for (let texts = await keptTexts(page); !wanted(texts); texts = await keptTexts(page)) {
    if (performance.now() > end) throw new Error(`not kept within ${patienceMs} ms; kept: ${Object.keys(texts).join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
