import type { CommandMessage, EventMessage, Moment, View } from "#client";

/** What wasm/platform exports. */
export interface CoreModule {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _sidetone_create(): number;
  _sidetone_destroy(client: number): void;
  _sidetone_dispatch(client: number, event: number, bytes: number): number;
  _sidetone_view(client: number): number;
  UTF8ToString(pointer: number): string;
  stringToUTF8(text: string, pointer: number, bytes: number): void;
  lengthBytesUTF8(text: string): number;
}
export type CoreFactory = (options: { wasmBinary: Uint8Array | ArrayBuffer }) => Promise<CoreModule>;

/** The view with every list there, empty or not. */
export type ClientView = View & Required<Pick<View, "contacts" | "presence" | "conversations" | "calls" | "history" | "hosts" | "devices">>;

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
    const view = JSON.parse(this.#module.UTF8ToString(this.#module._sidetone_view(this.#client))) as View;
    return {
      ...view,
      contacts: view.contacts ?? [],
      presence: view.presence ?? [],
      conversations: view.conversations ?? [],
      calls: view.calls ?? [],
      history: view.history ?? [],
      hosts: view.hosts ?? [],
      devices: view.devices ?? [],
    };
  }

  destroy(): void {
    this.#module._sidetone_destroy(this.#client);
    this.#client = 0;
  }
}
