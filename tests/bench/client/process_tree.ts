import { readdirSync, readFileSync } from "node:fs";

/** A process and all that descend from it. */
export class ProcessTree {
  constructor(private readonly root: number) {}

  /** Share of one core, in percent, of all of them while something goes on. */
  async load(during: () => Promise<void>): Promise<number> {
    const [before, began] = [this.cpu(), performance.now()];
    await during();
    const milliseconds = performance.now() - began;
    let used = 0;
    for (const [thread, time] of this.cpu()) used += time - (before.get(thread) ?? 0);
    return (100 * used) / milliseconds;
  }

  /**
   * Milliseconds of every thread that runs. Not the ticks of `stat`, ten milliseconds each: an idle browser of ten processes uses three of
   * them in six seconds. What a thread has used that ended between two looks is not counted.
   */
  private cpu(): Map<string, number> {
    const times = new Map<string, number>();
    for (const pid of treeOf(this.root)) {
      try {
        for (const thread of readdirSync(`/proc/${pid}/task`)) {
          const [running] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
          times.set(thread, Number(running) / 1e6);
        }
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
