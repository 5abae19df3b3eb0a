import { stallWatchPath } from "./paths.ts";
import { Program } from "./processes.ts";

interface Stall {
  event: "stall";
  processor: number;
  at_ms: number;
  ms: number;
}

/** Stalls so close to each other count as one. */
const togetherMs = 150;
/** Less of a stall than this is made good by the buffers that sound has anyway. */
const shortMs = 20;

/** Sound that is recorded when a measurement begins has been under way for as long before: a stall in that time cuts it as well. */
const underWayMs = 250;

/** Those of the witness's lines that tell of stalls which disturb a measurement that began at `beganMs` of CLOCK_MONOTONIC. */
export function disturbing(lines: readonly string[], beganMs: number): Stall[] {
  return lines.map((line) => JSON.parse(line) as Stall).filter((one) => one.event === "stall" && one.at_ms > beganMs - underWayMs);
}

/** How long a machine stood still at the most: of stalls that follow close upon each other, in the order of time, the sum on the processor that had the most. */
export function longestStall(stalls: readonly Stall[]): number {
  let longest = 0;
  for (const processor of new Set(stalls.map((one) => one.processor))) {
    const own = stalls.filter((one) => one.processor === processor);
    let [first, together] = [0, 0];
    for (const last of own) {
      together += last.ms;
      for (let oldest = own[first]; oldest !== undefined && oldest.at_ms <= last.at_ms - togetherMs; oldest = own[++first]) together -= oldest.ms;
      longest = Math.max(longest, together);
    }
  }
  return Math.round(longest * 10) / 10;
}

/**
 * Knows when the machine under a test stood still, as a virtual machine does whose processors go to another one for a while. Sound is cut then
 * whatever the program does: the test measures while the machine runs. See stall_watch/main.cpp.
 */
export class StallWatch {
  private constructor(private readonly program: Program) {}

  static async start(logs: string): Promise<StallWatch> {
    const watch = new StallWatch(new Program({ name: "stall-watch", command: stallWatchPath, logs }));
    await watch.program.event<{ event: string }>((event) => event.event === "watching", "the event watching");
    return watch;
  }

  /** Where a measurement begins, for `stalledSince`: ms of CLOCK_MONOTONIC. */
  mark(): number {
    return Number(process.hrtime.bigint()) / 1e6;
  }
  /** @returns ms that the machine stood still at a stretch in a measurement since a mark; 0: no longer than buffers make good. */
  stalledSince(mark: number): number {
    const longest = longestStall(disturbing(this.program.lines, mark));
    return longest < shortMs ? 0 : longest;
  }

  /**
   * Measure for as long as the machine runs through: again, when it stood still meanwhile.
   * @param measure  takes a measurement; called up to `times` times
   * @returns the first measurement that no stall disturbed; else the least disturbed one, and how long the stall in it was, ms
   */
  async undisturbed<T>(measure: () => Promise<T>, times = 8): Promise<{ measured: T; stalledMs: number }> {
    let best: { measured: T; stalledMs: number } | undefined;
    for (let i = 0; i < times && best?.stalledMs !== 0; i++) {
      const mark = this.mark();
      const measured = await measure();
      const stalledMs = this.stalledSince(mark);
      if (best === undefined || stalledMs < best.stalledMs) best = { measured, stalledMs };
    }
    if (best === undefined) throw new RangeError(`a measurement taken ${times} times`);
    return best;
  }
}
