import type { CommandMessage, EventMessage, Moment, View } from "#client";

/** What wasm/platform exports. */
export interface CoreModule {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _sidetone_create(): number;
  _sidetone_destroy(client: number): void;
  _sidetone_room_for_text(client: number, bytes: number): number;
  _sidetone_dispatch(client: number, event: number, bytes: number, textBytes: number): number;
  _sidetone_view(client: number, lists: number): number;
  /** Another one whenever the memory has grown. */
  readonly HEAPU8: Uint8Array;
  UTF8ToString(pointer: number): string;
  stringToUTF8(text: string, pointer: number, bytes: number): void;
  lengthBytesUTF8(text: string): number;
}
export type CoreFactory = (options: { wasmBinary: Uint8Array | ArrayBuffer }) => Promise<CoreModule>;

const utf8 = new TextEncoder();

/** The long ones, each with its bit in ViewLists of core/client/view.hpp. */
const longLists = { contacts: 1, presence: 2, conversations: 4, history: 8 } as const;
type LongList = keyof typeof longLists;

/** The view with every list there, empty or not. The long ones are read when they are first asked for. */
export type ClientView = View & Required<Pick<View, LongList | "calls" | "hosts" | "devices">>;

/** The client's core, compiled from C++: events in, commands out, and a view of what it knows. */
export class Core {
  #module: CoreModule;
  #client: number;

  constructor(module: CoreModule) {
    this.#module = module;
    this.#client = module._sidetone_create();
  }

  /** The client inside the module, for what else the module has; valid until destroy(). */
  get handle(): number {
    return this.#client;
  }

  /** @param wasmBinary  handed over, so that the loader never fetches: node 20's `fetch` would confuse Emscripten 3.1.6. */
  static async load(factory: CoreFactory, wasmBinary: Uint8Array | ArrayBuffer): Promise<Core> {
    return new Core(await factory({ wasmBinary }));
  }

  /** @param longText  of the event, in place of what stands in it: what may be very long is not made JSON in JSON. */
  dispatch(event: EventMessage & Moment, longText?: string | Uint8Array): CommandMessage[] {
    const textBytes = longText === undefined ? 0 : this.#give(longText);
    const text = JSON.stringify(event);
    const bytes = this.#module.lengthBytesUTF8(text);
    const pointer = this.#module._malloc(bytes + 1);
    try {
      this.#module.stringToUTF8(text, pointer, bytes + 1);
      const commands = this.#module._sidetone_dispatch(this.#client, pointer, bytes, textBytes);
      return JSON.parse(this.#module.UTF8ToString(commands)) as CommandMessage[];
    } finally {
      this.#module._free(pointer);
    }
  }

  /** @returns bytes; 0: it is too long to be an event's. */
  #give(text: string | Uint8Array): number {
    const room = typeof text === "string" ? 3 * text.length : text.byteLength;
    const pointer = this.#module._sidetone_room_for_text(this.#client, room);
    if (pointer === 0) return 0;
    const there = this.#module.HEAPU8.subarray(pointer, pointer + room);
    if (typeof text === "string") return utf8.encodeInto(text, there).written;
    there.set(text);
    return room;
  }

  view(): ClientView {
    const read = new Map<LongList, unknown>();
    const list = <Name extends LongList>(name: Name): ClientView[Name] => {
      if (!read.has(name)) read.set(name, this.#read(longLists[name])[name] ?? []);
      return read.get(name) as ClientView[Name];
    };
    const { calls = [], hosts = [], devices = [], ...rest } = this.#read(0);
    return {
      ...rest,
      calls,
      hosts,
      devices,
      get contacts() {
        return list("contacts");
      },
      get presence() {
        return list("presence");
      },
      get conversations() {
        return list("conversations");
      },
      get history() {
        return list("history");
      },
    };
  }

  #read(lists: number): View {
    return JSON.parse(this.#module.UTF8ToString(this.#module._sidetone_view(this.#client, lists))) as View;
  }

  destroy(): void {
    this.#module._sidetone_destroy(this.#client);
    this.#client = 0;
  }
}
