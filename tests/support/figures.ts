import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.ts";
import { median } from "./signal.ts";

/** One figure: its values in this run and what it should reach. */
export interface Figure {
  key: string;
  unit: string;
  reach: number | undefined;
  values: readonly number[];
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** The one object that `--json` prints: medians by key, and under `spread` the least, the greatest and the number of values. */
export function asJson(figures: readonly Figure[]): Record<string, unknown> {
  const medians = Object.fromEntries(figures.map(({ key, values }) => [key, values.length === 0 ? null : round(median(values))]));
  const spread = Object.fromEntries(
    figures
      .filter(({ values }) => values.length > 0)
      .map(({ key, values }) => [key, { min: round(Math.min(...values)), max: round(Math.max(...values)), n: values.length }]),
  );
  return { ...medians, spread };
}

export function asTable(figures: readonly Figure[]): string {
  return figures
    .map(({ key, unit, reach, values }) => {
      const value =
        values.length === 0
          ? "not measured"
          : `${round(median(values))} ${unit} (${round(Math.min(...values))} … ${round(Math.max(...values))}, n = ${values.length})`;
      return `${key.padEnd(30)} ${value}${reach === undefined ? "" : `, to reach: ≤ ${reach}`}`;
    })
    .join("\n");
}

/** What `npm test` from a clean checkout took, where it has been measured (build/test-times.json). */
export function cleanTestMinutes(): number[] {
  try {
    const times = JSON.parse(readFileSync(join(root, "build/test-times.json"), "utf8")) as { clean_minutes?: number };
    return times.clean_minutes === undefined ? [] : [times.clean_minutes];
  } catch {
    return [];
  }
}
