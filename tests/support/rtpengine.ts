import { createSocket, type Socket } from "node:dgram";
import { randomBytes } from "node:crypto";
import { freePort } from "./ports.ts";
import { atEnd, ofAnotherMachine, Program, until, within } from "./processes.ts";

type Value = string | readonly Value[] | { readonly [key: string]: Value };

/** @source BEP 3, "bencoding" */
function encode(value: Value): string {
  if (typeof value === "string") return `${Buffer.byteLength(value)}:${value}`;
  if (Array.isArray(value)) return `l${value.map(encode).join("")}e`;
  return `d${Object.entries(value).map(([key, one]) => encode(key) + encode(one)).join("")}e`;
}

/** Strings of a dictionary on the first level; what else it holds is passed over. */
function strings(text: Buffer): Map<string, string> {
  let at = 0;
  const next = (): string | undefined => {
    const kind = String.fromCharCode(text[at] ?? 0);
    if (kind === "d" || kind === "l") {
      for (at++; text[at] !== 0x65; ) next();
      at++;
      return undefined;
    }
    if (kind === "i") {
      at = text.indexOf("e", at) + 1;
      return undefined;
    }
    const colon = text.indexOf(":", at);
    const end = colon + 1 + Number(text.subarray(at, colon));
    if (colon < 0 || !(end <= text.length)) throw new Error(`rtpengine: no bencoding: ${text.toString()}`);
    at = end;
    return text.subarray(colon + 1, end).toString();
  };
  const found = new Map<string, string>();
  for (at = 1; at < text.length && text[at] !== 0x65; ) {
    const [key, value] = [next() ?? "", next()];
    if (value !== undefined) found.set(key, value);
  }
  return found;
}

/** rtpengine without its kernel module, driven by its control protocol `ng`. */
export class Rtpengine {
  private readonly waiting = new Map<string, (answer: Map<string, string>) => void>();

  private constructor(
    private readonly program: Program,
    private readonly socket: Socket,
    private readonly port: number,
  ) {
    socket.on("message", (data) => {
      const space = data.indexOf(" ");
      this.waiting.get(data.subarray(0, space).toString())?.(strings(data.subarray(space + 1)));
    });
  }

  /** @param address  of this machine, by which both sides of its calls reach it. */
  static async start(logs: string, address: string): Promise<Rtpengine> {
    const port = await freePort();
    const program = new Program({
      name: "rtpengine",
      command: "rtpengine",
      args: [
        ...["--config-file=none", "--table=-1", "--foreground", "--log-stderr", "--log-level=6", `--interface=${address}`],
        ...[`--listen-ng=127.0.0.1:${port}`, "--port-min=40000", "--port-max=40999", "--num-threads=2", "--pidfile=/dev/null"],
      ],
      logs,
      prefix: ofAnotherMachine,
    });
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    atEnd(() => void socket.close());
    const rtpengine = new Rtpengine(program, socket, port);
    await until("rtpengine", async () => ((await rtpengine.ask({ command: "ping" }, 200).catch(() => undefined)) === undefined ? undefined : true));
    return rtpengine;
  }

  /** @returns the answer's strings. @throws where the result is an error. */
  async ask(request: { readonly [key: string]: Value }, timeoutMs?: number): Promise<Map<string, string>> {
    const cookie = randomBytes(8).toString("hex");
    const answered = new Promise<Map<string, string>>((resolve) => this.waiting.set(cookie, resolve));
    this.socket.send(`${cookie} ${encode(request)}`, this.port, "127.0.0.1");
    const answer = await within(answered, `rtpengine's answer to ${JSON.stringify(request["command"])}`, timeoutMs);
    this.waiting.delete(cookie);
    if (answer.get("result") === "error") throw new Error(`rtpengine: ${answer.get("error-reason") ?? "an error"}`);
    return answer;
  }

  async stop(): Promise<void> {
    await this.program.stop();
  }
}
