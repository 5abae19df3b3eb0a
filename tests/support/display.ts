import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Picture } from "../web/scenes/png.ts";
import { makeSocketFolder } from "./paths.ts";
import { Program, run } from "./processes.ts";

/** Fields of an X window dump's header, each 4 bytes (XWDFile.h). */
const field = { headerBytes: 0, width: 4, height: 5, byteOrder: 7, bitsPerPixel: 11, bytesPerLine: 12, colors: 19 } as const;
const colorBytes = 12;

/** An X display of its own without a window manager: a window stands in the upper left corner. */
export class Display {
  private constructor(
    private readonly server: Program,
    /** For DISPLAY. */
    readonly name: string,
    private readonly memory: string,
  ) {}

  static async open(options: { name: string; logs: string; width?: number; height?: number }): Promise<Display> {
    const memory = makeSocketFolder();
    const server = new Program({
      name: `${options.name}-display`,
      command: "Xvfb",
      args: ["-displayfd", "1", "-screen", "0", `${options.width ?? 1400}x${options.height ?? 900}x24`, "-nolisten", "tcp", "-fbdir", memory],
      logs: options.logs,
    });
    const [number = ""] = await server.line(/^\d+$/);
    return new Display(server, `:${number}`, memory);
  }

  /** What stands on it now. */
  picture(): Picture {
    const dump = readFileSync(join(this.memory, "Xvfb_screen0"));
    const read = (at: number): number => dump.readUInt32BE(at * 4);
    if (read(field.bitsPerPixel) !== 32 || read(field.byteOrder) !== 0) throw new Error("the display's pixels are not 32 bits, least significant byte first");
    const [width, height, line] = [read(field.width), read(field.height), read(field.bytesPerLine)];
    const first = read(field.headerBytes) + read(field.colors) * colorBytes;
    const pixels = new Uint8Array(width * height * 4);
    for (let y = 0; y < height; ++y)
      for (let x = 0; x < width; ++x) {
        const from = first + y * line + x * 4;
        pixels.set([dump[from + 2] as number, dump[from + 1] as number, dump[from] as number, 255], (y * width + x) * 4);
      }
    return { width, height, pixels };
  }

  /** A person's pointer and keys: words of xdotool. */
  async do(...words: string[]): Promise<string> {
    return run("env", [`DISPLAY=${this.name}`, "xdotool", ...words]);
  }

  async close(): Promise<void> {
    await this.server.stop();
  }
}
