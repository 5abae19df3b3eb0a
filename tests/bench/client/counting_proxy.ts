import { type AddressInfo, connect, createServer } from "node:net";
import { atEnd } from "../../support/processes.ts";
import { pass } from "./chromium.ts";

/** Loopback TCP in front of a server: what goes through is counted, headers and all. */
export class CountingProxy {
  /** Bytes that the server has sent. */
  bytes = 0;
  private lastMs = performance.now();

  private constructor(readonly url: string) {}

  static async before(server: string): Promise<CountingProxy> {
    const { hostname, port } = new URL(server);
    const listener = createServer((near) => {
      const far = connect(Number(port), hostname);
      near.pipe(far);
      far.on("data", (chunk: Buffer) => {
        proxy.bytes += chunk.length;
        proxy.lastMs = performance.now();
      });
      far.pipe(near);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const)
        one.on("error", () => other.destroy()).on("close", () => other.destroy());
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    atEnd(() => void listener.close());
    const proxy = new CountingProxy(`http://127.0.0.1:${(listener.address() as AddressInfo).port}`);
    return proxy;
  }

  /** Resolves when nothing has come for so long. */
  async quiet(ms: number): Promise<void> {
    for (;;) {
      const left = this.lastMs + ms - performance.now();
      if (left <= 0) return;
      await pass(left);
    }
  }
}
