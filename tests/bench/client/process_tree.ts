import { readdirSync, readFileSync } from "node:fs";
import { cpuSeconds } from "../../support/processes.ts";

/** A process and all that descend from it. */
export class ProcessTree {
  constructor(private readonly root: number) {}

  /** Share of one core, in percent, of all of them while something goes on. */
  async load(during: () => Promise<void>): Promise<number> {
    const [before, began] = [this.cpu(), performance.now()];
    await during();
    const seconds = (performance.now() - began) / 1000;
    let used = 0;
    for (const [pid, time] of this.cpu()) used += time - (before.get(pid) ?? 0);
    return (100 * used) / seconds;
  }

  private cpu(): Map<number, number> {
    const times = new Map<number, number>();
    for (const pid of treeOf(this.root)) {
      try {
        times.set(pid, cpuSeconds(pid));
      } catch {
        // It has ended between the two looks.
      }
    }
    return times;
  }
}

function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    } catch {
      // It has ended meanwhile.
    }
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}
