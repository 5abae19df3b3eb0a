import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { atEnd, needRoot, run } from "./processes.ts";

/** Lose each n-th UDP packet to a port of this machine, until `stop` or the end of the test program. Needs root. */
export async function losePackets(port: number, each: number, logs: string): Promise<() => Promise<void>> {
  needRoot();
  const table = `sidetone_loss_${process.pid}_${port}`;
  const rules = join(logs, `${table}.nft`);
  writeFileSync(
    rules,
    `table inet ${table} {
  chain input {
    type filter hook input priority 0
    udp dport ${port} numgen inc mod ${each} 0 drop
  }
}
`,
  );
  await run("nft", ["-f", rules]);
  let lost = true;
  const stop = async (): Promise<void> => {
    if (lost) await run("nft", ["delete", "table", "inet", table]);
    lost = false;
  };
  atEnd(stop);
  return stop;
}
