import type { CommandMessage, EventMessage, Moment, View } from "#client";

/** What wasm/platform exports. */
export interface CoreModule {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _sidetone_create(): number;
  _sidetone_destroy(client: number): void;
  _sidetone_dispatch(client: number, event: number, bytes: number): number;
  _sidetone_view(client: number, lists: number): number;
  UTF8ToString(pointer: number): string;
  stringToUTF8(text: string, pointer: number, bytes: number): void;
  lengthBytesUTF8(text: string): number;
}
export type CoreFactory = (options: { wasmBinary: Uint8Array | ArrayBuffer }) => Promise<CoreModule>;

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

  dispatch(event: EventMessage & Moment): CommandMessage[] {
    const text = JSON.stringify(event);
    const bytes = this.#module.lengthBytesUTF8(text);
    const pointer = this.#module._malloc(bytes + 1);
    try {
      this.#module.stringToUTF8(text, pointer, bytes + 1);
      const commands = this.#module._sidetone_dispatch(this.#client, pointer, bytes);
      return JSON.parse(this.#module.UTF8ToString(commands)) as CommandMessage[];
    } finally {
      this.#module._free(pointer);
    }
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
